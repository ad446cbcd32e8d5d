import { createHash } from 'node:crypto'
import { throwIfCancelled, untilCancelled } from '../../src/shared/domain/cancelled.ts'
import { coveredBytes } from '../../src/shared/domain/covered-bytes.ts'
import { HoldfastError } from '../../src/shared/domain/error.ts'
import { compareUtf8 } from '../../src/shared/domain/utf8-order.ts'
import type {
  GetOptions,
  ListEntry,
  ObjectInfo,
  ObjectReading,
  ObjectStore,
  PutOptions,
  StoreCapabilities,
} from '../../src/main/ports/object-store.ts'

interface Stored {
  readonly info: ObjectInfo
  readonly body: Uint8Array
}

export interface MemoryStoreOptions {
  /** Size of the pieces that a reading delivers. */
  readonly pieceBytes?: number
  readonly capabilities?: Partial<StoreCapabilities>
}

/** A store in memory that keeps every promise of the port; for tests of what is built on it. */
export function memoryStore({
  pieceBytes = 64 * 1024,
  capabilities = {},
}: MemoryStoreOptions = {}): ObjectStore {
  const objects = new Map<string, Stored>()
  let writes = 0

  function keep(key: string, body: Uint8Array, { ifAbsent = false }: PutOptions): ObjectInfo {
    if (ifAbsent && objects.has(key)) throw changed(key, 'It exists already.')
    writes += 1
    const info = {
      key,
      sizeBytes: body.byteLength,
      etag: createHash('md5').update(body).digest('hex'),
      modifiedAt: new Date(Date.UTC(2026, 0, 1) + writes * 1000).toISOString(),
      versionId: null,
    }
    objects.set(key, { info, body })
    return info
  }

  async function* list(options: Parameters<ObjectStore['list']>[0] = {}): AsyncGenerator<ListEntry> {
    const { prefix = '', delimiter, signal } = options
    throwIfCancelled(signal)
    let rolledUp: string | null = null
    for (const key of [...objects.keys()].sort(compareUtf8)) {
      throwIfCancelled(signal)
      if (!key.startsWith(prefix)) continue
      const cut = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length)
      if (cut >= 0) {
        const upTo = key.slice(0, cut + 1)
        if (upTo !== rolledUp) yield { kind: 'prefix', prefix: upTo }
        rolledUp = upTo
        continue
      }
      const stored = objects.get(key)
      if (stored !== undefined) yield { kind: 'object', ...stored.info }
    }
  }

  async function get(key: string, { range, expect, signal }: GetOptions = {}): Promise<ObjectReading> {
    throwIfCancelled(signal)
    const stored = objects.get(key)
    if (stored === undefined) {
      throw new HoldfastError('object.missing', { what: `There is no object ${JSON.stringify(key)}.` })
    }
    if (
      expect !== undefined &&
      (expect.etag !== stored.info.etag || expect.sizeBytes !== stored.info.sizeBytes)
    ) {
      throw changed(key, 'It is not the one that was listed.')
    }
    const { startByte, lengthBytes } = coveredBytes(stored.info.sizeBytes, range)
    const bytes = stored.body.subarray(startByte, startByte + lengthBytes)
    return { info: stored.info, pieces: piecesOf(bytes, pieceBytes, signal) }
  }

  async function putStream(key: string, body: AsyncIterable<Uint8Array>, options: PutOptions = {}) {
    throwIfCancelled(options.signal)
    const pieces: Uint8Array[] = []
    const source = body[Symbol.asyncIterator]()
    try {
      for (;;) {
        const next = await untilCancelled(source.next(), options.signal)
        if (next.done === true) break
        pieces.push(next.value.slice())
      }
    } catch (error) {
      source.return?.().catch(() => undefined)
      throw error
    }
    return keep(key, Buffer.concat(pieces), options)
  }

  return {
    capabilities: {
      parallelReads: 4,
      checksVersion: true,
      canWrite: true,
      atomicCreate: true,
      ...capabilities,
    },
    list,
    get,
    putStream,
    async head(key, { signal } = {}) {
      throwIfCancelled(signal)
      return objects.get(key)?.info ?? null
    },
    async put(key, body, options = {}) {
      throwIfCancelled(options.signal)
      return keep(key, body.slice(), options)
    },
    async delete(key, { signal } = {}) {
      throwIfCancelled(signal)
      objects.delete(key)
    },
    async close() {},
  }
}

/** The bytes as fresh pieces, one a turn, so that an abort between two of them is seen. */
async function* piecesOf(
  bytes: Uint8Array,
  pieceBytes: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) {
    throwIfCancelled(signal)
    yield bytes.slice(at, at + pieceBytes)
  }
  throwIfCancelled(signal)
}

function changed(key: string, why: string): HoldfastError {
  return new HoldfastError('object.changed', { what: `The object ${JSON.stringify(key)} changed.`, why })
}
