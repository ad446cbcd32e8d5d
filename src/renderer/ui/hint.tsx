import { Tooltip } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useState, type MouseEvent, type ReactNode } from 'react'

interface Hint {
  /** For the element that is pointed at. */
  readonly target: {
    readonly onMouseEnter: (event: MouseEvent<HTMLElement>) => void
    readonly onMouseLeave: () => void
  }
  /** Beside that element: it takes no place there. */
  readonly hint: ReactNode
}

/** How long the pointer rests before it is told anything. */
const restsMs = 350

/** A tooltip that exists only while its target is pointed at: a list has hundreds of targets, and each would cost as much as its row. */
export function useHint(label: ReactNode, { w }: { readonly w?: number } = {}): Hint {
  const [pointedAt, setPointedAt] = useState<HTMLElement | null>(null)
  const point = useDebouncedCallback(setPointedAt, restsMs)
  return {
    target: {
      onMouseEnter: ({ currentTarget }) => point(currentTarget),
      onMouseLeave: () => {
        point.cancel()
        setPointedAt(null)
      },
    },
    // Open from its start, and closed by Escape, which one that is held open would not hear.
    hint: pointedAt && (
      <Tooltip target={pointedAt} defaultOpened label={label} {...(w !== undefined && { w })} />
    ),
  }
}
