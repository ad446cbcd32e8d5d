const smallestSegmentBytes = 2 ** 20
const largestSegmentBytes = 2 ** 30
const usualSegmentBytes = 2 ** 24

/**
 * The size of a WAL segment as two places of one backup show it: its log position lies inside its first segment. Null
 * where no size fits (documented: PostgreSQL, WAL file names are timeline, log and segment, 8 hex digits each).
 */
export function segmentBytesOf(lsn: string, segment: string): number | null {
  const [high = '', low = ''] = lsn.split('/')
  const at = Number.parseInt(low, 16)
  if (!/^[0-9A-F]+\/[0-9A-F]+$/i.test(lsn) || Number.parseInt(high, 16) !== partAt(segment, 8)) return null
  const sizes: number[] = []
  for (let size = smallestSegmentBytes; size <= largestSegmentBytes; size *= 2)
    if (Math.floor(at / size) === partAt(segment, 16)) sizes.push(size)
  return sizes.includes(usualSegmentBytes) ? usualSegmentBytes : (sizes[0] ?? null)
}

/** More than a backup ever takes: 16 TiB of 16 MiB segments. */
const mostSegments = 1_000_000

/** Every segment from one to another, both included; null where they are of two timelines, or not in this order. */
export function segmentsBetween(first: string, last: string, segmentBytes: number): readonly string[] | null {
  const timeline = first.slice(0, 8)
  const inLog = 2 ** 32 / segmentBytes
  const numberOf = (segment: string): number => partAt(segment, 8) * inLog + partAt(segment, 16)
  const [from, to] = [numberOf(first), numberOf(last)]
  if (last.slice(0, 8) !== timeline || to < from || to - from > mostSegments) return null
  return Array.from({ length: to - from + 1 }, (_, place) => {
    const number = from + place
    return `${timeline}${hex(Math.floor(number / inLog))}${hex(number % inLog)}`
  })
}

export function segmentAfter(segment: string, segmentBytes: number): string {
  const inLog = 2 ** 32 / segmentBytes
  const next = partAt(segment, 8) * inLog + partAt(segment, 16) + 1
  return `${segment.slice(0, 8)}${hex(Math.floor(next / inLog))}${hex(next % inLog)}`
}

function partAt(segment: string, at: number): number {
  return Number.parseInt(segment.slice(at, at + 8), 16)
}

function hex(part: number): string {
  return part.toString(16).toUpperCase().padStart(8, '0')
}
