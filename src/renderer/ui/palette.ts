import { createSpotlight } from '@mantine/spotlight'

const [store, { open }] = createSpotlight()

export const openPalette = open
/** What is chosen in the palette; for `Spotlight.Root`. */
export const paletteStore = store

/**
 * The kit chooses the first hit when something is typed; one that arrives later would stand above it and not be chosen. `keeps`:
 * whoever has moved the choice keeps what was chosen, as long as it is there.
 */
export function chooseHit(keeps: boolean): void {
  const { listId } = store.getState()
  const hits = [...(document.getElementById(listId)?.querySelectorAll('[data-action]') ?? [])]
  const chosen = hits.findIndex((hit) => hit.hasAttribute('data-selected'))
  const next = keeps && chosen >= 0 ? chosen : 0
  hits[chosen]?.removeAttribute('data-selected')
  hits[next]?.setAttribute('data-selected', 'true')
  store.updateState((state) => ({ ...state, selected: hits.length === 0 ? -1 : next }))
}
