import { errorFinding, type Finding } from '../../../shared/domain/finding.ts'
import {
  reaches,
  summariseLevels,
  type LevelOutcome,
  type VerifiableLevel,
} from '../../../shared/domain/level.ts'
import type { ObjectFacts } from '../../../shared/domain/object-facts.ts'
import type { Evidence, ObjectEvidence, RecordedHash, StoreReport } from '../../ports/backup-system.ts'
import type { RememberedHash } from '../../ports/catalog.ts'
import { checkSalt } from './check-cluster.ts'
import { judgeMatches, judgePlain, judgeSealed } from './judge-contents.ts'
import { judgeIntact } from './judge-intact.ts'
import type { Place } from './locate.ts'
import type { StoreEntry } from './manifest.ts'

/** The store's serialisation is unpublished, so nothing above the manifest's hash can be proved. */
export const kiokHighestLevel = 'matches' satisfies VerifiableLevel

export interface StoreContext {
  readonly place: Place
  readonly evidence: Evidence
  /** Findings that the manifests alone give for this store. */
  readonly fromManifests: readonly Finding[]
  /** Why a plain object here is a downgrade; null where plain objects are this cluster's custom. */
  readonly sealedElsewhere: string | null
}

const passed: LevelOutcome = { outcome: 'passed' }
const failed: LevelOutcome = { outcome: 'failed' }

/** Judges one store of one backup: levels in order, going on after a failure as far as the bytes allow. */
export function judgeStore(entry: StoreEntry, context: StoreContext): StoreReport {
  const outcomes = new Map<VerifiableLevel, LevelOutcome>()
  const findings = [...context.fromManifests]
  let verifiedAt: string | null = null
  if (entry.unsafe !== null) {
    findings.push(errorFinding('manifest.unsafePath', `Nothing of ${entry.store} was read: ${entry.unsafe}.`))
    outcomes.set('present', failed)
  } else {
    const there = judgePresent(entry, context.place)
    findings.push(...there.findings)
    outcomes.set('present', there.outcome)
    if (context.place.kind === 'found' && reaches(context.evidence.level, 'intact')) {
      const seen = context.evidence.object(context.place.info.key)
      if (seen.kind === 'read') {
        verifiedAt = seen.facts.readAt
        findings.push(...judgeBytes(entry, seen.facts, seen.before, there.sizeDiffers, context, outcomes))
      } else {
        findings.push(...judgeUnread(entry, seen, outcomes))
      }
    }
  }
  const { levelReached, failedAt, notProvable } = summariseLevels(outcomes)
  const tried = [...outcomes.values()]
  return {
    store: entry.store,
    holder: entry.holder,
    object: entry.unsafe === null ? context.place.object : (entry.object ?? ''),
    key: entry.unsafe === null ? keyOf(entry, context.place) : null,
    levelReached,
    failedAt,
    stoppedShort: tried.every((each) => each.outcome !== 'failed') && !outcomes.has(kiokHighestLevel),
    notProvable,
    recorded: recordedOf(entry),
    verifiedAt,
    findings,
  }
}

function recordedOf({ sha256, objectSha256 }: StoreEntry): readonly RecordedHash[] {
  return [
    ...(sha256 === null ? [] : [{ of: 'plain', algorithm: 'SHA-256', hex: sha256 } as const]),
    ...(objectSha256 === null ? [] : [{ of: 'stored', algorithm: 'SHA-256', hex: objectSha256 } as const]),
  ]
}

function judgePresent(
  entry: StoreEntry,
  place: Place,
): { readonly outcome: LevelOutcome; readonly sizeDiffers: boolean; readonly findings: readonly Finding[] } {
  const fail = (finding: Finding, sizeDiffers = false) => ({
    outcome: failed,
    sizeDiffers,
    findings: [finding],
  })
  switch (place.kind) {
    case 'holderMissing':
      return fail(
        errorFinding(
          'chain.holderMissing',
          `${entry.store} is held by backup ${entry.holder}, and nothing of that backup is in the repository.`,
        ),
      )
    case 'objectMissing':
      return fail(
        errorFinding(
          'chain.objectMissing',
          `${place.object} is not in the folder of its holder ${entry.holder}.`,
        ),
      )
    case 'found': {
      const recorded = entry.objectSizeBytes
      if (recorded === null) {
        const reason = 'the manifest records no size of the stored object, so only its existence was checked'
        return { outcome: { outcome: 'notProvable', reason }, sizeDiffers: false, findings: [] }
      }
      if (recorded === place.info.sizeBytes) return { outcome: passed, sizeDiffers: false, findings: [] }
      return fail(
        errorFinding(
          'object.sizeMismatch',
          `${place.info.key} has ${place.info.sizeBytes} bytes; the manifest records ${recorded}.`,
        ),
        true,
      )
    }
  }
}

function judgeUnread(
  entry: StoreEntry,
  seen: Exclude<ObjectEvidence, { kind: 'read' }>,
  outcomes: Map<VerifiableLevel, LevelOutcome>,
): readonly Finding[] {
  switch (seen.kind) {
    case 'notRead':
      return []
    case 'vanished':
      outcomes.set('present', failed)
      return [
        errorFinding('chain.objectMissing', `${entry.store} was listed, but was gone when it was opened.`),
      ]
    case 'replaced':
      outcomes.set('intact', failed)
      return [
        errorFinding(
          'object.changed',
          `${entry.store} was replaced while it was being verified. ${seen.reason}`,
        ),
      ]
    case 'unreachable':
      return [
        errorFinding('object.unreachable', `${entry.store} is there, but could not be read. ${seen.reason}`),
      ]
  }
}

function judgeBytes(
  entry: StoreEntry,
  facts: ObjectFacts,
  before: RememberedHash | null,
  sizeDiffers: boolean,
  context: StoreContext,
  outcomes: Map<VerifiableLevel, LevelOutcome>,
): readonly Finding[] {
  const intact = judgeIntact(entry, facts, before, sizeDiffers)
  outcomes.set('intact', intact.outcome)
  const findings = [...intact.findings]
  const { level } = context.evidence
  if (!reaches(level, 'decrypts')) return findings
  // An object without a known magic is plain if and only if its own hash is the one that the manifest gives for the
  // plain bytes; anything else is sealed in a way that is not known here, never "unencrypted".
  const isPlain = !hasMagic(facts) && entry.sha256 !== null && facts.sha256 === entry.sha256
  if (isPlain) {
    outcomes.set('decrypts', {
      outcome: 'notProvable',
      reason: 'the object is stored plain: there is nothing to decrypt',
    })
    findings.push(...judgePlain(entry, facts, context.sealedElsewhere))
    if (reaches(level, 'matches')) outcomes.set('matches', passed)
    return findings
  }
  const sealed = judgeSealed(entry, facts, intact.bytesDiffer || sizeDiffers, context.evidence)
  findings.push(...sealed.findings, ...checkSalt(entry.store, facts, context.evidence.pin))
  if (sealed.outcome !== null) outcomes.set('decrypts', sealed.outcome)
  if (sealed.plainSha256 !== null && reaches(level, 'matches')) {
    const isMisplaced = sealed.findings.some((finding) => finding.code === 'envelope.misplaced')
    const matches = judgeMatches(entry, sealed.plainSha256, isMisplaced)
    outcomes.set('matches', matches.outcome)
    findings.push(...matches.findings)
  }
  return findings
}

/** True for `KBE1` in full; a beginning of it and no more can still be a plain store of one to three bytes. */
function hasMagic(facts: ObjectFacts): boolean {
  return facts.beginning === 'envelope' && facts.sizeBytes >= 4
}

function keyOf({ holder }: StoreEntry, place: Place): string {
  return place.kind === 'found' ? place.info.key : `${holder}/${place.object}`
}
