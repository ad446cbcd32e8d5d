import { HoldfastError } from '../../../shared/domain/error.ts'
import type { ObjectStore } from '../../ports/object-store.ts'

/** The whole of a small object. More than `maxBytes` is `object.unreadable`; nothing beyond the limit is kept. */
export async function readSmall(
  store: ObjectStore,
  key: string,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const { pieces } = await store.get(key, signal ? { signal } : {})
  const parts: Uint8Array[] = []
  let sizeBytes = 0
  for await (const piece of pieces) {
    sizeBytes += piece.byteLength
    if (sizeBytes > maxBytes) {
      throw new HoldfastError('object.unreadable', {
        what: `${JSON.stringify(key)} has more than ${maxBytes} bytes, the limit for what it should be.`,
      })
    }
    parts.push(piece)
  }
  return Buffer.concat(parts)
}
