import { errorFinding, type Finding } from '../../../shared/domain/finding.ts'
import type { LevelOutcome } from '../../../shared/domain/level.ts'
import type { ObjectFacts } from '../../../shared/domain/object-facts.ts'
import type { RememberedHash } from '../../ports/catalog.ts'
import type { StoreEntry } from './manifest.ts'

/** Whether the stored bytes are the ones that the manifest records, and the ones that were seen before. */
export function judgeIntact(
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
    return { outcome: { outcome: 'failed' }, bytesDiffer: true, findings }
  }
  if (changed) {
    const message =
      `The stored bytes of ${entry.store} agree with the manifest, but are not the ones seen on ${before.at} ` +
      `(SHA-256 ${before.sha256}): object and manifest were rewritten together.`
    return {
      outcome: { outcome: 'failed' },
      bytesDiffer: false,
      findings: [errorFinding('object.changed', message)],
    }
  }
  if (recorded === null) {
    const reason = 'the manifest records no hash of the stored bytes'
    return { outcome: { outcome: 'notProvable', reason }, bytesDiffer: false, findings: [] }
  }
  return { outcome: { outcome: 'passed' }, bytesDiffer: false, findings: [] }
}
