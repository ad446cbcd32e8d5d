import type { ReactNode } from 'react'
import type { Check } from '../../shared/contract/values.ts'
import { spanWords } from '../../shared/domain/size-words.ts'
import { Glyph, type Tone } from './status.tsx'
import s from './check.module.css'

interface Props {
  readonly tone: Tone
  readonly children: ReactNode
  readonly evidence?: ReactNode
  readonly at?: ReactNode
  /** Text and evidence in one line. */
  readonly flat?: boolean
}

/** One thing that was looked at, what was seen, and how long it took. Stands in a list. */
export function CheckLine({ tone, children, evidence, at, flat }: Props) {
  return (
    <li className={s['check']} data-tone={tone} data-flat={flat || undefined}>
      <Glyph tone={tone} size={13} />
      <span className={s['checkText']}>
        {children}
        {evidence !== undefined && <span className={s['checkEvidence']}>{evidence}</span>}
      </span>
      {at !== undefined && <span className={s['checkAt']}>{at}</span>}
    </li>
  )
}

export const checkTones: Readonly<Record<Check['state'], Tone>> = {
  running: 'run',
  passed: 'good',
  warning: 'warn',
  failed: 'bad',
  skipped: 'none',
}

/** `under 1 ms`, `31 ms`, `1.9 s`, `2 m 05 s`. */
export function tookWords(ms: number): string {
  if (ms < 1) return 'under\u00a01\u00a0ms'
  if (ms < 1000) return `${Math.round(ms)}\u00a0ms`
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)}\u00a0s` : spanWords(ms)
}
