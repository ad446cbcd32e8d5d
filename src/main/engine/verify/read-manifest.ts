import { createHash } from 'node:crypto'
import { isHoldfastError } from '../../../shared/domain/error.ts'
import { errorFinding, type Finding } from '../../../shared/domain/finding.ts'
import { jsonLimits, readJsonObject } from '../../../shared/domain/strict-json.ts'
import type { InventoryOptions } from '../../ports/backup-system.ts'
import type { ObjectInfo, ObjectStore } from '../../ports/object-store.ts'
import { readSmall } from '../transfer/read-small.ts'

export type ManifestBytes =
  /** `findings`: that it is not the one that was seen first, where that is so. */
  | { readonly bytes: Uint8Array; readonly sha256: string; readonly findings: readonly Finding[] }
  /** It could not be read, or is too long to be one. */
  | { readonly bytes: null; readonly finding: Finding }

/** Reads a manifest that lies beside a backup's objects, and holds it against what was remembered at first sight. */
export async function readManifestBytes(
  store: ObjectStore,
  info: ObjectInfo,
  { remembered, saw, signal }: Pick<InventoryOptions, 'remembered' | 'saw' | 'signal'>,
): Promise<ManifestBytes> {
  if (info.sizeBytes > jsonLimits.bytes) {
    const message = `The manifest has ${info.sizeBytes} bytes, more than the limit of ${jsonLimits.bytes}; it was not read.`
    return { bytes: null, finding: errorFinding('manifest.unreadable', message) }
  }
  let bytes: Uint8Array
  try {
    bytes = await readSmall(store, info.key, jsonLimits.bytes, signal)
  } catch (error) {
    if (!isHoldfastError(error) || error.code === 'cancelled') throw error
    const message = `The manifest could not be read. ${error.message}`
    return { bytes: null, finding: errorFinding('object.unreachable', message) }
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const before = remembered(info.key)
  // What cannot be read may still be being written: what it will be then is what it is first.
  if (readJsonObject(bytes).ok) saw(info.key, sha256)
  return { bytes, sha256, findings: before === null ? [] : checkUnchanged(sha256, before) }
}

function checkUnchanged(
  sha256: string,
  before: { readonly sha256: string; readonly at: string },
): readonly Finding[] {
  if (before.sha256 === sha256) return []
  const message = `The manifest is not the one that was first seen on ${before.at}: a finished backup's manifest never changes.`
  return [errorFinding('object.changed', message)]
}
