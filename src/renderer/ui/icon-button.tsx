import { ActionIcon } from '@mantine/core'
import type { ReactNode } from 'react'
import { useHint } from './hint.tsx'
import { Keys } from './keys.tsx'

interface Props {
  readonly name: string
  /** The key that does the same. */
  readonly keys: string
  readonly disabled?: boolean
  readonly onClick: () => void
  readonly children: ReactNode
}

/** A button that shows only an icon: its name and its key are told on hover and on focus. */
export function IconButton({ name, keys, disabled = false, onClick, children }: Props) {
  const { target, hint } = useHint(
    <>
      {name} <Keys of={keys} />
    </>,
  )
  return (
    <>
      <ActionIcon {...target} size={24} aria-label={name} disabled={disabled} onClick={onClick}>
        {children}
      </ActionIcon>
      {hint}
    </>
  )
}
