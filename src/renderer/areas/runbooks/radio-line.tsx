import type { ReactNode } from 'react'
import s from './answers.module.css'

interface Props {
  readonly name: string
  readonly isOn: boolean
  readonly isOff?: boolean
  readonly onPick: () => void
  readonly label: ReactNode
  /** What follows from it. */
  readonly children?: ReactNode
}

/** One of several ways, with what follows from it below. Stands in a `RadioLines`. */
export function RadioLine({ name, isOn, isOff = false, onPick, label, children }: Props) {
  return (
    <label data-off={isOff || undefined}>
      <input type="radio" name={name} checked={isOn} disabled={isOff} onChange={onPick} />
      <span>
        {label}
        {children}
      </span>
    </label>
  )
}

export function RadioLines({ legend, children }: { readonly legend: string; readonly children: ReactNode }) {
  return (
    <fieldset className={s['options']}>
      <legend className="vh">{legend}</legend>
      {children}
    </fieldset>
  )
}
