import { errorFinding, type Finding } from '../../../shared/domain/finding.ts'
import {
  reaches,
  summariseLevels,
  type LevelOutcome,
  type VerifiableLevel,
} from '../../../shared/domain/level.ts'
import { quoted } from '../../engine/archive/entry-name.ts'
import type { Evidence, ObjectEvidence, RecordedHash, StoreReport } from '../../ports/backup-system.ts'
import type { ObjectInfo } from '../../ports/object-store.ts'
import { readFacts, type TableFacts } from './facts.ts'
import { judgeContents } from './judge-contents.ts'
import type { TableEntry } from './manifest.ts'
import type { SidecarTable } from './sidecar.ts'

export const armadaHighestLevel = 'wellFormed' satisfies VerifiableLevel

export interface TableContext {
  readonly backupId: string
  readonly version: 1 | 2
  /** Null: the folder has no such file. */
  readonly info: ObjectInfo | null
  /** What this console recorded when it made the backup; null where it did not. */
  readonly recorded: SidecarTable | null
}

type Reading = Extract<ObjectEvidence, { kind: 'read' }>

const passed: LevelOutcome = { outcome: 'passed' }
const failed: LevelOutcome = { outcome: 'failed' }

/** Judges one table of one backup: levels in order, going on after a failure as far as the bytes allow. */
export function judgeTable(entry: TableEntry, context: TableContext, evidence: Evidence): StoreReport {
  const { backupId, info } = context
  const key = `${backupId}/${entry.fileName}`
  const outcomes = new Map<VerifiableLevel, LevelOutcome>()
  const findings: Finding[] = []
  let verifiedAt: string | null = null
  let intactBy: string | null = null
  if (entry.unsafe !== null) {
    const message = `Nothing of ${quoted(entry.name)} was read: ${entry.unsafe}.`
    findings.push(errorFinding('manifest.unsafePath', message))
    outcomes.set('present', failed)
  } else if (info === null) {
    findings.push(
      errorFinding('chain.objectMissing', `${quoted(entry.fileName)} is not in the backup's folder.`),
    )
    outcomes.set('present', failed)
  } else {
    const sizes = sizeFindings(entry, info, context.recorded)
    findings.push(...sizes)
    outcomes.set('present', sizes.length === 0 ? passed : failed)
    if (reaches(evidence.level, 'intact')) {
      const seen = evidence.object(info.key)
      if (seen.kind !== 'read') {
        findings.push(...judgeUnread(entry, seen, outcomes))
      } else if (seen.facts.md5 !== undefined) {
        verifiedAt = seen.facts.readAt
        const intact = judgeIntact(entry, seen, seen.facts.md5, context.recorded, sizes.length > 0)
        findings.push(...intact.findings)
        outcomes.set('intact', intact.outcome)
        intactBy = intact.by
        findings.push(...judgeForm(entry, seen, context, evidence, outcomes))
      }
    }
  }
  const tried = [...outcomes.values()]
  return {
    store: entry.name,
    holder: backupId,
    object: entry.fileName,
    key: entry.unsafe === null ? key : null,
    ...summariseLevels(outcomes),
    stoppedShort: tried.every((each) => each.outcome !== 'failed') && !outcomes.has(armadaHighestLevel),
    ...(intactBy !== null && { intactBy }),
    recorded: recordedOf(entry, context.recorded),
    verifiedAt,
    findings,
  }
}

function recordedOf({ md5 }: TableEntry, recorded: SidecarTable | null): readonly RecordedHash[] {
  return [
    ...(md5 === '' ? [] : [{ of: 'stored', algorithm: 'MD5', hex: md5 } as const]),
    ...(recorded === null ? [] : [{ of: 'stored', algorithm: 'SHA-256', hex: recorded.sha256 } as const]),
  ]
}

/** armada's manifest records no sizes; only what this console made has them. */
function sizeFindings(
  { fileName }: TableEntry,
  { sizeBytes }: ObjectInfo,
  recorded: SidecarTable | null,
): readonly Finding[] {
  if (recorded === null || recorded.sizeBytes === sizeBytes) return []
  const message = `${quoted(fileName)} has ${sizeBytes} bytes; holdfast.json records ${recorded.sizeBytes}.`
  return [errorFinding('object.sizeMismatch', message)]
}

function judgeUnread(
  { name }: TableEntry,
  seen: Exclude<ObjectEvidence, Reading>,
  outcomes: Map<VerifiableLevel, LevelOutcome>,
): readonly Finding[] {
  const what = quoted(name)
  switch (seen.kind) {
    case 'notRead':
      return []
    case 'vanished':
      outcomes.set('present', failed)
      return [errorFinding('chain.objectMissing', `${what} was listed, but was gone when it was opened.`)]
    case 'replaced':
      outcomes.set('intact', failed)
      return [
        errorFinding('object.changed', `${what} was replaced while it was being verified. ${seen.reason}`),
      ]
    case 'unreachable':
      return [errorFinding('object.unreachable', `${what} is there, but could not be read. ${seen.reason}`)]
  }
}

/**
 * The MD5 is compared as it is written, case included, as the system does before it restores [from source:
 * replication/backup/backup.go]. It keeps out accidents, not somebody who can rewrite the manifest.
 */
function judgeIntact(
  { name, md5 }: TableEntry,
  { facts, before }: Reading,
  actual: string,
  recorded: SidecarTable | null,
  sizeDiffers: boolean,
): { readonly outcome: LevelOutcome; readonly by: string | null; readonly findings: readonly Finding[] } {
  const fail = (...findings: readonly Finding[]) => ({ outcome: failed, by: null, findings })
  const what = quoted(name)
  if (md5 !== actual) {
    // A different size says it already.
    if (sizeDiffers) return fail()
    const said =
      md5 === ''
        ? 'the manifest records none'
        : md5.toLowerCase() === actual
          ? `the manifest has ${quoted(md5)}, which the system compares as it is written and refuses`
          : `the manifest records ${quoted(md5)}`
    const since =
      before !== null && before.sha256 === facts.sha256 && before.at < facts.readAt
        ? ` The file has not changed since it was first read on ${before.at}.`
        : ''
    return fail(
      errorFinding(
        'object.hashMismatch',
        `The MD5 of the stored bytes of ${what} is ${actual}; ${said}.${since}`,
      ),
    )
  }
  if (recorded !== null && recorded.sha256 !== facts.sha256) {
    if (sizeDiffers) return fail()
    const message =
      `The stored bytes of ${what} agree with the manifest's MD5, but not with the SHA-256 in holdfast.json ` +
      `(${facts.sha256}, recorded ${recorded.sha256}): one of the two was rewritten.`
    return fail(errorFinding('object.hashMismatch', message))
  }
  if (before !== null && before.sha256 !== facts.sha256) {
    const message =
      `The stored bytes of ${what} agree with the manifest, but are not the ones seen on ${before.at} ` +
      `(SHA-256 ${before.sha256}): file and manifest were rewritten together.`
    return fail(errorFinding('object.changed', message))
  }
  // That it is the manifest's MD5 otherwise, the format says.
  const by = recorded === null ? null : "the manifest's MD5 and the SHA-256 in holdfast.json"
  return { outcome: passed, by, findings: [] }
}

/** The levels above `intact`. */
function judgeForm(
  entry: TableEntry,
  { facts: { content, beginning, sizeBytes } }: Reading,
  { version, recorded }: TableContext,
  { level }: Evidence,
  outcomes: Map<VerifiableLevel, LevelOutcome>,
): readonly Finding[] {
  if (reaches(level, 'decrypts')) {
    outcomes.set('decrypts', {
      outcome: 'notProvable',
      reason: 'armada does not seal its backups: there is nothing to decrypt',
    })
  }
  if (reaches(level, 'matches')) {
    outcomes.set('matches', {
      outcome: 'notProvable',
      reason: 'the manifest records no hash of what the file holds',
    })
  }
  if (!reaches(level, armadaHighestLevel)) return []
  if (beginning === 'envelope') {
    outcomes.set('wellFormed', failed)
    const message = `${quoted(entry.fileName)} begins as a sealed object (${sizeBytes} bytes); a table's file is a snappy stream, and the system cannot restore this.`
    return [errorFinding('archive.malformed', message)]
  }
  const facts: TableFacts | null = readFacts(content)
  if (facts === null) return []
  const findings = judgeContents(entry, version, facts, recorded)
  outcomes.set('wellFormed', findings.some(({ severity }) => severity === 'error') ? failed : passed)
  return findings
}
