import { isHoldfastError } from '../../../../shared/domain/error.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import { spanWords } from '../../../../shared/domain/size-words.ts'
import type { Session } from '../../../ports/cluster-driver.ts'
import type { ObjectStore } from '../../../ports/object-store.ts'
import type { Volume, VolumeBackup, VolumeOperation, Volumes } from './volumes.ts'

export type OperationEnd =
  | { readonly kind: 'succeeded'; readonly volume: Volume; readonly backup: VolumeBackup | null }
  | { readonly kind: 'failed'; readonly sentence: string }
  /** It may go on. */
  | { readonly kind: 'unknown'; readonly sentence: string }

const betweenLooksMs = 3000
/** From source (volumeops/handler.go): swept up after at most 3 min, failed by any worker after 45 min. */
const longestMs = 50 * 60_000

/**
 * Waits for the end of an operation on a volume. kindling has no route for an operation (from source), so the volume is looked at until
 * the operation is gone from it. Then the volume and the row of the backup tell: a row that is still pending belongs to an
 * operation that failed before it began, and stays so for ever.
 */
export async function operationEnd(
  { id, kind, backup_id: backupId }: VolumeOperation,
  projectId: string,
  volumes: Volumes,
  { clock, signal }: Pick<Session, 'clock' | 'signal'>,
  report: (sentence: string) => void,
): Promise<OperationEnd> {
  const untilMs = clock.now() + longestMs
  let told = ''
  for (;;) {
    const words = await lookOrWhyNot(id, async () => {
      const volume = await volumes.volume(projectId)
      if (volume === null) return { kind: 'failed', sentence: 'The volume is gone.' }
      return volume.current_operation?.id === id
        ? `The operation is ${printable(volume.current_operation.status)}.`
        : endOf(kind, volume, backupId ?? null, projectId, volumes)
    })
    if (typeof words !== 'string') return words
    if (words !== told) report(words)
    told = words
    if (clock.now() >= untilMs) {
      return {
        kind: 'unknown',
        sentence: `The operation ${id} did not end within ${spanWords(longestMs)}. ${words}`,
      }
    }
    await clock.wait(betweenLooksMs, signal)
  }
}

/** An API that does not answer for a while says nothing of the operation; one that cannot be asked any more will not tell its end. */
async function lookOrWhyNot(
  id: string,
  look: () => Promise<OperationEnd | string>,
): Promise<OperationEnd | string> {
  try {
    return await look()
  } catch (error) {
    if (!isHoldfastError(error) || error.code === 'cancelled') throw error
    if (['master.unreachable', 'master.timedOut', 'master.notReady'].includes(error.code))
      return error.message
    return {
      kind: 'unknown',
      sentence: `The operation ${printable(id)} was begun, and its end cannot be looked at. ${error.message}`,
    }
  }
}

async function endOf(
  kind: string,
  volume: Volume,
  backupId: string | null,
  projectId: string,
  volumes: Volumes,
): Promise<OperationEnd> {
  const backup =
    kind !== 'backup'
      ? null
      : ((await volumes.backups(projectId)).find((each) => each.id === backupId) ?? null)
  const said = [backup?.error, volume.last_error].find(
    (text): text is string => typeof text === 'string' && text !== '',
  )
  const why = said === undefined ? '' : ` It says: ${printable(said.slice(0, 300))}`
  if (kind === 'backup') {
    if (backup?.status === 'succeeded') return { kind: 'succeeded', volume, backup }
    const row = backup === null ? 'Its row is gone.' : `Its row stays ${printable(backup.status)}.`
    return { kind: 'failed', sentence: `kindling made no backup of the volume. ${row}${why}` }
  }
  // From source: an operation that succeeds leaves the volume detached and healthy, and no error.
  const isWell = volume.health === 'healthy' && said === undefined
  return isWell
    ? { kind: 'succeeded', volume, backup }
    : {
        kind: 'failed',
        sentence: `The volume is ${printable(volume.status)} and ${printable(volume.health)}.${why}`,
      }
}

/** Documented (QEMU, docs/interop/qcow2.txt): how a disk image begins. */
const magic = 'QFI\xfb'

export type ObjectCheck =
  | { readonly kind: 'fits'; readonly key: string }
  | { readonly kind: 'wrong'; readonly key: string; readonly sentence: string }
  /** The bucket of the volumes may be another one than the cluster's repository. */
  | { readonly kind: 'notHere' }

/** Whether the object of a backup lies in the repository with the size that kindling recorded, and begins as a disk image. */
export async function checkVolumeObject(
  store: ObjectStore,
  volumeId: string,
  { id, size_bytes: sizeBytes }: Pick<VolumeBackup, 'id' | 'size_bytes'>,
  signal: AbortSignal,
): Promise<ObjectCheck> {
  const ending = `project-volumes/${volumeId}/backups/${id}.qcow2`
  const info = (await store.head(ending, { signal })) ?? (await findByEnding(store, ending, signal))
  if (info === null) return { kind: 'notHere' }
  const { key } = info
  if (info.sizeBytes !== sizeBytes)
    return { kind: 'wrong', key, sentence: `It has ${info.sizeBytes} bytes; kindling recorded ${sizeBytes}.` }
  const { pieces } = await store.get(key, { range: { startByte: 0, endByte: 3 }, signal })
  const parts: Uint8Array[] = []
  for await (const piece of pieces) parts.push(piece)
  return Buffer.concat(parts).toString('latin1') === magic
    ? { kind: 'fits', key }
    : { kind: 'wrong', key, sentence: 'It does not begin as a qcow2 image.' }
}

/** kindling's own prefix (`volume_backup_s3_prefix`) may stand before it. */
async function findByEnding(store: ObjectStore, ending: string, signal: AbortSignal) {
  for await (const entry of store.list({ signal }))
    if (entry.kind === 'object' && entry.key.endsWith(`/${ending}`)) return entry
  return null
}
