const gatheredMs = 250

/** Gathers what comes within a quarter of a second, then hands it over in one go; of what has the same key, the newest. */
export function batched<Item>(
  keyOf: (item: Item) => string,
  handle: (items: readonly Item[]) => void,
): (item: Item) => void {
  const waiting = new Map<string, Item>()
  return (item) => {
    if (waiting.size === 0) {
      setTimeout(() => {
        const items = [...waiting.values()]
        waiting.clear()
        handle(items)
      }, gatheredMs)
    }
    waiting.set(keyOf(item), item)
  }
}
