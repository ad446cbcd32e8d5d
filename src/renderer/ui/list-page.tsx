import { useEffect, useRef, type ReactNode, type RefObject } from 'react'
import s from './list-page.module.css'

interface Props {
  /** What the list holds. */
  readonly label: string
  readonly list: ReactNode
  readonly children: ReactNode
}

/** A list at the left, what was chosen of it at the right. */
export function ListPage({ label, list, children }: Props) {
  return (
    <div className={s['split']}>
      <section className={s['list']} aria-label={label}>
        {list}
      </section>
      <div className={s['page']}>{children}</div>
    </div>
  )
}

interface HeadProps {
  readonly title: ReactNode
  readonly note: ReactNode
  /** What can be done about it. */
  readonly children?: ReactNode
}

/** The head of what was chosen. */
export function ChosenHead({ title, note, children }: HeadProps) {
  return (
    <header className={s['head']}>
      <div>
        <h2>{title}</h2>
        <p>{note}</p>
      </div>
      {children}
    </header>
  )
}

/** The class names of the list's scroll, of its top, and of a row: a shape, two lines, and what stands at its right. */
export const listPage = { scroll: s['scroll'], top: s['top'], row: s['row'] } as const

/** Keeps the chosen row in sight, however it was chosen. */
export function useInSight<E extends Element>(isChosen: boolean): RefObject<E | null> {
  const row = useRef<E>(null)
  useEffect(() => {
    if (isChosen) row.current?.scrollIntoView({ block: 'nearest' })
  }, [isChosen])
  return row
}
