import type { ReactNode } from 'react'
import { Glyph, type Tone } from './status.tsx'
import s from './empty.module.css'

/** Why a list shows nothing; what could not be listed is an error, and shown as one. */
export type EmptyReason = 'noBackups' | 'wrongPlace' | 'filtered' | 'nothingYet' | 'listing'

const tones: Readonly<Record<EmptyReason, Tone>> = {
  noBackups: 'warn',
  wrongPlace: 'warn',
  filtered: 'none',
  nothingYet: 'none',
  listing: 'run',
}

interface Props {
  readonly reason: EmptyReason
  /** A sentence that tells the reason. */
  readonly title: ReactNode
  readonly why?: ReactNode
  /** Where was looked, what was seen. */
  readonly facts?: readonly (readonly [string, ReactNode])[]
  /** One action. */
  readonly action?: ReactNode
}

export function Empty({ reason, title, why, facts = [], action }: Props) {
  return (
    <section className={s['empty']} role={reason === 'listing' ? 'status' : undefined}>
      <p className={s['title']}>
        <Glyph tone={tones[reason]} size={16} decorative />
        <b>{title}</b>
      </p>
      {why !== undefined && <p className={s['why']}>{why}</p>}
      {facts.length > 0 && (
        <dl>
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {action !== undefined && <div className={s['acts']}>{action}</div>}
    </section>
  )
}
