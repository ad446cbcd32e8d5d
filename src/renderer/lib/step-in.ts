/** The id that lies so many further; where none is shown, or one that is not in the list, the first. */
export function stepIn(ids: readonly string[], shown: string | undefined, by: number): string | undefined {
  const place = shown === undefined ? -1 : ids.indexOf(shown)
  if (place === -1) return ids[0]
  return ids[Math.max(0, Math.min(ids.length - 1, place + by))]
}
