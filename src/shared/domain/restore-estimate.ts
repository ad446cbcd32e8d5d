import { isByTool, type Drill, type DrillPhaseName } from './drill.ts'
import { upperMedian } from './median.ts'
import { countOf } from './size-words.ts'

/** What a restore has to do, in bytes. */
export interface RestoreWork {
  /** Stored bytes that have to be read before it, because nobody has proved them. */
  readonly proveBytes: number
  readonly storedBytes: number
  readonly plainBytes: number
  /** Restored by the system's own tool on a host. */
  readonly byTool?: boolean
}

export interface RestoreEstimate {
  readonly ms: number
  /** Where the time comes from, as a sentence. */
  readonly source: string
}

const newestTimes = 5
/** A drill says nothing of a restore that is so many times larger: what takes a fixed time would be multiplied. */
const mostScaling = 20

/**
 * How long a restore takes: the median speed of each part in the last five drills of the same repository (`drills`, newest
 * first), times its bytes. Null where no drill has measured anything of that size.
 */
export function estimateRestore(work: RestoreWork, drills: readonly Drill[]): RestoreEstimate | null {
  const measured = drills
    .filter((drill) => isByTool(drill) === (work.byTool ?? false))
    .filter(
      ({ outcome, plainBytes }) => outcome.kind !== 'failed' && plainBytes * mostScaling >= work.plainBytes,
    )
    .slice(0, newestTimes)
  const [newest] = measured
  if (newest === undefined) return null
  const timeOf = (name: DrillPhaseName, bytes: number): number => bytes * msPerByte(name, measured)
  const ms =
    work.byTool === true
      ? timeOf('prove', work.proveBytes) + timeOf('tool', work.plainBytes) + timeOf('replay', work.plainBytes)
      : // The same bytes come over the same link, and are opened and hashed, whether to be proved or to be restored.
        timeOf('read', work.proveBytes + work.storedBytes) +
        timeOf('unpack', work.plainBytes) +
        timeOf('place', work.plainBytes) +
        timeOf('readBack', work.plainBytes)
  const day = newest.startedAt.slice(0, 10)
  return {
    ms: Math.ceil(ms),
    source:
      measured.length === 1
        ? `Measured in the drill of ${day} with ${newest.backupId}.`
        : `The median of the last ${countOf(measured.length, 'drill')}, the newest of ${day}.`,
  }
}

function msPerByte(phase: DrillPhaseName, drills: readonly Drill[]): number {
  const measured = drills
    .flatMap(({ phases }) => phases.filter(({ name, bytes }) => name === phase && bytes > 0))
    .map(({ tookMs, bytes }) => tookMs / bytes)
  return upperMedian(measured) ?? 0
}
