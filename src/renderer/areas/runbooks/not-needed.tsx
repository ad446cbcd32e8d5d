import { useState, type ReactNode } from 'react'
import { UnstyledButton } from '../../ui/kit.ts'
import type { NumberedStep } from './model/step-words.ts'
import s from './steps.module.css'

interface Props {
  readonly steps: readonly NumberedStep[]
  /** A row each. */
  readonly children: ReactNode
}

/** Steps in a row that are not needed, in one line; unfolds to all of them. */
export function NotNeeded({ steps, children }: Props) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <li className={s['step']} data-state="notNeeded">
        <i className={s['mark']}>
          <span data-dot />
        </i>
        <h4>
          <UnstyledButton className={s['fold']} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {steps.at(0)?.number}–{steps.at(-1)?.number}. {steps.length} steps that are not needed
          </UnstyledButton>
        </h4>
      </li>
      {isOpen && children}
    </>
  )
}
