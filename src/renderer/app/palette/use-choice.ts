import { useEffect, useRef, type KeyboardEvent } from 'react'
import { chooseHit } from '../../ui/palette.ts'
import type { PaletteGroup } from './items.ts'

/** Keeps a hit chosen while hits arrive: the first, or what was moved to. For the field that is typed into. */
export function useChoice(groups: readonly PaletteGroup[], query: string) {
  const moved = useRef<string | null>(null)
  const hits = groups.flatMap(({ items }) => items.map(({ id }) => id)).join('\n')
  useEffect(() => {
    if (query !== '') chooseHit(moved.current === query)
  }, [hits, query])
  return {
    onKeyDown: ({ key }: KeyboardEvent): void => {
      if (key === 'ArrowDown' || key === 'ArrowUp') moved.current = query
    },
  }
}
