import { useState, type ReactNode } from 'react'
import * as Icon from '../../ui/icons.tsx'
import { UnstyledButton } from '../../ui/kit.ts'
import s from './masters.module.css'

interface Props {
  readonly label: string
  readonly help: string
  /** What holds as it stands, in few words. */
  readonly now: string
  readonly isBad?: boolean
  readonly children: ReactNode
}

/** Fields that most leave as they are, folded; what holds is said all the same. */
export function FieldGroup({ label, help, now, isBad = false, children }: Props) {
  const [isOpen, setOpen] = useState(isBad)
  return (
    <div className={s['fold']} data-bad={isBad || undefined}>
      <UnstyledButton aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? <Icon.ChevronDown size={13} /> : <Icon.ChevronRight size={13} />}
        <b>{label}</b> <span>{now}</span>
      </UnstyledButton>
      {isOpen && (
        <div>
          <p className={s['note']}>{help}</p>
          {children}
        </div>
      )}
    </div>
  )
}
