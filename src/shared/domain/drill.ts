import { spanWords } from './size-words.ts'

/**
 * The parts of a drill, in their order. `read` is the time in which unpacking waited for bytes: fetched, and opened where they
 * are sealed. `place`: made durable and swapped into place. In the place of these four, of what the system's own tool restores on
 * a host: `tool`, `replay` (the server starts and replays until it answers) and `ask` (it is read).
 */
export const drillPhaseNames = [
  'prove',
  'read',
  'unpack',
  'place',
  'readBack',
  'tool',
  'replay',
  'ask',
  'cleanUp',
] as const
export type DrillPhaseName = (typeof drillPhaseNames)[number]

export const drillPhaseWords: Readonly<Record<DrillPhaseName, string>> = {
  prove: 'Prove',
  read: 'Read and open',
  unpack: 'Unpack',
  place: 'Put in place',
  readBack: 'Read back',
  tool: 'Restore by its tool',
  replay: 'Start and replay',
  ask: 'Ask and count',
  cleanUp: 'Clean up',
}

export interface DrillPhase {
  readonly name: DrillPhaseName
  readonly tookMs: number
  /** What went through it: stored bytes that were read, plain bytes that were written or read back. */
  readonly bytes: number
}

export type DrillOutcome =
  /** Written into an empty folder by the ordinary restore and read back, or restored by its own tool, started and read. */
  | { readonly kind: 'restored' }
  /** The same, but the system itself loads no such thing: its bytes are whole, and that is all. */
  | { readonly kind: 'readable'; readonly because: string }
  | { readonly kind: 'failed'; readonly at: DrillPhaseName; readonly because: string }

/** What a restore for trial found of one backup: a dated fact. */
export interface Drill {
  /** Of the job, the run of a runbook, or the command that did it. */
  readonly id: string
  readonly by: 'job' | 'command' | 'runbook'
  readonly backupId: string
  /** When the backup was made; null where nobody knows. */
  readonly createdAt: string | null
  readonly startedAt: string
  readonly finishedAt: string
  readonly outcome: DrillOutcome
  /** Of what was restored, as by `contentOf`; null where nothing was. */
  readonly content: string | null
  readonly items: number
  readonly files: number
  readonly plainBytes: number
  /** Of the parts that it came to; `cleanUp` is missing while the folder still stands. */
  readonly phases: readonly DrillPhase[]
  /** What the restored thing said of itself, a sentence each; left out where it is no program that answers. */
  readonly seen?: readonly string[]
  /** What a restore takes besides, a sentence each: it is in none of the phases. */
  readonly notMeasured: readonly string[]
  /** The folder that it restored into. */
  readonly folder: string
  /** True where the folder could not be removed, or is not yet. */
  readonly folderStands: boolean
}

const mostKept = 200

/** Of several that are remembered, each drill once as the first list has it, newest first. */
export function newestDrills(ours: readonly Drill[], theirs: readonly Drill[]): readonly Drill[] {
  const own = new Set(ours.map(({ id }) => id))
  return [...ours, ...theirs.filter(({ id }) => !own.has(id))]
    .sort((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0))
    .slice(0, mostKept)
}

/** How long the measured parts of a restore took; null where it did not end with a backup that the system can load. */
export function measuredRtoMs({ outcome, phases }: Pick<Drill, 'outcome' | 'phases'>): number | null {
  if (outcome.kind !== 'restored') return null
  return phases.reduce((sum, { name, tookMs }) => sum + (isMeasured(name) ? tookMs : 0), 0)
}

/** Nobody who needs the data waits for these. */
function isMeasured(name: DrillPhaseName): boolean {
  return name !== 'cleanUp' && name !== 'ask'
}

/** Times of the one kind say nothing of the other: a repository can have both, of a database and of disks. */
export function isByTool({ phases }: Pick<Drill, 'phases'>): boolean {
  return phases.some(({ name }) => name === 'tool')
}

/** Whether the measured parts alone keep the target: what was not measured comes on top. */
export type AgainstTarget = 'within' | 'over' | 'noTarget' | 'notMeasured'

export function againstTarget(rtoMs: number | null, targetMs: number | null): AgainstTarget {
  if (rtoMs === null) return 'notMeasured'
  if (targetMs === null) return 'noTarget'
  return rtoMs <= targetMs ? 'within' : 'over'
}

/** A time as it was measured: tenths of a second below ten of them. */
export function tookWords(tookMs: number): string {
  return tookMs < 9_950 ? `${(tookMs / 1000).toFixed(1)}\u00a0s` : spanWords(tookMs)
}
