import { createHash } from 'node:crypto'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { PlannedObject } from '../../../shared/domain/restore-plan.ts'
import type { ObjectInfo } from '../../ports/object-store.ts'
import { peek } from '../transfer/peek.ts'
import { readWhole } from '../transfer/read-object.ts'
import { bytesNeeded, readStart, type ExamineTools } from '../verify/examine-object.ts'

const magicBytes = 4

/**
 * The plain bytes of one planned object: exactly the version that the plan names, hashed on the way and compared at the
 * end, opened where it is sealed. Throws at the first thing that is not as planned; what was given out until then lies
 * in staging and is never put in place.
 */
export async function* readPlanned(
  planned: PlannedObject,
  { store, byteWork, keyRing, clock }: ExamineTools,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const info: ObjectInfo = { key: planned.key, ...planned.version }
  const stored = createHash('sha256')
  const whole = hashed(readWhole(store, info, { clock, ...(signal && { signal }) }), stored)
  await using peeked = await peek(whole, bytesNeeded)
  const { first, pieces } = peeked
  const { envelope } = await readStart(first.bytes, first.isWhole, keyRing)
  // One to three bytes can begin like an envelope and be none: what they are, the hash tells.
  if (envelope === null || info.sizeBytes < magicBytes) yield* pieces
  else if (envelope.outcome === 'opened') yield* byteWork.open(pieces, envelope.openingKey, signal)
  else throw notAsPlanned(planned.key, 'No given key opens it any more.')
  const sha256 = stored.digest('hex')
  if (planned.sha256 !== null && sha256 !== planned.sha256) {
    throw notAsPlanned(planned.key, `Its SHA-256 is ${sha256}; the plan names ${planned.sha256}.`)
  }
}

async function* hashed(
  pieces: AsyncIterable<Uint8Array>,
  hash: ReturnType<typeof createHash>,
): AsyncIterable<Uint8Array> {
  for await (const piece of pieces) {
    hash.update(piece)
    yield piece
  }
}

function notAsPlanned(key: string, why: string): HoldfastError {
  return new HoldfastError('restore.failed', {
    what: `${JSON.stringify(key)} is not as the plan says.`,
    why,
    next: 'Verify the backup again and make a new plan.',
  })
}
