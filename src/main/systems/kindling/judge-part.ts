import { errorFinding, type Finding } from '../../../shared/domain/finding.ts'
import {
  reaches,
  summariseLevels,
  type LevelOutcome,
  type VerifiableLevel,
} from '../../../shared/domain/level.ts'
import { countOf } from '../../../shared/domain/size-words.ts'
import { quoted } from '../../engine/archive/entry-name.ts'
import type { Evidence, StoreReport } from '../../ports/backup-system.ts'
import type { ObjectInfo } from '../../ports/object-store.ts'
import { readSliceFacts, sliceId } from './facts.ts'
import type { StoredForm } from './manifest.ts'

/** What is recorded of one file: of the database, or of the archive. */
export interface RecordedFile {
  /** For people. */
  readonly name: string
  readonly key: string
  /** False: other files may lie in the same object. */
  readonly isAlone: boolean
  readonly offset: number
  readonly storedBytes: number
  /** Null where nothing records it. */
  readonly plainBytes: number | null
  readonly plainSha1: string
  readonly storedSha1: string | null
  readonly form: StoredForm
  readonly info: ObjectInfo | null
}

export const highestLevel = 'wellFormed' satisfies VerifiableLevel

/** How a file fared, one level after the other; a failure is told once. */
type Fate =
  | 'missing'
  | 'short'
  | 'vanished'
  | 'replaced'
  | 'unreachable'
  | 'notRead'
  | 'storedWrong'
  | 'plainWrong'
  /** What is stored is as recorded (or nothing is recorded), what it opens to is not read here. */
  | 'storedOnly'
  | 'nothingRecorded'
  | 'plainRight'
  | 'bothRight'

interface Fated {
  readonly file: RecordedFile
  readonly fate: Fate
}

const passed: LevelOutcome = { outcome: 'passed' }
const failed: LevelOutcome = { outcome: 'failed' }

/** What the judgement of a row of files says; `place` is where a report puts it. */
export function judgeFiles(
  place: Pick<StoreReport, 'store' | 'holder' | 'object' | 'key'>,
  files: readonly RecordedFile[],
  evidence: Evidence,
): StoreReport {
  const fated = files.map((file): Fated => ({ file, fate: fateOf(file, evidence) }))
  const outcomes = outcomesOf(fated, evidence.level)
  const tried = [...outcomes.values()]
  return {
    ...place,
    ...summariseLevels(outcomes),
    stoppedShort: tried.every((each) => each.outcome !== 'failed') && !outcomes.has(highestLevel),
    verifiedAt: oldestReading(files, evidence),
    findings: findingsOf(fated),
  }
}

function fateOf(file: RecordedFile, evidence: Evidence): Fate {
  const { info, key, isAlone, offset, storedBytes } = file
  if (info === null) return 'missing'
  const isSized = isAlone ? info.sizeBytes === storedBytes : info.sizeBytes >= offset + storedBytes
  if (!isSized) return 'short'
  if (!reaches(evidence.level, 'intact')) return 'notRead'
  const seen = evidence.object(key)
  switch (seen.kind) {
    case 'notRead':
    case 'vanished':
    case 'replaced':
    case 'unreachable':
      return seen.kind
    case 'read':
      return readFate(file, readSliceFacts(seen.facts.content))
  }
}

function readFate(file: RecordedFile, facts: ReturnType<typeof readSliceFacts>): Fate {
  const { offset, storedBytes, storedSha1, plainSha1, plainBytes, form } = file
  const slice = facts?.get(sliceId({ offset, sizeBytes: storedBytes }))
  if (slice === undefined) return 'notRead'
  if (slice.stored === null) return 'storedWrong'
  const expected = storedSha1 ?? (form === 'none' ? plainSha1 : null)
  if (expected !== null && slice.stored !== expected) return 'storedWrong'
  if (form === 'unread') return expected === null ? 'nothingRecorded' : 'storedOnly'
  const isRight =
    slice.plain?.sha1 === plainSha1 && (plainBytes === null || slice.plain.sizeBytes === plainBytes)
  if (!isRight) return 'plainWrong'
  return expected === null ? 'plainRight' : 'bothRight'
}

function outcomesOf(
  fated: readonly Fated[],
  level: VerifiableLevel,
): ReadonlyMap<VerifiableLevel, LevelOutcome> {
  const count = (...fates: readonly Fate[]): number => fated.filter(({ fate }) => fates.includes(fate)).length
  const outcomes = new Map<VerifiableLevel, LevelOutcome>()
  outcomes.set('present', count('missing', 'short', 'vanished') > 0 ? failed : passed)
  if (!reaches(level, 'intact')) return outcomes
  if (count('storedWrong', 'replaced') > 0) return outcomes.set('intact', failed)
  if (count('notRead', 'unreachable') > 0) return outcomes
  const unrecorded = count('plainRight', 'nothingRecorded')
  outcomes.set(
    'intact',
    unrecorded === 0
      ? passed
      : notProvable(`of ${countOf(unrecorded, 'file')} only the plain bytes have a recorded checksum`),
  )
  if (!reaches(level, 'decrypts')) return outcomes
  outcomes.set('decrypts', notProvable('this repository is not encrypted, so there is nothing to decrypt'))
  if (!reaches(level, 'matches')) return outcomes
  const unread = count('storedOnly', 'nothingRecorded')
  const form = 'in a form that is not read here (zst, lz4, bz2 or blocks of an incremental file)'
  outcomes.set(
    'matches',
    count('plainWrong') > 0
      ? failed
      : unread > 0
        ? notProvable(`${countOf(unread, 'file')} are stored ${form}`)
        : passed,
  )
  if (!reaches(level, highestLevel)) return outcomes
  return outcomes.set(
    'wellFormed',
    notProvable('what PostgreSQL keeps in its files is not interpreted; a restore proves it'),
  )
}

function notProvable(reason: string): LevelOutcome {
  return { outcome: 'notProvable', reason }
}

const words = {
  missing: ['chain.objectMissing', 'not there'],
  vanished: ['chain.objectMissing', 'gone when it was opened'],
  short: ['object.sizeMismatch', 'not of the recorded size'],
  replaced: ['object.changed', 'replaced while it was being verified'],
  unreachable: ['object.unreachable', 'there, but could not be read'],
  storedWrong: ['object.hashMismatch', 'stored otherwise than recorded (SHA-1)'],
  plainWrong: ['plain.hashMismatch', 'not what was backed up (SHA-1 of the plain bytes)'],
} as const

function findingsOf(fated: readonly Fated[]): readonly Finding[] {
  const findings: Finding[] = []
  for (const [fate, [code, what]] of Object.entries(words)) {
    const [first, ...others] = fated.filter((each) => each.fate === fate)
    if (first === undefined) continue
    const more =
      others.length === 0
        ? ''
        : ` The same goes for ${countOf(others.length, 'more file')}, ${quoted(others[0]?.file.name ?? '')} first.`
    findings.push(
      errorFinding(code, `${quoted(first.file.name)} (${quoted(first.file.key)}) is ${what}.${more}`),
    )
  }
  const silent = fated.filter(({ fate }) => fate === 'nothingRecorded')
  if (silent.length > 0) {
    const message = `Of ${countOf(silent.length, 'file')} only the presence is known (${quoted(silent[0]?.file.name ?? '')}): compressed in a way that is not read here, and without a checksum of the stored bytes. pgBackRest's own verify, or a restore, proves them.`
    findings.push({ code: 'format.unknown', severity: 'warning', message })
  }
  return findings
}

function oldestReading(files: readonly RecordedFile[], evidence: Evidence): string | null {
  let oldest: string | null = null
  for (const { key } of files) {
    const seen = evidence.object(key)
    if (seen.kind === 'read' && (oldest === null || seen.facts.readAt < oldest)) oldest = seen.facts.readAt
  }
  return oldest
}
