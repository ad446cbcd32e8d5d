import type { EnvelopeHeader } from '../../../shared/domain/envelope-header.ts'
import { preambleBytes, sealedSizeBytes } from '../../../shared/domain/envelope-sizes.ts'
import {
  readEnvelopeStart,
  sniffBeginning,
  type EnvelopeStart,
} from '../../../shared/domain/envelope-start.ts'
import type { Beginning, EnvelopeFacts, ObjectFacts } from '../../../shared/domain/object-facts.ts'
import { isHoldfastError } from '../../../shared/domain/error.ts'
import type { ByteWork, InspectResult, OpeningKey } from '../../ports/byte-work.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ObjectInfo, ObjectStore } from '../../ports/object-store.ts'
import type { KeyRing } from '../envelope/key-ring.ts'
import { peek } from '../transfer/peek.ts'
import { readWhole } from '../transfer/read-object.ts'
import { walkText, type ReadingNeeds } from './remembered-facts.ts'

export interface ExamineTools {
  readonly store: ObjectStore
  readonly byteWork: ByteWork
  readonly keyRing: KeyRing
  readonly clock: Clock
}

export interface ExamineOptions {
  readonly signal?: AbortSignal
  readonly onBytes?: (count: number) => void
  /** Left out: as many as the store finds useful. */
  readonly rangesAtOnce?: number
}

/** How an object begins, and what is known of its envelope before the rest is read. */
interface Start {
  readonly beginning: Beginning
  /** Null where the object does not begin as an envelope. */
  readonly envelope: EnvelopeFacts | Opened | null
}

interface Opened {
  readonly outcome: 'opened'
  readonly openingKey: OpeningKey
  readonly keyFingerprint: string
}

/**
 * Reads one object once, from its first byte to its last, and reports everything that can be learnt from that reading.
 * Throws `object.missing`, `object.changed` and the `repository.*` codes; never for what the bytes say.
 */
export async function examineObject(
  info: ObjectInfo,
  needs: ReadingNeeds,
  { store, byteWork, keyRing, clock }: ExamineTools,
  { signal, onBytes, rangesAtOnce = Infinity }: ExamineOptions = {},
): Promise<ObjectFacts> {
  const reading = { clock, parallel: rangesAtOnce, ...(signal && { signal }) }
  const whole = counted(readWhole(store, info, reading), onBytes)
  await using peeked = await peek(whole, bytesNeeded)
  const { first, pieces } = peeked
  const start = await readStart(first.bytes, first.isWhole, needs.open ? keyRing : null)
  const opening = start.envelope?.outcome === 'opened' ? start.envelope.openingKey : null
  const isReadable = start.envelope === null || opening !== null
  const walk = isReadable ? needs.walk : null
  const { hashPlain, md5 } = needs
  const result = await byteWork.inspect(pieces, { opening, walk, hashPlain, ...(md5 && { md5 }) }, signal)
  return {
    version: {
      sizeBytes: info.sizeBytes,
      etag: info.etag,
      modifiedAt: info.modifiedAt,
      versionId: info.versionId,
    },
    readAt: new Date(clock.now()).toISOString(),
    sizeBytes: result.sizeBytes,
    sha256: result.sha256,
    ...(result.md5 !== undefined && { md5: result.md5 }),
    beginning: start.beginning,
    envelope: envelopeFacts(start.envelope, result),
    content: result.content,
    walk: needs.walk === null ? null : walkText(needs.walk),
  }
}

/** What the first bytes of an object say, from one small read; null where it cannot be read now. */
export async function sniffObject(
  store: ObjectStore,
  info: ObjectInfo,
  signal?: AbortSignal,
): Promise<Beginning | null> {
  if (info.sizeBytes === 0) return 'empty'
  try {
    const { pieces } = await store.get(info.key, {
      range: { startByte: 0, endByte: Math.min(3, info.sizeBytes - 1) },
      ...(signal && { signal }),
    })
    const parts: Uint8Array[] = []
    for await (const piece of pieces) parts.push(piece)
    return sniffBeginning(Buffer.concat(parts))
  } catch (error) {
    if (isHoldfastError(error) && error.code !== 'cancelled') return null
    throw error
  }
}

/** How many first bytes have to be seen before the start can be told; 0 once they are enough. */
export function bytesNeeded(bytes: Uint8Array, isWhole: boolean): number {
  if (isWhole) return 0
  if (bytes.byteLength < 4) return 4
  if (sniffBeginning(bytes) !== 'envelope') return 0
  const start = readEnvelopeStart(bytes, false)
  return start.outcome === 'needMore' ? start.bytes : 0
}

export async function readStart(
  bytes: Uint8Array,
  isWhole: boolean,
  keyRing: KeyRing | null,
): Promise<Start> {
  const beginning = sniffBeginning(bytes)
  if (beginning !== 'envelope') return { beginning, envelope: null }
  const start: EnvelopeStart = readEnvelopeStart(bytes, isWhole)
  switch (start.outcome) {
    case 'needMore':
      throw new Error('The start of an envelope was judged before enough of it was read.')
    case 'truncated':
    case 'headerInvalid':
    case 'unknown':
      return { beginning, envelope: start }
    case 'header': {
      const opening = (await keyRing?.tryOpen(start.header, start.headerBytes)) ?? { outcome: 'noKey' }
      if (opening.outcome === 'opened') return { beginning, envelope: opening }
      const { header, headerBytes } = start
      return {
        beginning,
        envelope: { outcome: 'sealed', header, opening, ...sealedSizeOf(header, headerBytes) },
      }
    }
  }
}

function envelopeFacts(envelope: Start['envelope'], { body }: InspectResult): EnvelopeFacts | null {
  if (envelope?.outcome !== 'opened') return envelope
  if (body === null) throw new Error('An opened envelope was inspected without its key.')
  const { keyFingerprint, openingKey } = envelope
  return {
    outcome: 'sealed',
    header: openingKey.header,
    opening: { outcome: 'opened', keyFingerprint, body },
    ...sealedSizeOf(openingKey.header, openingKey.headerBytes),
  }
}

/** `headerBytes`: with the magic and the length before it. */
function sealedSizeOf(
  { plainSizeBytes, segmentBytes }: EnvelopeHeader,
  headerBytes: Uint8Array,
): { readonly sealedSizeBytes: number } {
  const jsonBytes = headerBytes.byteLength - preambleBytes
  return { sealedSizeBytes: sealedSizeBytes(jsonBytes, plainSizeBytes, segmentBytes) }
}

async function* counted(
  pieces: AsyncIterable<Uint8Array>,
  onBytes: ((count: number) => void) | undefined,
): AsyncIterable<Uint8Array> {
  for await (const piece of pieces) {
    onBytes?.(piece.byteLength)
    yield piece
  }
}
