import { errorFinding, warningFinding, type Finding } from '../../../shared/domain/finding.ts'
import type { LevelOutcome } from '../../../shared/domain/level.ts'
import type { ObjectFacts } from '../../../shared/domain/object-facts.ts'
import { envelopeFindings } from '../../engine/envelope-findings.ts'
import type { Evidence } from '../../ports/backup-system.ts'
import type { StoreEntry } from './manifest.ts'

const passed: LevelOutcome = { outcome: 'passed' }
const failed: LevelOutcome = { outcome: 'failed' }

/** `outcome` null: not tried, for want of a key. `plainSha256` null: not authentic to the end, or not hashed. */
export function judgeSealed(
  entry: StoreEntry,
  facts: ObjectFacts,
  storedBytesDiffer: boolean,
  evidence: Evidence,
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
      storedSizeBytes: facts.sizeBytes,
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

/** `sealedElsewhere`: why a plain object here is a downgrade; null where plain objects are this cluster's custom. */
export function judgePlain(
  entry: StoreEntry,
  facts: ObjectFacts,
  sealedElsewhere: string | null,
): readonly Finding[] {
  const findings: Finding[] = []
  if (entry.sizeBytes !== null && entry.sizeBytes !== facts.sizeBytes) {
    const message = `${entry.store} has ${facts.sizeBytes} plain bytes; the manifest records ${entry.sizeBytes}.`
    findings.push(errorFinding('object.sizeMismatch', message))
  }
  const readable = `${entry.store} is stored without encryption: whoever can read the repository can read it.`
  const stripped =
    entry.keyId === null
      ? sealedElsewhere
      : `the manifest names the key ${JSON.stringify(entry.keyId)} for it`
  findings.push(
    stripped === null
      ? warningFinding('backup.unencrypted', readable)
      : errorFinding('backup.unencrypted', `${readable} Yet ${stripped}: somebody took the envelope off.`),
  )
  return findings
}

export function judgeMatches(
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
