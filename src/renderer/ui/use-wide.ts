import { useSyncExternalStore } from 'react'

const wide = '(min-width: 1200px)'

/** True where the window has room for more than a verdict, an age and an action: names in the sidebar, ids in the chain map. */
export function useIsWide(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const query = window.matchMedia(wide)
      query.addEventListener('change', changed)
      return () => query.removeEventListener('change', changed)
    },
    () => window.matchMedia(wide).matches,
  )
}
