import { errorFinding, warningFinding, type Finding } from '../../../shared/domain/finding.ts'
import {
  reaches,
  summariseLevels,
  type LevelOutcome,
  type VerifiableLevel,
} from '../../../shared/domain/level.ts'
import type { ObjectFacts } from '../../../shared/domain/object-facts.ts'
import { envelopeFindings } from '../../engine/envelope-findings.ts'
import type { Evidence, ObjectEvidence, RememberedHash, StoreReport } from '../../ports/backup-system.ts'
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
  const { levelReached, notProvable } = summariseLevels(outcomes)
  const tried = [...outcomes.values()]
  return {
    store: entry.store,
    holder: entry.holder,
    object: entry.unsafe === null ? context.place.object : (entry.object ?? ''),
    levelReached,
    stoppedShort: tried.every((each) => each.outcome !== 'failed') && !outcomes.has(kiokHighestLevel),
    notProvable,
    verifiedAt,
    findings,
  }
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
    findings.push(...judgePlain(entry, facts, context))
    if (reaches(level, 'matches')) outcomes.set('matches', passed)
    return findings
  }
  const sealed = judgeSealed(entry, facts, intact.bytesDiffer || sizeDiffers, context)
  findings.push(...sealed.findings)
  if (sealed.outcome !== null) outcomes.set('decrypts', sealed.outcome)
  if (sealed.plainSha256 !== null && reaches(level, 'matches')) {
    const isMisplaced = sealed.findings.some((finding) => finding.code === 'envelope.misplaced')
    const matches = judgeMatches(entry, sealed.plainSha256, isMisplaced)
    outcomes.set('matches', matches.outcome)
    findings.push(...matches.findings)
  }
  return findings
}

function judgeIntact(
  entry: StoreEntry,
  facts: ObjectFacts,
  before: RememberedHash | null,
  sizeDiffers: boolean,
): { readonly outcome: LevelOutcome; readonly bytesDiffer: boolean; readonly findings: readonly Finding[] } {
  const recorded = entry.objectSha256
  const changed = before !== null && before.sha256 !== facts.sha256
  if (recorded !== null && recorded !== facts.sha256) {
    const since = before?.sha256 === recorded ? ` It was still as recorded on ${before.at}.` : ''
    const message = `The stored bytes of ${entry.store} are not the recorded ones (SHA-256 ${facts.sha256}, recorded ${recorded}).${since}`
    // A different size says it already.
    const findings = sizeDiffers ? [] : [errorFinding('object.hashMismatch', message)]
    return { outcome: failed, bytesDiffer: true, findings }
  }
  if (changed) {
    const message =
      `The stored bytes of ${entry.store} agree with the manifest, but are not the ones seen on ${before.at} ` +
      `(SHA-256 ${before.sha256}): object and manifest were rewritten together.`
    return { outcome: failed, bytesDiffer: false, findings: [errorFinding('object.changed', message)] }
  }
  if (recorded === null) {
    const reason = 'the manifest records no hash of the stored bytes'
    return { outcome: { outcome: 'notProvable', reason }, bytesDiffer: false, findings: [] }
  }
  return { outcome: passed, bytesDiffer: false, findings: [] }
}

/** `outcome` null: not tried, for want of a key. `plainSha256` null: not authentic to the end. */
function judgeSealed(
  entry: StoreEntry,
  facts: ObjectFacts,
  storedBytesDiffer: boolean,
  { evidence }: StoreContext,
): {
  readonly outcome: LevelOutcome | null
  readonly plainSha256: string | null
  readonly findings: readonly Finding[]
} {
  const { envelope } = facts
  if (envelope === null) {
    const finding =
      facts.beginning === 'empty'
        ? errorFinding('envelope.truncated', `The object of ${entry.store} has no bytes at all.`)
        : errorFinding(
            'envelope.unknown',
            `The object of ${entry.store} is neither the plain store that the manifest records nor an envelope known here.`,
          )
    return { outcome: failed, plainSha256: null, findings: [finding] }
  }
  const findings = envelopeFindings(
    entry.store,
    envelope,
    {
      store: entry.store,
      backupIds: [entry.holder],
      keyId: entry.keyId,
      keyVersion: entry.keyVersion,
      plainSizeBytes: entry.sizeBytes,
    },
    {
      levelAskedFor: evidence.levelAskedFor,
      storedBytesDiffer,
      hasOpenedSibling: (header) => evidence.hasOpenedSibling(header),
    },
  )
  if (envelope.outcome !== 'sealed') return { outcome: failed, plainSha256: null, findings }
  const { opening } = envelope
  if (opening.outcome === 'noKey' || opening.outcome === 'notDerived') {
    return { outcome: null, plainSha256: null, findings }
  }
  if (opening.outcome !== 'opened' || opening.body.outcome !== 'authentic') {
    return { outcome: failed, plainSha256: null, findings }
  }
  return { outcome: passed, plainSha256: opening.body.plainSha256, findings }
}

function judgePlain(entry: StoreEntry, facts: ObjectFacts, context: StoreContext): readonly Finding[] {
  const findings: Finding[] = []
  if (entry.sizeBytes !== null && entry.sizeBytes !== facts.sizeBytes) {
    const message = `${entry.store} has ${facts.sizeBytes} plain bytes; the manifest records ${entry.sizeBytes}.`
    findings.push(errorFinding('object.sizeMismatch', message))
  }
  const readable = `${entry.store} is stored without encryption: whoever can read the repository can read it.`
  const stripped =
    entry.keyId === null
      ? context.sealedElsewhere
      : `the manifest names the key ${JSON.stringify(entry.keyId)} for it`
  findings.push(
    stripped === null
      ? warningFinding('backup.unencrypted', readable)
      : errorFinding('backup.unencrypted', `${readable} Yet ${stripped}: somebody took the envelope off.`),
  )
  return findings
}

function judgeMatches(
  entry: StoreEntry,
  plainSha256: string,
  misplaced: boolean,
): { readonly outcome: LevelOutcome; readonly findings: readonly Finding[] } {
  // Of an object that belongs elsewhere, other plain bytes are only the consequence.
  if (misplaced) return { outcome: failed, findings: [] }
  if (entry.sha256 === null) {
    return {
      outcome: { outcome: 'notProvable', reason: 'the manifest records no hash of the plain bytes' },
      findings: [],
    }
  }
  if (entry.sha256 === plainSha256) return { outcome: passed, findings: [] }
  const message =
    `${entry.store} decrypts, but is not what the manifest says (SHA-256 of the plain bytes ${plainSha256}, ` +
    `recorded ${entry.sha256}).`
  return { outcome: failed, findings: [errorFinding('plain.hashMismatch', message)] }
}

/** True for `KBE1` in full; a beginning of it and no more can still be a plain store of one to three bytes. */
function hasMagic(facts: ObjectFacts): boolean {
  return facts.beginning === 'envelope' && facts.sizeBytes >= 4
}
