import { createHash } from 'node:crypto'
import { gatherPieces } from '../../../shared/streams/gather-pieces.ts'
import { discardMemory } from '../../../shared/streams/piece-pool.ts'
import type { SealedBody } from '../../../shared/domain/object-facts.ts'
import type { InspectResult, InspectTask, Walker } from '../../ports/byte-work.ts'
import { withHash } from './open-segments.ts'
import { createSegmentOpener } from './segment-opener.ts'

/**
 * Reads an object once, from its first byte to its last: hash and size of the stored bytes, how the sealed body ended,
 * what the walker makes of the plain bytes (of sealed ones only those that are authenticated). Throws what the source
 * throws, and what a walker throws: that is a fault of the walker.
 */
export async function inspectObject(
  source: AsyncIterable<Uint8Array>,
  task: InspectTask,
  walkers: ReadonlyMap<string, Walker>,
): Promise<InspectResult> {
  const walk = task.walk === null ? null : walkerNamed(task.walk.walker, walkers)
  const reading = readOnce(source, task)
  let content: unknown = null
  try {
    if (walk !== null) content = await walk(unclosable(reading.plainPieces), task.walk?.options)
    for (;;) {
      const step = await reading.plainPieces.next()
      if (step.done === true) break
      // Nobody else has seen what was just decrypted; what is not sealed belongs to the source.
      if (task.opening !== null) discardMemory(step.value)
    }
  } finally {
    await reading.plainPieces.return()
  }
  const result = reading.result()
  const hasAuthenticEnd = result.body === null || result.body.outcome === 'authentic'
  return { ...result, content: hasAuthenticEnd ? content : null }
}

interface Reading {
  readonly plainPieces: AsyncGenerator<Uint8Array, void, void>
  /** After the last piece; throws what the source threw, should a walker have kept it to itself. */
  result(): Omit<InspectResult, 'content'>
}

function readOnce(
  source: AsyncIterable<Uint8Array>,
  { opening, hashPlain = true, md5 = false }: InspectTask,
): Reading {
  const storedHash = createHash('sha256')
  const storedMd5 = md5 ? createHash('md5') : null
  const plainHash = hashPlain ? createHash('sha256') : null
  const opener = opening === null ? null : createSegmentOpener(opening)
  let sizeBytes = 0
  let body: SealedBody | null = null
  let failure: { readonly error: unknown } | null = null

  async function* read(): AsyncGenerator<Uint8Array, void, void> {
    try {
      for await (const piece of gatherPieces(source)) {
        storedHash.update(piece)
        storedMd5?.update(piece)
        sizeBytes += piece.byteLength
        if (opener === null) {
          yield piece
          continue
        }
        for (const plain of opener.push(piece)) {
          plainHash?.update(plain)
          yield plain
        }
      }
    } catch (error) {
      failure = { error }
      throw error
    }
    if (opener !== null) body = withHash(opener.end(), () => plainHash?.digest('hex') ?? null)
  }

  return {
    plainPieces: read(),
    result() {
      if (failure !== null) throw failure.error
      return {
        sizeBytes,
        sha256: storedHash.digest('hex'),
        ...(storedMd5 && { md5: storedMd5.digest('hex') }),
        body,
      }
    },
  }
}

/** The same pieces, without a way to close them: what a walker leaves is still to be read. */
function unclosable(pieces: AsyncGenerator<Uint8Array, void, void>): AsyncIterable<Uint8Array> {
  let isLeft = false
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        return isLeft ? { done: true, value: undefined } : pieces.next()
      },
      async return() {
        isLeft = true
        return { done: true, value: undefined }
      },
    }),
  }
}

function walkerNamed(name: string, walkers: ReadonlyMap<string, Walker>): Walker {
  const walker = walkers.get(name)
  if (walker === undefined) throw new Error(`There is no walker named ${name}.`)
  return walker
}
