import { isHoldfastError } from '../../../shared/domain/error.ts'
import type { ObjectStore } from '../../ports/object-store.ts'
import { readSmall } from '../../engine/transfer/read-small.ts'
import { sidecarEnding } from './object-names.ts'

/** What lies beside an object as `<object>.sha256`: `<hex>  <name>\n`, as sha256sum writes it. */
export type Sidecar =
  | { readonly kind: 'none' }
  | { readonly kind: 'line'; readonly sha256: string }
  /** There, but no line of this object. */
  | { readonly kind: 'wrong'; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly reason: string }

const longestBytes = 4096

/** Reads the sidecar of a key; one that cannot be read is a fact about it, not an end of the inventory. */
export async function readSidecar(
  store: ObjectStore,
  key: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly sidecar: Sidecar; readonly bytesRead: number }> {
  try {
    const bytes = await readSmall(store, key + sidecarEnding, longestBytes, signal)
    return { sidecar: parseSidecar(bytes, key), bytesRead: bytes.byteLength }
  } catch (error) {
    if (isHoldfastError(error, 'object.missing')) return { sidecar: { kind: 'none' }, bytesRead: 0 }
    if (isHoldfastError(error, 'object.unreadable') || isHoldfastError(error, 'repository.accessDenied')) {
      return { sidecar: { kind: 'unreachable', reason: error.message }, bytesRead: 0 }
    }
    throw error
  }
}

/** Too long to be a sidecar: known from the listing, never read. */
export function sidecarTooLong(sizeBytes: number): Sidecar | null {
  if (sizeBytes <= longestBytes) return null
  return { kind: 'wrong', reason: `it has ${sizeBytes} bytes, more than any such line` }
}

export function parseSidecar(bytes: Uint8Array, key: string): Sidecar {
  const text = Buffer.from(bytes).toString('utf8')
  const [, hex, name] = /^([0-9a-fA-F]{64}) [ *]([^\r\n]+)\r?\n?$/.exec(text) ?? []
  if (hex === undefined || name === undefined)
    return { kind: 'wrong', reason: 'it is no line "<SHA-256>  <name>"' }
  if (name !== key && name !== key.slice(key.lastIndexOf('/') + 1)) {
    return { kind: 'wrong', reason: 'its line names another object' }
  }
  return { kind: 'line', sha256: hex.toLowerCase() }
}
