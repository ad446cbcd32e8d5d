import { printable } from '../../../../shared/domain/printable.ts'
import { ageWords, bytesWords } from '../../../../shared/domain/size-words.ts'
import { HoldfastError } from '../../../../shared/domain/error.ts'
import { done, failed, knownAs, notYet, unknown } from '../../../engine/runbook/outcomes.ts'
import { chosenBackup } from '../../../engine/runbook/choose-backup.ts'
import { whatIsLost } from '../../../engine/runbook/restore-into.ts'
import { action, check, choice, confirm, manual } from '../../../engine/runbook/steps.ts'
import { curlWithToken } from '../../../engine/runbook/twins.ts'
import type { Known, Outcome, RunbookInput, RunbookSetting, Step } from '../../../ports/runbook.ts'
import { checkVolumeObject, operationEnd } from '../live/volume-operation.ts'
import { detaching, withVolumes, type VolumeBackup, type Volumes } from '../live/volumes.ts'
import { connectionOf } from './site.ts'
import { isOnWorker, keptIn, learntOfDisk, safetyBackup } from './volume-safety.ts'

export const volumeInputs: readonly RunbookInput[] = [
  {
    name: 'project',
    label: 'Project',
    help: 'Its id: a project has one volume.',
    example: '00000000-0000-4000-8000-000000000020',
    required: true,
    usual: '',
  },
  {
    name: 'server',
    label: 'Worker to restore to',
    help: 'Its id; empty: kindling chooses one.',
    example: '00000000-0000-4000-8000-000000000001',
    required: false,
    usual: '',
  },
]

/** From source (volumeops/handler.go): any worker fails an operation after 45 min. */
const mostMinutes = 40
/** What a restore moves at least in a second on hardware of today; assumed, and said. */
const assumedBytesPerSecond = 20 * 1024 * 1024

/** KD-6: the volume of one project, from a backup of its own. */
export function restoreVolume(setting: RunbookSetting): readonly Step[] {
  const config = connectionOf(setting)
  const project = setting.inputs['project'] ?? ''
  const server = setting.inputs['server'] ?? ''
  return [
    check({
      id: 'volume',
      section: 'before',
      title: 'See how the volume stands',
      why: 'kindling lists the backups of a volume that is there alone, and what can still be read is kept first.',
      touches: 'Asks the API of kindling.',
      look: async (context) =>
        withVolumes(config, context, async (volumes) => {
          const volume = await volumes.volume(project)
          if (volume === null) {
            return failed(noVolume, {
              next: `Create it again with the mount path that it had (PUT /api/projects/${project}/volume), deploy nothing, then look again: it is the same volume with its backups, and a deployment before the restore makes a blank disk.`,
            })
          }
          return done(
            `It is ${printable(volume.status)} and ${printable(volume.health)}, ${isOnWorker(volume) ? `on ${printable(volume.server_id ?? '')}` : 'on no worker'}.`,
            { learnt: learntOfDisk(volume) },
          )
        }),
    }),
    choice({
      id: 'choose-backup',
      section: 'before',
      title: 'Choose the backup of the volume',
      why: 'What was written after it is lost.',
      options: async (context) =>
        withVolumes(config, context, async (volumes) => {
          const backups = await volumes.backups(project)
          const advised = backups.find(
            (backup) => notPossible(backup) === null && !isAfter(backup, context.failedMs),
          )
          return backups.map((backup) => ({
            id: backup.id,
            label: `${backup.id} (${backup.completed_at ?? 'not completed'})`,
            says: [lossOf(backup, context.failedMs), bytesWords(backup.size_bytes)],
            notPossible: notPossible(backup),
            advised: backup === advised,
            learnt: learntOf(backup, context.failedMs),
          }))
        }),
    }),
    check({
      id: 'object',
      section: 'before',
      title: 'See that its image lies in the repository',
      why: 'The row of a backup says nothing of its bytes.',
      touches: 'Reads the beginning of the object.',
      look: async (context) =>
        withVolumes(config, context, async (volumes) => {
          const volume = await volumes.volume(project)
          const backup = await chosen(volumes, project, context.known)
          if (volume === null) return failed(noVolume)
          const store = await context.session.repository('read')
          const seen = await checkVolumeObject(store, volume.id, backup, context.session.signal)
          switch (seen.kind) {
            case 'fits':
              return done(`${seen.key} has the recorded size, and begins as a disk image.`)
            case 'wrong':
              return failed(seen.sentence, { next: 'Choose another backup.' })
            case 'notHere':
              return unknown(
                'The bucket of the volumes is not the repository of this cluster, so the image was not seen.',
                {
                  next: 'Look into that bucket yourself before you go on; kindling reads it with its own credentials.',
                },
              )
          }
        }),
      skip: 'operator',
    }),
    manual({
      id: 'detach',
      section: 'before',
      title: 'Detach the volume',
      why: 'kindling restores a detached volume alone; its application is down until it is deployed again.',
      does: [detaching],
      look: async (context) =>
        withVolumes(config, context, async (volumes) => {
          const volume = await volumes.volume(project)
          if (volume === null) return failed(noVolume)
          return volume.status === 'attached'
            ? notYet('The volume is attached still.', { next: detaching })
            : done(`The volume is ${volume.status}.`)
        }),
    }),
    safetyBackup(config, project),
    confirm({
      id: 'confirm-volume',
      section: 'before',
      title: 'Confirm what is lost',
      why: 'The disk is overwritten.',
      of: [chosenBackup.id],
      says: async (context) => {
        const backupId = keptIn(context.known)
        return [
          ...whatIsLost(context),
          backupId === null
            ? 'What lies on the disk now is overwritten, and nothing of it was kept.'
            : `What lies on the disk now is overwritten; it is kept in the backup ${backupId}.`,
          'Where it is restored to another worker, the old disk stays on the first one.',
        ]
      },
    }),
    action({
      id: 'restore-volume',
      section: 'restore',
      title: 'Restore the volume, and wait for its end',
      why: 'kindling has no route for an operation: the volume tells when it is over, and whether it is well.',
      touches: `The volume of project ${project}.`,
      undo: 'Restore the backup that was taken just before, by KD-6 once more.',
      twin: curlWithToken(
        '-X',
        'POST',
        `https://API/api/projects/${project}/volume/restore`,
        '-d',
        '{"backup_id":"BACKUP"}',
      ),
      damage: 3,
      act: async (context) =>
        withVolumes(config, context, async (volumes) => {
          const backupId = knownAs(context.known, chosenBackup.id)
          const operation = await volumes.queueRestore(project, backupId, server === '' ? null : server)
          context.line('info', `The operation ${operation.id} is ${operation.status}.`)
          const end = await operationEnd(operation, project, volumes, context.session, (words) =>
            context.line('info', words),
          )
          if (end.kind === 'succeeded') return done('The volume is restored, detached and healthy.')
          return end.kind === 'failed' ? failed(end.sentence) : unknown(end.sentence)
        }),
      look: async (context) => withVolumes(config, context, async (volumes) => lookAt(volumes, project)),
    }),
    manual({
      id: 'deploy',
      section: 'restore',
      title: 'Deploy the application again',
      why: 'Only a deployment attaches the volume.',
      does: [`POST /api/projects/${project}/deploy, or in the window of kindling.`],
    }),
    manual({
      id: 'accept-guest',
      section: 'accept',
      title: 'See inside the guest that the data is the right one',
      why: 'Nothing outside the guest can tell.',
      does: ['Open a shell in the guest and look at the newest files.'],
      asks: { label: 'Who looked, and what was seen', learns: 'guest' },
      skip: 'nobody',
    }),
  ]
}

const noVolume = 'The project has no volume.'

/** A look cannot tell an old restore from this one by the volume alone: it says what stands now. */
async function lookAt(volumes: Volumes, project: string): Promise<Outcome> {
  const volume = await volumes.volume(project)
  if (volume === null) return failed(noVolume)
  const open = volume.current_operation ?? null
  if (open !== null) {
    return unknown(`An operation (${open.kind}) is ${open.status}.`, { next: 'Look again when it is over.' })
  }
  const error = volume.last_error ?? ''
  return unknown(
    `No operation is under way; the volume is ${volume.status} and ${volume.health}.${error === '' ? '' : ` It says: ${error}`}`,
    {
      next: 'kindling keeps no history of operations: look into its log for the end of this one, then abandon this run or begin another one.',
    },
  )
}

function notPossible({ status, size_bytes: sizeBytes }: VolumeBackup): string | null {
  if (status !== 'succeeded') return `Its row says ${status}.`
  const minutes = sizeBytes / assumedBytesPerSecond / 60
  return minutes > mostMinutes
    ? `At ${bytesWords(assumedBytesPerSecond)} a second (assumed) it needs more than ${mostMinutes} min, and kindling ends every operation after 45.`
    : null
}

/** Such as the one that another run has taken before it overwrote the disk. */
function isAfter({ completed_at: completedAt }: VolumeBackup, failedMs: number): boolean {
  return Date.parse(completedAt ?? '') > failedMs
}

function lossOf(backup: VolumeBackup, failedMs: number): string {
  const at = Date.parse(backup.completed_at ?? '')
  if (Number.isNaN(at)) return 'What is lost cannot be said: when it was made is not known.'
  return isAfter(backup, failedMs)
    ? 'It was made after the failure: it may hold what went wrong.'
    : `${ageWords(failedMs - at)} of changes are lost.`
}

function learntOf({ id, completed_at: completedAt }: VolumeBackup, failedMs: number): Record<string, string> {
  const at = Date.parse(completedAt ?? '')
  return {
    [chosenBackup.id]: id,
    ...(Number.isFinite(at) && {
      [chosenBackup.createdAt]: new Date(at).toISOString(),
      [chosenBackup.lostMs]: String(Math.max(0, failedMs - at)),
    }),
  }
}

async function chosen(volumes: Volumes, project: string, known: Known): Promise<VolumeBackup> {
  const id = knownAs(known, chosenBackup.id)
  const found = (await volumes.backups(project)).find((backup) => backup.id === id)
  if (found !== undefined) return found
  throw new HoldfastError('backup.notFound', { what: `The backup ${id} of the volume is gone.` })
}
