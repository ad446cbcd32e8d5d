import { isHoldfastError } from '../../../shared/domain/error.ts'
import type { Evidence, InventoryBackup, RecordedKeyProof } from '../../ports/backup-system.ts'
import type { ObjectInfo } from '../../ports/object-store.ts'
import { mapInParallel } from '../../../shared/domain/parallel.ts'
import { usualStartBytes } from '../../../shared/domain/envelope-start.ts'
import type { ProgressListener } from '../../ports/progress.ts'
import { bytesNeeded, readStart, type ExamineTools } from './examine-object.ts'
import { verifyBackups, type VerifyRequest, type VerifyTools } from './verify-backups.ts'

/**
 * `unreachable`: it is there, but could not be read. `opens`: a given key opens it. `refused`: none does. `damaged`: its envelope is. `unknown`: its
 * format records nothing that a key could be held against. `notSealed`: there is nothing for a key to open.
 */
export type KeyProof = 'opens' | 'unreachable' | 'refused' | 'damaged' | 'unknown' | 'notSealed'

export interface ObjectKeyProof {
  readonly key: string
  readonly proof: KeyProof
  readonly reason: string
}

export interface BackupKeyProof {
  readonly backup: InventoryBackup
  /** The worst of its objects. */
  readonly proof: KeyProof
  readonly objects: readonly ObjectKeyProof[]
}

/** Worst first. */
const order: readonly KeyProof[] = ['damaged', 'refused', 'unreachable', 'unknown', 'opens', 'notSealed']

/**
 * Holds the key ring against the start of every distinct object: a few KiB each, whatever its size. It proves that a
 * key is the right one, not that the rest of the object is whole. Where the objects are not sealed and the format
 * records a fingerprint inside them, they are read whole, unless an earlier run has: there is no other way to it.
 */
export async function checkKeys(
  backups: readonly InventoryBackup[],
  request: VerifyRequest,
  tools: VerifyTools,
  options: { readonly signal?: AbortSignal; readonly onProgress?: ProgressListener } = {},
): Promise<readonly BackupKeyProof[]> {
  const fromStarts = await checkStarts(backups, tools, options.signal)
  const recorded = fromStarts.filter(
    ({ backup, proof }) => proof === 'notSealed' && backup.provesKey !== undefined,
  )
  if (recorded.length === 0) return fromStarts
  const { evidence } = await verifyBackups(
    recorded.map(({ backup }) => backup),
    request,
    tools,
    options,
  )
  return fromStarts.map((each) => (recorded.includes(each) ? byFingerprint(each, evidence) : each))
}

function byFingerprint(each: BackupKeyProof, evidence: Evidence): BackupKeyProof {
  const { proof, reason } = fromRecord[each.backup.provesKey?.(evidence) ?? 'notRead']
  return { ...each, proof, objects: each.objects.map(({ key }) => ({ key, proof, reason })) }
}

const fromRecord: Readonly<Record<RecordedKeyProof, { readonly proof: KeyProof; readonly reason: string }>> =
  {
    fits: { proof: 'opens', reason: 'a given key has the recorded fingerprint' },
    doesNotFit: { proof: 'refused', reason: 'none of the given keys has the recorded fingerprint' },
    notRecorded: {
      proof: 'unknown',
      reason: 'it is not sealed, and its manifest records no fingerprint of the key',
    },
    notRead: { proof: 'unknown', reason: 'it could not be read to its manifest' },
  }

async function checkStarts(
  backups: readonly InventoryBackup[],
  tools: Pick<ExamineTools, 'store' | 'keyRing'>,
  signal?: AbortSignal,
): Promise<readonly BackupKeyProof[]> {
  const objects = new Map(
    backups.flatMap((backup) => backup.objects.map((info) => [info.key, info] as const)),
  )
  const proofs = new Map<string, ObjectKeyProof>()
  await mapInParallel([...objects.values()], 8, async (info) => {
    proofs.set(info.key, await proveObject(info, tools, signal))
  })
  return backups.map((backup) => {
    const own = backup.objects.map((info) => proofs.get(info.key)).filter((proof) => proof !== undefined)
    const proof = order.find((candidate) => own.some((object) => object.proof === candidate)) ?? 'unknown'
    return { backup, proof, objects: own }
  })
}

async function proveObject(
  info: ObjectInfo,
  { store, keyRing }: Pick<ExamineTools, 'store' | 'keyRing'>,
  signal?: AbortSignal,
): Promise<ObjectKeyProof> {
  const answer = (proof: KeyProof, reason: string): ObjectKeyProof => ({ key: info.key, proof, reason })
  let start: Uint8Array
  try {
    start = await readFirst(info, store, signal)
  } catch (error) {
    if (!isHoldfastError(error) || error.code === 'cancelled') throw error
    return answer('unreachable', error.message)
  }
  const { envelope } = await readStart(start, start.byteLength >= info.sizeBytes, keyRing)
  switch (envelope?.outcome) {
    case undefined:
      return answer('notSealed', 'it is not sealed by an envelope known here')
    case 'opened':
      return answer('opens', 'a given key opens it')
    case 'truncated':
    case 'headerInvalid':
      return answer('damaged', `its envelope is damaged: ${envelope.reason}`)
    case 'unknown':
      return answer('unknown', `its envelope is not known here: ${envelope.reason}`)
    case 'sealed':
      switch (envelope.opening.outcome) {
        case 'noKeyFits':
          return answer(
            'refused',
            `none of the given keys opens it (key ${JSON.stringify(envelope.header.keyId)}, version ${envelope.header.keyVersion})`,
          )
        case 'severalKeysFit':
          return answer('damaged', 'two different keys open it, as no writer makes it')
        case 'notDerived':
          return answer('unknown', envelope.opening.reason)
        case 'noKey':
        case 'opened':
          return answer('unknown', 'no key was tried')
      }
  }
}

/** The first 4 KiB hold every header that this console writes; a longer one is read to its end. */
async function readFirst(
  info: ObjectInfo,
  store: ExamineTools['store'],
  signal?: AbortSignal,
): Promise<Uint8Array> {
  let bytes = await readRange(info, Math.min(usualStartBytes, info.sizeBytes), store, signal)
  for (let needed = neededOf(bytes, info); needed > bytes.byteLength; needed = neededOf(bytes, info)) {
    bytes = await readRange(info, Math.min(needed, info.sizeBytes), store, signal)
  }
  return bytes
}

function neededOf(bytes: Uint8Array, info: ObjectInfo): number {
  return bytesNeeded(bytes, bytes.byteLength >= info.sizeBytes)
}

async function readRange(
  info: ObjectInfo,
  sizeBytes: number,
  store: ExamineTools['store'],
  signal?: AbortSignal,
): Promise<Uint8Array> {
  if (sizeBytes === 0) return new Uint8Array()
  const { pieces } = await store.get(info.key, {
    range: { startByte: 0, endByte: sizeBytes - 1 },
    expect: info,
    ...(signal && { signal }),
  })
  const parts: Uint8Array[] = []
  for await (const piece of pieces) parts.push(piece)
  return Buffer.concat(parts)
}
