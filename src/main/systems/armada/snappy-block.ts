/**
 * One block of raw snappy (google/snappy, format_description.txt): the plain length as a varint, then literals and copies
 * of what came before. Every length and offset is checked before it is used.
 */

/** Up to here a loop is quicker than a call. */
const shortBytes = 24

/**
 * Writes the plain bytes of the block to the beginning of `out` and returns how many there are; a text where the block is
 * none, or has more plain bytes than `out` takes.
 */
export function decompressBlock(
  block: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
): number | string {
  let at = start
  let plainBytes = 0
  for (let shift = 0; ; shift += 7) {
    // Five bytes hold 32 bits.
    if (at >= end || shift > 28) return 'its plain length cannot be read'
    const byte = block[at++] ?? 0
    plainBytes += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) break
  }
  if (plainBytes > out.byteLength) {
    return `it says that it has ${plainBytes} plain bytes, more than the ${out.byteLength} that a chunk may have`
  }
  let to = 0
  while (at < end) {
    const tag = block[at++] ?? 0
    if ((tag & 3) === 0) {
      let length = (tag >>> 2) + 1
      if (length > 60) {
        const extra = length - 60
        if (at + extra > end) return 'a literal is cut'
        length = 1
        for (let byte = 0; byte < extra; byte += 1) length += (block[at + byte] ?? 0) * 2 ** (8 * byte)
        at += extra
      }
      if (length > end - at) return 'a literal is cut'
      if (length > plainBytes - to) return 'it has more plain bytes than it says'
      if (length > shortBytes) {
        out.set(block.subarray(at, at + length), to)
        at += length
        to += length
      } else {
        for (const last = to + length; to < last;) out[to++] = block[at++] ?? 0
      }
      continue
    }
    let length = (tag >>> 2) + 1
    let offset = 0
    if ((tag & 3) === 2) {
      if (at + 2 > end) return 'a copy is cut'
      offset = (block[at] ?? 0) | ((block[at + 1] ?? 0) << 8)
      at += 2
    } else if ((tag & 3) === 1) {
      if (at + 1 > end) return 'a copy is cut'
      length = ((tag >>> 2) & 7) + 4
      offset = ((tag >>> 5) << 8) | (block[at] ?? 0)
      at += 1
    } else {
      if (at + 4 > end) return 'a copy is cut'
      for (let byte = 0; byte < 4; byte += 1) offset += (block[at + byte] ?? 0) * 2 ** (8 * byte)
      at += 4
    }
    if (offset === 0 || offset > to) return 'a copy leads before its beginning'
    if (length > plainBytes - to) return 'it has more plain bytes than it says'
    if (length > shortBytes && offset >= length) {
      out.copyWithin(to, to - offset, to - offset + length)
      to += length
    } else {
      // What is copied may reach into what is being written: a repetition.
      for (const last = to + length; to < last; to += 1) out[to] = out[to - offset] ?? 0
    }
  }
  return to === plainBytes ? to : 'it has fewer plain bytes than it says'
}
