import { countOf } from '../../../../shared/domain/size-words.ts'
import { done, failed, unknown } from '../../../engine/runbook/outcomes.ts'
import type { ObjectStore } from '../../../ports/object-store.ts'
import type { Outcome } from '../../../ports/runbook.ts'
import type { Volumes } from './volumes.ts'

/** Source (volumebackup/store.go): below a prefix that kindling may have. */
const objectName = /(?:^|\/)project-volumes\/([^/]+)\/backups\/([^/]+)\.qcow2$/

/**
 * The rows of volume backups that the database has, held against the objects that lie there: a database that was restored knows nothing of
 * what was backed up since, and may know of what was pruned since. Changes nothing.
 */
export async function compareVolumeBackups(
  volumes: Volumes,
  store: ObjectStore,
  signal: AbortSignal,
): Promise<Outcome> {
  const objects = new Map<string, { readonly key: string; readonly sizeBytes: number }>()
  for await (const entry of store.list({ signal })) {
    if (entry.kind !== 'object') continue
    const [, volume, backup] = objectName.exec(entry.key) ?? []
    if (volume !== undefined && backup !== undefined)
      objects.set(`${volume}/${backup}`, { key: entry.key, sizeBytes: entry.sizeBytes })
  }
  const wrong: string[] = []
  const known = new Set<string>()
  let rows = 0
  for (const { project, volume } of await volumes.list()) {
    for (const { id, status, size_bytes: sizeBytes } of await volumes.backups(volume.project_id)) {
      known.add(`${volume.id}/${id}`)
      if (status !== 'succeeded') continue
      rows += 1
      const object = objects.get(`${volume.id}/${id}`)
      if (object === undefined) wrong.push(`${id} of ${project} has no object`)
      else if (object.sizeBytes !== sizeBytes)
        wrong.push(`${id} of ${project} has ${object.sizeBytes} bytes, and its row says ${sizeBytes}`)
    }
  }
  if (rows > 0 && objects.size === 0) {
    return unknown('The bucket of the volumes is not the repository of this cluster, so no image was seen.', {
      next: 'Look into that bucket yourself, then go past this with what was seen.',
    })
  }
  const without = [...objects].filter(([name]) => !known.has(name)).map(([, { key }]) => key)
  const evidence = without.map((key) => ({ name: 'object without a row', value: key }))
  const told =
    without.length === 0
      ? ''
      : ` ${countOf(without.length, 'object')} without a row in this organisation: newer than the database, or of others. kindling cannot restore what it has no row of; keep them.`
  return wrong.length === 0
    ? done(`${countOf(rows, 'backup')} of volumes, each with its object.${told}`, { evidence })
    : failed(`${wrong.slice(0, 5).join('; ')}.${told}`, {
        evidence,
        next: 'Take a new backup of each of these volumes; a row without its object cannot be restored.',
      })
}
