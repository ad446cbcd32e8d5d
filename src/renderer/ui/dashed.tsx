import type { ReactNode } from 'react'
import s from './dashed.module.css'

/** A list of sentences of which each is a fact by itself: what follows, what it costs, what is lost. */
export function Dashed({ children }: { readonly children: ReactNode }) {
  return <ul className={s['dashed']}>{children}</ul>
}

interface DashProps {
  /** What it tells of cannot be had again. */
  readonly isLost?: boolean
  readonly children: ReactNode
}

export function Dash({ isLost = false, children }: DashProps) {
  return (
    <li data-lost={isLost || undefined}>
      <span>{children}</span>
    </li>
  )
}
