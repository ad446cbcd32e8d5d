import { useSyncExternalStore } from 'react'

interface Asked<Question> {
  readonly ask: (question: Question) => void
  readonly useAsked: () => Question
  /** As it stands at this moment: what another effect has answered since is over. */
  readonly now: () => Question
}

/** A question that anything may raise and one dialog answers. */
export function asked<Question>(none: Question): Asked<Question> {
  const listeners = new Set<() => void>()
  let open = none
  const subscribe = (listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  return {
    ask: (question) => {
      if (open === question) return
      open = question
      for (const listener of listeners) listener()
    },
    useAsked: () => useSyncExternalStore(subscribe, () => open),
    now: () => open,
  }
}
