import type { ReactNode } from 'react'
import s from './settings.module.css'

interface Props {
  readonly name: string
  readonly note?: ReactNode
  readonly children: ReactNode
}

export function Line({ name, note, children }: Props) {
  return (
    <div className={s['line']}>
      <p>{name}</p>
      <div>{children}</div>
      {note !== undefined && <small>{note}</small>}
    </div>
  )
}
