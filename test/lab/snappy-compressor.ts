/** One block of raw snappy, made greedily; null where it would be no shorter. For labs: the product reads these, it writes none. */
export function compressBlock(plain: Uint8Array): Uint8Array | null {
  const out: number[] = []
  let size = plain.byteLength
  for (; size > 0x7f; size >>>= 7) out.push((size & 0x7f) | 0x80)
  out.push(size)
  const places = new Int32Array(1 << 14).fill(-1)
  const at32 = (at: number): number =>
    (plain[at] ?? 0) |
    ((plain[at + 1] ?? 0) << 8) |
    ((plain[at + 2] ?? 0) << 16) |
    ((plain[at + 3] ?? 0) << 24)
  const literal = (from: number, to: number): void => {
    const length = to - from - 1
    if (length < 0) return
    if (length < 60) out.push(length << 2)
    else if (length < 0x100) out.push(60 << 2, length)
    else out.push(61 << 2, length & 0xff, length >>> 8)
    for (let at = from; at < to; at += 1) out.push(plain[at] ?? 0)
  }
  let told = 0
  let at = 0
  while (at + 4 <= plain.byteLength) {
    const word = at32(at)
    const slot = Math.imul(word, 0x1e35a7bd) >>> 18
    const before = places[slot] ?? -1
    places[slot] = at
    if (before < 0 || at32(before) !== word) {
      at += 1
      continue
    }
    let length = 4
    while (at + length < plain.byteLength && plain[before + length] === plain[at + length]) length += 1
    literal(told, at)
    const offset = at - before
    for (let left = length; left > 0;) {
      const part = Math.min(left, 64)
      if (part >= 4 && part <= 11 && offset < 2048) {
        out.push(((offset >>> 8) << 5) | ((part - 4) << 2) | 1, offset & 0xff)
      } else {
        out.push(((part - 1) << 2) | 2, offset & 0xff, offset >>> 8)
      }
      left -= part
    }
    at += length
    told = at
  }
  literal(told, plain.byteLength)
  return out.length < plain.byteLength ? Uint8Array.from(out) : null
}
