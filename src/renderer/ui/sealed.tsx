import { Button } from '@mantine/core'
import { hashGroups } from './hash.tsx'
import * as Icon from './icons.tsx'
import s from './sealed.module.css'

interface Props {
  readonly hint: string
  readonly onReplace?: (() => void) | undefined
  /** What it is, for a screen reader. */
  readonly label: string
}

/** A secret that was put in once: it is never shown again, so there is no eye to press. */
export function Sealed({ hint, onReplace, label }: Props) {
  return (
    <div className={s['sealed']} role="group" aria-label={label}>
      <Icon.Lock size={13} />
      <span>
        Sealed, <code>{/^[0-9a-f]{8}$/.test(hint) ? hashGroups(hint) : hint}</code>
      </span>
      {onReplace && (
        <Button size="xs" variant="subtle" onClick={onReplace}>
          Replace…
        </Button>
      )}
    </div>
  )
}
