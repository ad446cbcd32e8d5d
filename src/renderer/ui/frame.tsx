import type { ReactNode } from 'react'
import * as Icon from './icons.tsx'
import s from './frame.module.css'

interface BandProps {
  readonly mode: 'normal' | 'protected' | 'readOnly'
  readonly children?: ReactNode
}

/** Tells at any moment that the cluster is no ordinary one. */
export function ModeBand({ mode, children }: BandProps) {
  if (mode === 'normal') return null
  const isProtected = mode === 'protected'
  return (
    <section aria-label="Mode" className={s['band']} data-mode={mode}>
      {isProtected ? <Icon.Lock size={13} /> : <Icon.Eye size={13} />}
      <b>{isProtected ? 'Protected' : 'Read-only'}</b>
      <span>
        {children ??
          (isProtected
            ? 'Changes need a reason and the cluster’s typed name.'
            : 'Holdfast offers nothing that writes to this cluster.')}
      </span>
    </section>
  )
}

interface SectionProps {
  readonly children: ReactNode
  readonly note?: ReactNode
  readonly end?: ReactNode
}

/** The head of a part of a page. */
export function Section({ children, note, end }: SectionProps) {
  return (
    <h2 className={s['sec']}>
      {children}
      {note !== undefined && <span>{note}</span>}
      {end !== undefined && <em>{end}</em>}
    </h2>
  )
}

/** Names and values, in two columns. */
export function Facts({ of }: { readonly of: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className={s['kv']}>
      {of.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** The class names of tables, links and dimmed text that several pages share. */
export const frame = {
  table: s['tbl'],
  dim: s['dim'],
  link: s['link'],
  page: s['page'],
  title: s['title'],
  lead: s['lead'],
} as const
