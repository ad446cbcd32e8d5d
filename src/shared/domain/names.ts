/**
 * True where a JSON value holds this id anywhere. Ids are drawn at random, so nothing else in a saved value is equal to one.
 */
export function names(value: unknown, id: string): boolean {
  if (value === id) return true
  return typeof value === 'object' && value !== null && Object.values(value).some((each) => names(each, id))
}
