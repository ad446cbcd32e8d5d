import { countOf } from '../../../../shared/domain/size-words.ts'
import { done, failed, knownAs, notYet, unknown } from '../../../engine/runbook/outcomes.ts'
import { chosenBackup } from '../../../engine/runbook/choose-backup.ts'
import { action } from '../../../engine/runbook/steps.ts'
import { curlWithToken } from '../../../engine/runbook/twins.ts'
import type { Known, Outcome, Step } from '../../../ports/runbook.ts'
import { operationEnd } from '../live/volume-operation.ts'
import type { KindlingConnection } from '../live/connection.ts'
import { withVolumes, type Volume, type Volumes } from '../live/volumes.ts'

/** Why its disk cannot be kept; empty: it can. */
const readable = 'volume.notReadable'
const safety = 'volume.safety'
/** Source (schema.sql): of a volume that says nothing else. */
const usualRetention = 7

export function isOnWorker({ server_id: server }: Volume): boolean {
  return typeof server === 'string' && server !== ''
}

/** What the steps after the look at a volume know of its disk. */
export function learntOfDisk(volume: Volume): Readonly<Record<string, string>> {
  return { [readable]: whyNotReadable(volume) ?? '' }
}

/** The backup that holds the disk as it was before the restore; null where it was not kept. */
export function keptIn(known: Known): string | null {
  return known.get(safety) ?? null
}

function whyNotReadable(volume: Volume): string | null {
  if (!isOnWorker(volume)) return 'It lies on no worker: there is no disk to keep.'
  return volume.health === 'missing' || volume.health === 'corrupt'
    ? `kindling says that its disk is ${volume.health}: there is nothing to keep.`
    : null
}

/** Of the disk as it is, before it is overwritten; a new backup may push the chosen one out, and is refused then. */
export function safetyBackup(config: KindlingConnection, project: string): Step {
  return action({
    id: 'safety-backup',
    section: 'safety',
    title: 'Keep the disk as it is now',
    why: 'The restore overwrites it, and kindling keeps nothing of it.',
    touches: `A new backup of the volume of project ${project}.`,
    twin: curlWithToken('-X', 'POST', `https://API/api/projects/${project}/volume/backups`, '-d', '{}'),
    damage: 0,
    // Whether its disk can be read is not always known before.
    skip: 'operator',
    notNeeded: (known) => {
      const why = known.get(readable) ?? ''
      return why === '' ? null : why
    },
    act: async (context) =>
      withVolumes(config, context, async (volumes) => {
        const crowded = await wouldPrune(volumes, project, context.known)
        if (crowded !== null) return crowded
        const operation = await volumes.queueBackup(project)
        context.line('info', `The operation ${operation.id} is ${operation.status}.`)
        const end = await operationEnd(operation, project, volumes, context.session, (words) =>
          context.line('info', words),
        )
        switch (end.kind) {
          case 'succeeded':
            return kept(end.backup?.id ?? operation.backup_id ?? operation.id)
          case 'failed':
            return failed(end.sentence, {
              next: 'Where the disk cannot be read go past this with that reason; what lies on it is lost then.',
            })
          case 'unknown':
            return unknown(end.sentence)
        }
      }),
    look: async (context) =>
      withVolumes(config, context, async (volumes) => {
        const open = (await volumes.volume(project))?.current_operation ?? null
        if (open !== null)
          return unknown(`An operation (${open.kind}) is ${open.status}.`, {
            next: 'Look again when it is over.',
          })
        const made = (await volumes.backups(project)).find(
          ({ status, completed_at: at }) =>
            status === 'succeeded' && Date.parse(at ?? '') >= Math.floor(context.beganMs / 1000) * 1000,
        )
        return made === undefined ? notYet('No backup was made since this run began.') : kept(made.id)
      }),
  })
}

function kept(id: string): Outcome {
  return done(`The disk is kept in the backup ${id}.`, { learnt: { [safety]: id } })
}

/** Source (volumeops/handler.go): after a backup the newest are kept, of all kinds, and the others deleted with their objects. */
async function wouldPrune(volumes: Volumes, project: string, known: Known): Promise<Outcome | null> {
  const retention = (await volumes.volume(project))?.backup_policy?.retention_count ?? usualRetention
  const succeeded = (await volumes.backups(project)).filter(({ status }) => status === 'succeeded')
  const place = succeeded.findIndex(({ id }) => id === knownAs(known, chosenBackup.id))
  return place + 1 < retention
    ? null
    : failed(
        `kindling keeps ${countOf(retention, 'backup')} of this volume, so one more would delete the chosen one.`,
        {
          next: `Let it keep more first (PUT /api/projects/${project}/volume, backup_retention_count), then do this step.`,
        },
      )
}
