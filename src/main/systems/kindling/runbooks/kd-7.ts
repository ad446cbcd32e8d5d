import { printable } from '../../../../shared/domain/printable.ts'
import { countOf } from '../../../../shared/domain/size-words.ts'
import { done, failed, knownAs, notYet, unknown } from '../../../engine/runbook/outcomes.ts'
import { action, check, confirm, manual, wait } from '../../../engine/runbook/steps.ts'
import { curlWithToken } from '../../../engine/runbook/twins.ts'
import type { Known, Outcome, Runbook, RunbookSetting, Step, StepContext } from '../../../ports/runbook.ts'
import type { KindlingConnection } from '../live/connection.ts'
import { operationEnd } from '../live/volume-operation.ts'
import { detaching, withVolumes, type ProjectVolume, type Volumes } from '../live/volumes.ts'
import { withWorkers, type Worker, type Workers } from '../live/workers.ts'
import { serversTold } from './servers-told.ts'
import { connectionOf } from './site.ts'

const standing = 'worker'

export const kd7: Runbook = {
  id: 'KD-7',
  system: 'kindling',
  title: 'Empty or replace a worker',
  when: 'A worker is lost, or has to go.',
  costs: ['Guests of a lost worker are placed anew by kindling; volumes that lie on it do not follow.'],
  inputs: [
    {
      name: 'server',
      label: 'Worker',
      help: 'Its id, as kindling lists it.',
      example: '00000000-0000-4000-8000-000000000001',
      required: true,
      usual: '',
    },
    {
      name: 'target',
      label: 'Worker to move the volumes to',
      help: 'Its id; empty: kindling chooses one for each.',
      example: '00000000-0000-4000-8000-000000000002',
      required: false,
      usual: '',
    },
  ],
  steps,
}

function steps(setting: RunbookSetting): readonly Step[] {
  const config = connectionOf(setting)
  const server = setting.inputs['server'] ?? ''
  const target = setting.inputs['target'] ?? ''
  const onlyAlive = (known: Known): string | null =>
    known.get(standing) === 'dead' ? 'The worker is dead: nothing can be taken from it.' : null
  return [
    serversTold('before'),
    check({
      id: 'worker',
      section: 'before',
      title: 'See how the worker stands, and what lies on it',
      why: 'A volume lies on one worker: what is not moved before it goes has to be restored.',
      touches: 'Asks the API of kindling.',
      look: async (context) =>
        withWorkers(config, context, async (workers) => {
          const worker = await found(workers, server)
          if (worker === null) return failed('kindling lists no server with this id.')
          if (target !== '' && (await found(workers, target))?.status !== 'active')
            return failed('The worker to move to is not active.', { next: 'Choose another one.' })
          if (worker.status !== 'dead' && !beats(worker))
            return notYet(
              `${printable(worker.hostname)} is ${printable(worker.status)}, and its heartbeat is ${printable(worker.heartbeat_health ?? '')}.`,
              {
                next: 'kindling calls it dead 30 s after its last heartbeat: look again then.',
              },
            )
          const state = worker.status === 'dead' ? 'dead' : 'alive'
          const volumes = await volumesOn(config, server, context)
          const all = await workers.volumesOn(server)
          const hidden = all === null ? 0 : Math.max(0, all - volumes.length)
          const words = [
            `${printable(worker.hostname)} is ${worker.status}, with ${countOf(volumes.length, 'volume')} of this organisation on it.`,
            ...(hidden > 0
              ? [`${countOf(hidden, 'volume')} more belong to others: the API key here moves none of them.`]
              : []),
            ...(state === 'dead' && volumes.length > 0
              ? [`To be restored by KD-6: ${volumes.map(({ project }) => project).join(', ')}.`]
              : []),
          ]
          return done(words.join(' '), {
            evidence: volumes.map(({ project, volume }) => ({
              name: `volume of ${project}`,
              value: `${volume.project_id}, ${volume.status}, ${volume.health}`,
            })),
            learnt: { [standing]: state, 'worker.hidden': String(hidden) },
          })
        }),
    }),
    manual({
      id: 'detach',
      section: 'before',
      title: 'Detach the volumes that lie on it, and back them up',
      why: 'kindling moves a detached volume alone, and a copy that is cut short is no volume; its application is down until it is deployed again.',
      does: [detaching, 'Then take a backup of each volume (holdfast snapshot, way “volumes”).'],
      notNeeded: onlyAlive,
      look: async (context) => {
        const there = await volumesOn(config, server, context)
        const attached = there.filter(({ volume }) => volume.status === 'attached')
        if (attached.length > 0)
          return notYet(`Attached still: ${attached.map(({ project }) => project).join(', ')}.`, {
            next: detaching,
          })
        const unkept = there.filter(({ volume: { last_successful_backup_at: at } }) => {
          const atMs = Date.parse(at ?? '')
          // kindling tells whole seconds where it tells no more.
          return Number.isNaN(atMs) || atMs < Math.floor(context.beganMs / 1000) * 1000
        })
        return unkept.length === 0
          ? done('No volume on it is attached, and each was backed up since this run began.')
          : notYet(
              `Not backed up since this run began: ${unkept.map(({ project }) => project).join(', ')}.`,
              {
                next: 'Take a backup of each (holdfast snapshot, way “volumes”), then say so again; or go past this with the reason why none is needed.',
              },
            )
      },
    }),
    confirm({
      id: 'confirm-move',
      section: 'before',
      title: 'Confirm what stops',
      why: 'A worker that is drained takes no new guests.',
      of: [standing],
      says: async ({ known }) =>
        known.get(standing) === 'dead'
          ? [
              'The worker is dead. kindling places its guests anew by itself; volumes on it are not moved, and their applications stay down until KD-6.',
            ]
          : [
              'Each volume on the worker is copied through the bucket of the volumes; its application is down meanwhile.',
              'The worker is drained then: its guests go elsewhere.',
            ],
    }),
    action({
      id: 'move-volumes',
      section: 'restore',
      title: 'Move the volumes, one after another',
      why: 'kindling has no route for an operation: each volume tells when it is over, and whether it is well.',
      touches: `Every volume of this organisation on the worker ${server}.`,
      undo: 'Move them back the same way.',
      twin: curlWithToken(
        '-X',
        'POST',
        'https://API/api/projects/ID/volume/move',
        '-d',
        JSON.stringify(target === '' ? {} : { target_server_id: target }),
      ),
      damage: 2,
      notNeeded: onlyAlive,
      act: async (context) => moveAll(config, server, target === '' ? null : target, context),
      look: async (context) => lookMoved(await volumesOn(config, server, context)),
    }),
    action({
      id: 'drain',
      section: 'restore',
      title: 'Drain the worker',
      why: 'Its guests are placed elsewhere, and no new one comes.',
      touches: `The status of the worker ${server}.`,
      undo: 'POST /api/servers/ID/activate.',
      twin: curlWithToken('-X', 'POST', `https://API/api/servers/${server}/drain`),
      damage: 1,
      notNeeded: onlyAlive,
      act: async (context) =>
        withWorkers(config, context, async (workers) => {
          await workers.drain(server)
          return lookDrain(workers, server)
        }),
      look: async (context) => withWorkers(config, context, async (workers) => lookDrain(workers, server)),
    }),
    wait({
      id: 'empty',
      section: 'restore',
      title: 'Wait until no guest is left on it',
      why: 'A worker that still has guests takes them down with it.',
      touches: 'Asks the API of kindling.',
      everyMs: 5_000,
      atMostMs: 30 * 60_000,
      skip: 'operator',
      notNeeded: onlyAlive,
      look: async (context) =>
        withWorkers(config, context, async (workers) => {
          const worker = await found(workers, server)
          if (worker === null) return done('kindling lists it no more.')
          const left = worker.active_instance_count ?? null
          if (left === null) return unknown('kindling does not tell how many guests are on it.')
          return left === 0 ? done('No guest is left on it.') : notYet(`${left} guests are on it.`)
        }),
    }),
    manual({
      id: 'deploy',
      section: 'restore',
      title: 'Deploy the applications again whose volumes were moved',
      why: 'Only a deployment attaches a volume; which commit is the right one the project knows.',
      does: ['POST /api/projects/ID/deploy for each, or in the window of kindling.'],
      notNeeded: onlyAlive,
    }),
    check({
      id: 'accept-volumes',
      section: 'accept',
      title: 'No volume is left on the worker',
      why: 'What is left on it goes with it.',
      skip: 'operator',
      look: async (context) => {
        const left = await volumesOn(config, server, context)
        const hidden = Number(knownAs(context.known, 'worker.hidden'))
        const words = left.map(({ project }) => project).join(', ')
        if (left.length > 0) return failed(`Left on it: ${words}.`, { next: 'Begin KD-6 for each of them.' })
        return hidden === 0
          ? done('No volume is left on it.')
          : failed(`${countOf(hidden, 'volume')} of other organisations were on it.`, {
              next: 'Let their administrators move or restore them.',
            })
      },
    }),
    check({
      id: 'accept-servers',
      section: 'accept',
      title: 'Every other server is active and has a heartbeat',
      why: 'They carry now what this one did.',
      skip: 'operator',
      look: async (context) =>
        withWorkers(config, context, async (workers) => {
          const others = (await workers.list()).filter(({ id }) => id !== server)
          const wrong = others.filter((worker) => worker.status !== 'active' || !beats(worker))
          const names = wrong.map(({ hostname }) => printable(hostname)).join(', ')
          return wrong.length === 0
            ? done(`${countOf(others.length, 'server')} active, each with a heartbeat.`)
            : notYet(`Not active, or without a heartbeat: ${names}.`, {
                next: 'Look at the units of these hosts.',
              })
        }),
    }),
  ]
}

/** A volume whose move is under way already is waited for, never asked for again. */
async function moveAll(
  config: KindlingConnection,
  server: string,
  target: string | null,
  context: StepContext,
): Promise<Outcome> {
  return withVolumes(config, context, async (volumes) => {
    for (const { project, volume } of await listedOn(volumes, server)) {
      const say = (words: string): void => context.line('info', `${project}: ${words}`)
      const operation = volume.current_operation ?? (await volumes.queueMove(volume.project_id, target))
      say(`The operation ${operation.id} is ${operation.status}.`)
      const end = await operationEnd(operation, volume.project_id, volumes, context.session, say)
      if (end.kind === 'failed') return failed(`${project}: ${end.sentence}`)
      if (end.kind === 'unknown') return unknown(`${project}: ${end.sentence}`)
    }
    return lookMoved(await listedOn(volumes, server))
  })
}

function lookMoved(left: readonly ProjectVolume[]): Outcome {
  if (left.length === 0) return done('No volume of this organisation lies on the worker.')
  const names = left.map(({ project }) => project).join(', ')
  const moving = left.filter(({ volume }) => (volume.current_operation ?? null) !== null)
  return moving.length > 0
    ? unknown(`An operation is under way: ${moving.map(({ project }) => project).join(', ')}.`, {
        next: 'Look again when it is over.',
      })
    : notYet(`On it still, and not under way: ${names}.`)
}

async function lookDrain(workers: Workers, server: string): Promise<Outcome> {
  const status = (await found(workers, server))?.status ?? 'gone'
  return status === 'active'
    ? notYet('It is active.')
    : done(`It is ${printable(status)}.`, { evidence: [{ name: 'status', value: printable(status) }] })
}

async function found(workers: Workers, id: string): Promise<Worker | null> {
  return (await workers.list()).find((worker) => worker.id === id) ?? null
}

/** From source (servers.go): stale 20 s after the last one. */
function beats({ heartbeat_health: beat }: Worker): boolean {
  return beat === null || beat === undefined || beat === 'healthy'
}

async function volumesOn(
  config: KindlingConnection,
  server: string,
  context: StepContext,
): Promise<readonly ProjectVolume[]> {
  return withVolumes(config, context, async (volumes) => listedOn(volumes, server))
}

async function listedOn(volumes: Volumes, server: string): Promise<readonly ProjectVolume[]> {
  return (await volumes.list()).filter(({ volume }) => volume.server_id === server)
}
