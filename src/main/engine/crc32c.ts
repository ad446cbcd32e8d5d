/**
 * CRC-32C (Castagnoli, reflected polynomial 0x82f63b78; RFC 3720 appendix B.4), sixteen bytes a step: one table for each
 * byte's distance from the end of the step. Chunks of the snappy framing format are no longer than 64 KiB, so plain
 * JavaScript keeps up with the hashes that are computed beside it.
 */
const polynomial = 0x82f63b78
const stride = 16

/** Sixteen tables of 256, one after the other: table k is the CRC of a byte that k zero bytes follow. */
const tables = makeTables()

function makeTables(): Int32Array {
  const made = new Int32Array(stride * 256)
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1
    made[byte] = crc
  }
  for (let at = 256; at < made.length; at += 1) {
    const before = made[at - 256] ?? 0
    made[at] = (before >>> 8) ^ (made[before & 0xff] ?? 0)
  }
  return made
}

/** Of the bytes from `start` up to `end`, as an unsigned number. */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.byteLength): number {
  const t = tables
  let crc = -1
  let at = start
  for (const last = end - stride; at <= last; at += stride) {
    crc =
      at32(t, 3840 + (at8(bytes, at) ^ (crc & 0xff))) ^
      at32(t, 3584 + (at8(bytes, at + 1) ^ ((crc >>> 8) & 0xff))) ^
      at32(t, 3328 + (at8(bytes, at + 2) ^ ((crc >>> 16) & 0xff))) ^
      at32(t, 3072 + (at8(bytes, at + 3) ^ (crc >>> 24))) ^
      at32(t, 2816 + at8(bytes, at + 4)) ^
      at32(t, 2560 + at8(bytes, at + 5)) ^
      at32(t, 2304 + at8(bytes, at + 6)) ^
      at32(t, 2048 + at8(bytes, at + 7)) ^
      at32(t, 1792 + at8(bytes, at + 8)) ^
      at32(t, 1536 + at8(bytes, at + 9)) ^
      at32(t, 1280 + at8(bytes, at + 10)) ^
      at32(t, 1024 + at8(bytes, at + 11)) ^
      at32(t, 768 + at8(bytes, at + 12)) ^
      at32(t, 512 + at8(bytes, at + 13)) ^
      at32(t, 256 + at8(bytes, at + 14)) ^
      at32(t, at8(bytes, at + 15))
  }
  for (; at < end; at += 1) crc = (crc >>> 8) ^ at32(t, (crc ^ at8(bytes, at)) & 0xff)
  return ~crc >>> 0
}

/** As the snappy framing format stores it: a CRC over data that holds CRCs is weak, so it is turned and shifted. */
export function maskedCrc32c(bytes: Uint8Array, start = 0, end = bytes.byteLength): number {
  const crc = crc32c(bytes, start, end)
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}

function at8(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0
}

function at32(table: Int32Array, at: number): number {
  return table[at] ?? 0
}
