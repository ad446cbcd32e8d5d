import { useSyncExternalStore } from 'react'

interface Asked {
  readonly ask: (isAsked: boolean) => void
  readonly useAsked: () => boolean
}

/** A question that anything may raise and one dialog answers. */
export function asked(): Asked {
  const listeners = new Set<() => void>()
  let isAsked = false
  const subscribe = (listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  return {
    ask: (next) => {
      if (isAsked === next) return
      isAsked = next
      for (const listener of listeners) listener()
    },
    useAsked: () => useSyncExternalStore(subscribe, () => isAsked),
  }
}
