import { errorFinding } from '../../../shared/domain/finding.ts'
import {
  reaches,
  summariseLevels,
  type LevelOutcome,
  type VerifiableLevel,
} from '../../../shared/domain/level.ts'
import { quoted } from '../../engine/archive/entry-name.ts'
import { earlierHash } from '../../engine/verify/earlier-hash.ts'
import type { BackupReport, Evidence, ObjectEvidence, StoreReport } from '../../ports/backup-system.ts'
import { readVolumeFacts } from './facts.ts'
import { highestLevel } from './judge-part.ts'
import { volumePart } from './labels.ts'
import type { VolumeObject } from './layout.ts'

type Reading = Extract<ObjectEvidence, { kind: 'read' }>
type Judged = Pick<StoreReport, 'findings' | 'verifiedAt' | 'intactBy'>

const passed: LevelOutcome = { outcome: 'passed' }
const failed: LevelOutcome = { outcome: 'failed' }

/** kindling uploads the disk as it lies there and records its size alone, in its database (from source: internal/volumeops/handler.go). */
export function judgeVolume({ backupId, info }: VolumeObject, evidence: Evidence): BackupReport {
  const outcomes = new Map<VerifiableLevel, LevelOutcome>([['present', passed]])
  const judged = judgeSeen(info.key, evidence, outcomes)
  const tried = [...outcomes.values()]
  return {
    createdAt: null,
    findings: [],
    stores: [
      {
        store: volumePart,
        holder: backupId,
        object: info.key,
        key: info.key,
        ...summariseLevels(outcomes),
        stoppedShort: tried.every(({ outcome }) => outcome !== 'failed') && !outcomes.has(highestLevel),
        ...judged,
      },
    ],
  }
}

function judgeSeen(key: string, evidence: Evidence, outcomes: Map<VerifiableLevel, LevelOutcome>): Judged {
  const nothing: Judged = { findings: [], verifiedAt: null }
  const what = quoted(key)
  const seen = evidence.object(key)
  if (!reaches(evidence.level, 'intact')) return nothing
  switch (seen.kind) {
    case 'notRead':
      return nothing
    case 'vanished':
      outcomes.set('present', failed)
      return {
        ...nothing,
        findings: [
          errorFinding('chain.objectMissing', `${what} was listed, but was gone when it was opened.`),
        ],
      }
    case 'replaced':
      outcomes.set('intact', failed)
      return {
        ...nothing,
        findings: [
          errorFinding('object.changed', `${what} was replaced while it was being verified. ${seen.reason}`),
        ],
      }
    case 'unreachable':
      return {
        ...nothing,
        findings: [
          errorFinding('object.unreachable', `${what} is there, but could not be read. ${seen.reason}`),
        ],
      }
    case 'read':
      return judgeReading(what, seen, evidence.level, outcomes)
  }
}

function judgeReading(
  what: string,
  seen: Reading,
  level: VerifiableLevel,
  outcomes: Map<VerifiableLevel, LevelOutcome>,
): Judged {
  const { sha256, readAt, content } = seen.facts
  const before = earlierHash(seen)
  if (before !== null && before.sha256 !== sha256) {
    outcomes.set('intact', failed)
    const message = `${what} was changed: its SHA-256 is ${sha256}, not ${before.sha256}, which was first seen on ${before.at}.`
    return { verifiedAt: readAt, findings: [errorFinding('object.changed', message)] }
  }
  const judged = {
    verifiedAt: readAt,
    findings: [],
    ...(before !== null && { intactBy: `what this console itself read first, on ${before.at}` }),
  }
  const unproved =
    'kindling records no checksum of a volume, and this is the first reading; the next one is compared with it'
  outcomes.set('intact', before === null ? { outcome: 'notProvable', reason: unproved } : passed)
  if (!reaches(level, 'decrypts')) return judged
  outcomes.set('decrypts', {
    outcome: 'notProvable',
    reason: 'kindling does not seal its volumes, so there is nothing to decrypt',
  })
  if (!reaches(level, 'matches')) return judged
  outcomes.set('matches', {
    outcome: 'notProvable',
    reason: 'kindling records the size of a volume, in its database, and no checksum',
  })
  const facts = readVolumeFacts(content)
  if (!reaches(level, highestLevel) || facts === null) return judged
  outcomes.set('wellFormed', facts.flaws.length === 0 ? passed : failed)
  return {
    ...judged,
    findings: facts.flaws.map((flaw) =>
      errorFinding('archive.malformed', `${what} is no whole disk image. ${flaw}`),
    ),
  }
}
