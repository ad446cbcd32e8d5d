import { HoldfastError } from '../../../shared/domain/error.ts'
import type { Clock } from '../../ports/clock.ts'
import type { LockedTarget } from '../../ports/restore-target.ts'
import {
  formatRecord,
  parseRecord,
  type JournalEvent,
  type JournalRecord,
  type SwapName,
} from './journal-record.ts'

/** One run as its records tell it. */
export interface JournalRun {
  readonly run: string
  readonly begin: Extract<JournalRecord, { kind: 'begin' }>
  readonly swap: readonly SwapName[] | null
  readonly isGoingBack: boolean
  /** Null: it was cut short, or is under way. */
  readonly end: { readonly how: 'done' | 'undone'; readonly at: string } | null
}

export interface JournalReading {
  /** In the order in which they began; only the last can be without an end. */
  readonly runs: readonly JournalRun[]
  readonly lastSeq: number
  /** Where the next record goes; what lies behind is a line that was cut off while it was written. */
  readonly wholeBytes: number
}

/** Its `runs` follow what is appended. */
export interface Journal extends Pick<JournalReading, 'runs'> {
  /** Durable when it resolves. Where it fails, the next record takes the place of this one. */
  append(run: string, event: JournalEvent): Promise<void>
}

/**
 * Reads a journal. Each record was durable before the next was begun, so only the last line can be cut or damaged by a
 * crash; it is then as if never written. Damage anywhere else is `state.broken`: what stands in the target cannot be told.
 */
export function readJournal(bytes: Uint8Array, dir: string): JournalReading {
  const runs: JournalRun[] = []
  let lastSeq = 0
  let wholeBytes = 0
  for (let start = 0; start < bytes.byteLength;) {
    const newline = bytes.indexOf(0x0a, start)
    const end = newline < 0 ? bytes.byteLength : newline + 1
    const record =
      newline < 0 ? null : parseRecord(Buffer.from(bytes.subarray(start, newline)).toString('utf8'))
    if (record === null) {
      if (end < bytes.byteLength) throw broken(dir, `Record ${lastSeq + 1} is damaged, and more follow.`)
      break
    }
    if (record === 'unknown') {
      throw broken(dir, `Record ${lastSeq + 1} is of a kind that this version does not know.`)
    }
    if (record.seq !== lastSeq + 1) throw broken(dir, `After record ${lastSeq} comes record ${record.seq}.`)
    addTo(runs, record, dir)
    lastSeq = record.seq
    wholeBytes = end
    start = end
  }
  return { runs, lastSeq, wholeBytes }
}

/** The journal of a locked target, to be read and continued. */
export async function openJournal(target: LockedTarget, clock: Pick<Clock, 'now'>): Promise<Journal> {
  const reading = readJournal(await target.readJournal(), target.dir)
  const runs = [...reading.runs]
  let { lastSeq, wholeBytes } = reading
  return {
    runs,
    async append(run, event) {
      const record = { seq: lastSeq + 1, at: new Date(clock.now()).toISOString(), run, ...event }
      // Before anything is written: a record that does not belong here would break the journal for good.
      addTo([...runs], record, target.dir)
      const line = formatRecord(record)
      await target.writeJournal(line, wholeBytes)
      addTo(runs, record, target.dir)
      lastSeq += 1
      wholeBytes += Buffer.byteLength(line)
    },
  }
}

/** The run that was cut short; null where the last one came to its end. */
export function unfinishedRun({ runs }: Pick<JournalReading, 'runs'>): JournalRun | null {
  const last = runs.at(-1)
  return last === undefined || last.end !== null ? null : last
}

/** The last run that changed the target for good. */
export function lastDoneRun({ runs }: Pick<JournalReading, 'runs'>): JournalRun | null {
  return runs.findLast((run) => run.end?.how === 'done') ?? null
}

function addTo(runs: JournalRun[], record: JournalRecord, dir: string): void {
  const last = runs.at(-1)
  const open = last === undefined || last.end !== null ? undefined : last
  if (record.kind === 'begin') {
    if (open !== undefined) throw broken(dir, `Record ${record.seq} begins a run inside another.`)
    runs.push({ run: record.run, begin: record, swap: null, isGoingBack: false, end: null })
    return
  }
  if (open === undefined || open.run !== record.run) {
    throw broken(dir, `Record ${record.seq} belongs to no run that is open.`)
  }
  runs[runs.length - 1] = advanced(open, record)
}

function advanced(run: JournalRun, record: Exclude<JournalRecord, { kind: 'begin' }>): JournalRun {
  switch (record.kind) {
    case 'swap':
      return { ...run, swap: record.names }
    case 'undo':
      return { ...run, isGoingBack: true }
    case 'done':
    case 'undone':
      return { ...run, end: { how: record.kind, at: record.at } }
    case 'moved':
      return run
  }
}

function broken(dir: string, why: string): HoldfastError {
  return new HoldfastError('state.broken', {
    what: `The journal of restores in ${dir} cannot be read.`,
    why,
    unchanged: 'Nothing was changed.',
    next: `Look at what stands in ${dir} beside its .before-restore- copies, set it right by hand, then move .holdfast away.`,
  })
}
