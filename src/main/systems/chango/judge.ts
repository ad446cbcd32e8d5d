import { errorFinding, type Finding, type FindingCode } from '../../../shared/domain/finding.ts'
import {
  reaches,
  summariseLevels,
  type LevelOutcome,
  type VerifiableLevel,
} from '../../../shared/domain/level.ts'
import { countOf } from '../../../shared/domain/size-words.ts'
import { quoted } from '../../engine/archive/entry-name.ts'
import { envelopeFindings } from '../../engine/envelope-findings.ts'
import type {
  BackupReport,
  Evidence,
  ObjectEvidence,
  RecordedKeyProof,
  StoreReport,
} from '../../ports/backup-system.ts'
import { keyFingerprint } from './key-fingerprint.ts'
import type { MasterKey } from '../../ports/master-key.ts'
import { readFacts, storeParts, type ArchiveFacts, type ArchiveFinding, type Part } from './facts.ts'
import { judgeIntact, type IntactJudgement } from './judge-intact.ts'
import { namesFor, type BackupKey } from './object-names.ts'
import type { Sidecar } from './sidecar.ts'

export const changoHighestLevel = 'wellFormed' satisfies VerifiableLevel

type Outcomes = ReadonlyMap<VerifiableLevel, LevelOutcome>
type Reading = Extract<ObjectEvidence, { kind: 'read' }>

/** What the object as a whole came to, before its parts are looked at. */
interface Judged {
  readonly outcomes: Outcomes
  readonly findings: readonly Finding[]
  readonly facts: ArchiveFacts | null
  readonly intactBy: string | null
  readonly verifiedAt: string | null
}

const passed: LevelOutcome = { outcome: 'passed' }
const failed: LevelOutcome = { outcome: 'failed' }

/** Judges one archive: all parts lie in the one object, so they share every level up to `decrypts`. */
export function judgeBackup(backup: BackupKey, sidecar: Sidecar, evidence: Evidence): BackupReport {
  const seen = evidence.object(backup.key)
  const judged = reaches(evidence.level, 'intact')
    ? judgeObject(backup, seen, sidecar, evidence)
    : onlyPresent()
  const findings = [...judged.findings]
  if (judged.facts !== null) {
    findings.push(...idFindings(backup, judged.facts), ...keyFindings(judged.facts, evidence.masterKeys))
    findings.push(...judged.facts.findings.filter(({ part }) => part === null).map(asFinding))
  }
  return {
    createdAt: seen.kind === 'read' ? (readFacts(seen.facts.content)?.manifest?.createdAt ?? null) : null,
    findings,
    stores: shownParts(judged.facts).map((part) => ({
      ...storeReport(part, backup, judged, evidence.level),
      ...(sidecar.kind === 'line' && {
        recorded: [{ of: 'stored', algorithm: 'SHA-256', hex: sidecar.sha256 } as const],
      }),
    })),
  }
}

function onlyPresent(): Judged {
  return {
    outcomes: new Map([['present', passed]]),
    findings: [],
    facts: null,
    intactBy: null,
    verifiedAt: null,
  }
}

function judgeObject(backup: BackupKey, seen: ObjectEvidence, sidecar: Sidecar, evidence: Evidence): Judged {
  const what = quoted(backup.key)
  switch (seen.kind) {
    case 'notRead':
      return onlyPresent()
    case 'vanished':
      return {
        ...onlyPresent(),
        outcomes: new Map([['present', failed]]),
        findings: [
          errorFinding('chain.objectMissing', `${what} was listed, but was gone when it was opened.`),
        ],
      }
    case 'replaced':
      return {
        ...onlyPresent(),
        outcomes: new Map([
          ['present', passed],
          ['intact', failed],
        ]),
        findings: [
          errorFinding('object.changed', `${what} was replaced while it was being verified. ${seen.reason}`),
        ],
      }
    case 'unreachable':
      return {
        ...onlyPresent(),
        findings: [
          errorFinding('object.unreachable', `${what} is there, but could not be read. ${seen.reason}`),
        ],
      }
    case 'read': {
      const intact = judgeIntact(what, seen, sidecar)
      const outcomes = new Map<VerifiableLevel, LevelOutcome>([
        ['present', passed],
        ['intact', intact.outcome],
      ])
      const opened = reaches(evidence.level, 'decrypts') ? judgeOpening(backup, seen, intact, evidence) : null
      if (opened?.outcome) outcomes.set('decrypts', opened.outcome)
      return {
        outcomes,
        findings: [...intact.findings, ...(opened?.findings ?? [])],
        // What is no archive at all has no structure to be judged.
        facts:
          opened !== null && opened.outcome?.outcome !== 'failed' && reaches(evidence.level, 'matches')
            ? readFacts(seen.facts.content)
            : null,
        intactBy: intact.by,
        verifiedAt: seen.facts.readAt,
      }
    }
  }
}

/** The level `decrypts`; `outcome` null: not tried, for want of a key. */
function judgeOpening(
  backup: BackupKey,
  { facts }: Reading,
  intact: IntactJudgement,
  evidence: Evidence,
): { readonly outcome: LevelOutcome | null; readonly findings: readonly Finding[] } {
  const what = quoted(backup.key)
  if (facts.envelope !== null) {
    const findings = envelopeFindings(
      what,
      facts.envelope,
      {
        store: 'archive',
        backupIds: namesFor(backup.key),
        keyId: null,
        keyVersion: null,
        plainSizeBytes: null,
      },
      {
        levelAskedFor: evidence.levelAskedFor,
        storedSizeBytes: facts.sizeBytes,
        storedBytesDiffer: intact.bytesDiffer,
        hasOpenedSibling: (header) => evidence.hasOpenedSibling(header),
      },
    )
    if (facts.envelope.outcome !== 'sealed') return { outcome: failed, findings }
    const { opening } = facts.envelope
    if (opening.outcome === 'noKey' || opening.outcome === 'notDerived') return { outcome: null, findings }
    const isOpen = opening.outcome === 'opened' && opening.body.outcome === 'authentic'
    return { outcome: isOpen ? passed : failed, findings }
  }
  switch (facts.beginning) {
    case 'gzip': {
      const reason = 'the archive is not sealed, so there is nothing to decrypt'
      return { outcome: { outcome: 'notProvable', reason }, findings: [] }
    }
    case 'empty':
      return {
        outcome: failed,
        findings: [errorFinding('archive.truncated', `${what} has no bytes at all.`)],
      }
    case 'envelope':
    case 'other': {
      const message = `${what} is neither a gzip archive nor an envelope known here: nobody can restore it with what is known.`
      return { outcome: failed, findings: [errorFinding('envelope.unknown', message)] }
    }
  }
}

function storeReport(part: Part, backup: BackupKey, judged: Judged, level: VerifiableLevel): StoreReport {
  const outcomes = new Map(judged.outcomes)
  if (judged.facts !== null) {
    if (reaches(level, 'matches')) outcomes.set('matches', matchesOutcome(part, judged.facts))
    if (reaches(level, 'wellFormed'))
      outcomes.set('wellFormed', wellFormedOutcome(part, backup, judged.facts))
  }
  const tried = [...outcomes.values()]
  return {
    store: part,
    holder: backup.backupId,
    object: backup.key,
    key: backup.key,
    ...summariseLevels(outcomes),
    stoppedShort: tried.every((each) => each.outcome !== 'failed') && !outcomes.has(changoHighestLevel),
    ...(judged.intactBy !== null && { intactBy: judged.intactBy }),
    verifiedAt: judged.verifiedAt,
    findings: judged.facts?.findings.filter((finding) => finding.part === part).map(asFinding) ?? [],
  }
}

function matchesOutcome(part: Part, facts: ArchiveFacts): LevelOutcome {
  if (facts.manifest?.listsFiles !== true) {
    return {
      outcome: 'notProvable',
      reason: `the manifest records no hashes of the files${whatShows(part, facts)}`,
    }
  }
  return facts.complete && !blames(part, facts, (code) => code === 'plain.hashMismatch') ? passed : failed
}

/** How far the structure goes in the place of hashes. */
function whatShows(part: Part, { parts }: ArchiveFacts): string {
  if (storeParts.every((store) => store !== part)) return ''
  const tables = parts.find((each) => each.part === part)?.tables ?? null
  return tables === null
    ? ', so that a store lacks one of its tables, or has another, only shows once it is started'
    : `; ${countOf(tables, 'table')} that the store's own MANIFEST names ${tables === 1 ? 'is' : 'are'} there with the size it gives`
}

function wellFormedOutcome(part: Part, backup: BackupKey, facts: ArchiveFacts): LevelOutcome {
  const isSound =
    facts.complete &&
    idFindings(backup, facts).length === 0 &&
    !blames(part, facts, (code) => code !== 'plain.hashMismatch')
  return isSound ? passed : failed
}

/** True where a finding of this kind concerns the part, or the archive that it lies in. */
function blames(part: Part, facts: ArchiveFacts, isMeant: (code: FindingCode) => boolean): boolean {
  return facts.findings.some(
    (finding) => (finding.part === part || finding.part === null) && isMeant(finding.code),
  )
}

/** Patches only where there are some, or the manifest promises them. */
function shownParts(facts: ArchiveFacts | null): readonly Part[] {
  const hasPatches =
    facts?.manifest?.patchesIncluded === true ||
    facts?.parts.some(({ part }) => part === 'patches') === true ||
    facts?.findings.some(({ part }) => part === 'patches') === true
  return hasPatches ? [...storeParts, 'patches'] : storeParts
}

/** The older dialect's id is not the object's name and is not compared. */
function idFindings(backup: BackupKey, facts: ArchiveFacts): readonly Finding[] {
  const id = facts.dialect === 2 ? (facts.manifest?.backupId ?? null) : null
  if (id === null || namesFor(backup.key).includes(id)) return []
  const message = `The manifest in ${quoted(backup.key)} is of backup ${quoted(id)}: the object was renamed, or another one was put in its place.`
  return [errorFinding('manifest.idMismatch', message)]
}

/** Holds the given keys against the fingerprint that the newer dialect's manifest records. */
export function proveKeys({ key }: BackupKey, evidence: Evidence): RecordedKeyProof {
  const seen = evidence.object(key)
  const facts = seen.kind === 'read' ? readFacts(seen.facts.content) : null
  return facts === null ? 'notRead' : fingerprintProof(facts, evidence.masterKeys)
}

function fingerprintProof(facts: ArchiveFacts, keys: readonly MasterKey[]): RecordedKeyProof {
  const recorded = facts.manifest?.masterKeyFingerprint ?? null
  if (recorded === null) return 'notRecorded'
  return keys.some((key) => keyFingerprint(key) === recorded) ? 'fits' : 'doesNotFit'
}

function keyFindings(facts: ArchiveFacts, keys: readonly MasterKey[]): readonly Finding[] {
  if (keys.length === 0 || fingerprintProof(facts, keys) !== 'doesNotFit') return []
  const message =
    'The archive was made under another master key than the given ones (its manifest records the key’s fingerprint). The archive is whole, but these keys will not open the restored keystore.'
  return [errorFinding('key.mismatch', message)]
}

function asFinding({ code, message }: ArchiveFinding): Finding {
  return errorFinding(code, message)
}
