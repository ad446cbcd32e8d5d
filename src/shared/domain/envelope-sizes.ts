/** What a reader accepts of a `KBE1` envelope and a writer keeps to. All of it is checked before anything is allocated. */
export const envelopeLimits = {
  /** The JSON header, without the 8 bytes before it. */
  headerBytes: { least: 1, most: 65_536 },
  segmentBytes: { least: 64 * 1024, most: 16 * 1024 * 1024 },
  iterations: { least: 1_000, most: 10_000_000 },
  /** A segment's number has four bytes in its nonce. */
  segments: 2 ** 32,
} as const

/** Magic and header length. */
export const preambleBytes = 8
/** GCM tag behind each segment. */
export const tagBytes = 16

/** An empty store has one empty segment; any other store has only segments with bytes. */
export function segmentCount(plainSizeBytes: number, segmentBytes: number): number {
  return Math.max(
    1,
    wholeSegments(plainSizeBytes, segmentBytes) + (plainSizeBytes % segmentBytes > 0 ? 1 : 0),
  )
}

/** Plain bytes of the last segment: 1..segmentBytes, or 0 for an empty store. */
export function lastSegmentBytes(plainSizeBytes: number, segmentBytes: number): number {
  const rest = plainSizeBytes % segmentBytes
  return rest === 0 ? Math.min(plainSizeBytes, segmentBytes) : rest
}

/** Exact size of the stored object; `headerBytes` is the length of the JSON header alone. */
export function sealedSizeBytes(headerBytes: number, plainSizeBytes: number, segmentBytes: number): number {
  return preambleBytes + headerBytes + plainSizeBytes + tagBytes * segmentCount(plainSizeBytes, segmentBytes)
}

/** Remainder first: a quotient near 2^32 has no room left for a fraction of 1/segmentBytes. */
function wholeSegments(plainSizeBytes: number, segmentBytes: number): number {
  return (plainSizeBytes - (plainSizeBytes % segmentBytes)) / segmentBytes
}
