import { useEffect, useRef } from 'react'
import { printable } from '../../shared/domain/printable.ts'
import { Button } from '../ui/kit.ts'
import { wizardStyles as w } from '../ui/wizard.tsx'

interface Props {
  readonly label: string
  readonly isReady: boolean
  readonly isStarting: boolean
  /** What Enter does not do. */
  readonly note: string
  readonly onCancel: () => void
  readonly onStart: () => void
}

/** The end of every confirmation: Cancel has the focus, and Enter starts nothing, not even on the red button. */
export function DangerButtons({ label, isReady, isStarting, note, onCancel, onStart }: Props) {
  const cancel = useRef<HTMLButtonElement>(null)
  useEffect(() => cancel.current?.focus(), [])
  return (
    <div className={w['two']}>
      <Button ref={cancel} size="md" data-autofocus onClick={onCancel}>
        Cancel
      </Button>
      <Button
        size="md"
        variant="filled"
        color="bad"
        disabled={!isReady || isStarting}
        onClick={onStart}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.preventDefault()
        }}
      >
        {printable(label)}
      </Button>
      <span>{note}</span>
    </div>
  )
}
