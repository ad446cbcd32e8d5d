import { createHash } from 'node:crypto'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { Evidence, InventoryBackup } from '../../ports/backup-system.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ObjectInfo, ObjectStore } from '../../ports/object-store.ts'
import type { ProgressListener } from '../../ports/progress.ts'
import { readWhole } from '../transfer/read-object.ts'

export interface CopyResult {
  readonly objects: readonly {
    readonly key: string
    readonly sizeBytes: number
    readonly outcome: 'copied' | 'alreadyThere'
  }[]
}

/**
 * Copies a backup with everything it needs, its manifest last, and reads every copy back before it counts. Nothing that
 * stands in the destination is replaced: the same bytes are left, other bytes under the same key end the copy
 * (`object.changed`). A copy that is not as it was sent is taken away again. `evidence` is of a verification that read every
 * object: each copy must have that hash.
 */
export async function copyBackup(
  backup: InventoryBackup,
  evidence: Evidence,
  { from, to, clock }: { readonly from: ObjectStore; readonly to: ObjectStore; readonly clock: Clock },
  { signal, onProgress }: { readonly signal?: AbortSignal; readonly onProgress?: ProgressListener } = {},
): Promise<CopyResult> {
  const all = [...backup.objects, ...backup.completedBy]
  // Each byte is written once and read back once.
  const totalBytes = 2 * all.reduce((sum, info) => sum + info.sizeBytes, 0)
  let doneBytes = 0
  const onBytes = (count: number): void => {
    doneBytes += count
    onProgress?.({ phase: 'copying', doneBytes, totalBytes })
  }
  const objects: CopyResult['objects'][number][] = []
  for (const info of all) {
    const seen = evidence.object(info.key)
    const proved = seen.kind === 'read' ? seen.facts.sha256 : null
    objects.push(await copyOne(info, proved, { from, to, clock }, onBytes, signal))
  }
  return { objects }
}

async function copyOne(
  info: ObjectInfo,
  proved: string | null,
  { from, to, clock }: { readonly from: ObjectStore; readonly to: ObjectStore; readonly clock: Clock },
  onBytes: (count: number) => void,
  signal?: AbortSignal,
): Promise<CopyResult['objects'][number]> {
  const options = signal ? { signal } : {}
  const there = await to.head(info.key, options)
  const source = createHash('sha256')
  const pieces = hashed(readWhole(from, info, { clock, ...options }), source, onBytes)
  if (there === null) await to.putStream(info.key, pieces, { ifAbsent: true, ...options })
  else for await (const _piece of pieces);
  const sent = source.digest('hex')
  if (proved !== null && proved !== sent) {
    if (there === null) await to.delete(info.key)
    throw differs(info.key, 'It changed in the source while it was copied.')
  }
  const copy = await to.head(info.key, options)
  if (copy === null) throw differs(info.key, 'The destination took it, but does not show it.')
  const readBack = createHash('sha256')
  for await (const _piece of hashed(readWhole(to, copy, { clock, ...options }), readBack, onBytes));
  if (readBack.digest('hex') !== sent) {
    // Without the signal: what is wrong goes, whoever waits for it.
    if (there === null) await to.delete(info.key)
    throw differs(
      info.key,
      there === null
        ? 'Its copy does not read back as it was sent.'
        : 'The destination has other bytes under this key.',
    )
  }
  return { key: info.key, sizeBytes: info.sizeBytes, outcome: there === null ? 'copied' : 'alreadyThere' }
}

async function* hashed(
  pieces: AsyncIterable<Uint8Array>,
  hash: ReturnType<typeof createHash>,
  onBytes: (count: number) => void,
): AsyncIterable<Uint8Array> {
  for await (const piece of pieces) {
    hash.update(piece)
    onBytes(piece.byteLength)
    yield piece
  }
}

function differs(key: string, why: string): HoldfastError {
  return new HoldfastError('object.changed', {
    what: `${JSON.stringify(key)} was not copied.`,
    why,
    unchanged:
      'Nothing that stood in the destination was replaced, and the backup is not complete there: its manifest comes last.',
    next: 'Verify the source again, or copy into an empty place.',
  })
}
