import { useSyncExternalStore } from 'react'

/** Any call may find the vault locked; whoever notices asks here, and one dialog answers for all. */
const listeners = new Set<() => void>()
let isAsked = false

export function askUnlock(asked = true): void {
  if (isAsked === asked) return
  isAsked = asked
  for (const listener of listeners) listener()
}

export function useUnlockAsked(): boolean {
  return useSyncExternalStore(subscribe, () => isAsked)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
