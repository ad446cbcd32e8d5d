/**
 * Compares two well-formed strings as the bytes of their UTF-8 would compare: the order of keys in a listing. It differs
 * from JavaScript's own order (of UTF-16 units) only where a surrogate meets a unit of U+E000 or above.
 */
export function compareUtf8(a: string, b: string): number {
  const common = Math.min(a.length, b.length)
  for (let at = 0; at < common; at += 1) {
    const unitOfA = a.charCodeAt(at)
    const unitOfB = b.charCodeAt(at)
    if (unitOfA !== unitOfB) return rank(unitOfA) - rank(unitOfB)
  }
  return a.length - b.length
}

/** Surrogates, which stand for U+10000 and above, come after every other unit. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit
  return unit > 0xdfff ? unit - 0x800 : unit + 0x2000
}
