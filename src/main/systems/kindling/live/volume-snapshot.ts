import type { Probe, SnapshotWay } from '../../../../shared/contract/masters.ts'
import { HoldfastError, isHoldfastError } from '../../../../shared/domain/error.ts'
import { ageWords, countOf } from '../../../../shared/domain/size-words.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import { ask, notAsked, type Answer, type Question } from '../../../engine/live/ask.ts'
import { mapInParallel } from '../../../../shared/domain/parallel.ts'
import type { Fact, Session, SnapshotOutcome, SnapshotProgress } from '../../../ports/cluster-driver.ts'
import type { KindlingConnection } from './connection.ts'
import { checkVolumeObject, operationEnd } from './volume-operation.ts'
import { detaching, withVolumes, type ProjectVolume, type VolumeBackup, type Volumes } from './volumes.ts'

export const volumesWay: SnapshotWay = {
  id: 'volumes',
  label: 'Volumes',
  does: 'Asks kindling for a cold backup of every volume that is detached, one after another, and waits for each.',
  consequences: [
    'It holds the disks of projects alone; the database is not in it.',
    `A volume that is attached is left out: to have it backed up its application has to be down meanwhile. ${detaching}`,
    'While its backup runs a volume cannot be attached, so a deployment of its project waits.',
    'A backup that takes longer than 45 min is failed by kindling.',
    'After it kindling deletes backups beyond the number that the volume keeps.',
    'Cancelling stops the waiting; what kindling has begun goes on.',
  ],
  stops: false,
  makesNothing: false,
}

/** What lies in the way of a cold backup, in words; null: nothing. */
function obstacle({ volume }: ProjectVolume): string | null {
  if (volume.status === 'attached' || typeof volume.attached_vm_id === 'string') return 'attached'
  if (volume.current_operation !== null && volume.current_operation !== undefined)
    return `its ${printable(volume.current_operation.kind)} is under way`
  return volume.status === 'detached' || volume.status === 'available' ? null : printable(volume.status)
}

export async function probeVolumes(
  session: Session,
  config: KindlingConnection,
  emit: (probe: Probe) => void,
  { needsOne }: { readonly needsOne: boolean },
): Promise<void> {
  const { clock, cluster } = session
  const question: Question = { id: 'volumes', of: cluster.name, question: 'Volumes', mark: 'source' }
  if (!needsOne && (config.api.length === 0 || config.token === null)) {
    emit(notAsked(question, `The connection has no ${config.api.length === 0 ? 'API' : 'API key'}.`, clock))
    return
  }
  emit(
    await ask(question, clock, async () =>
      withVolumes(config, { session }, async (volumes) => {
        const found = await volumes.list()
        return needsOne ? readyAnswer(found) : volumesAnswer(found, await rowsOf(found, volumes), clock.now())
      }),
    ),
  )
}

function readyAnswer(found: readonly ProjectVolume[]): Answer {
  const evidence = 'GET /api/projects/ID/volume'
  const ready = found.filter((each) => obstacle(each) === null)
  const left = found.filter((each) => obstacle(each) !== null)
  const others = left.map((each) => `${each.project} (${obstacle(each) ?? ''})`).join(', ')
  if (ready.length > 0) {
    const words = `To be backed up: ${ready.map(({ project }) => project).join(', ')}.`
    return left.length === 0
      ? { state: 'ok', answer: words, evidence }
      : { state: 'warning', answer: `${words} Left out: ${others}.`, evidence, next: detaching }
  }
  return found.length === 0
    ? {
        state: 'bad',
        answer: 'No project of this organisation has a volume.',
        evidence,
        next: 'Check of which organisation the API key is.',
      }
    : { state: 'bad', answer: `None is detached: ${others}.`, evidence, next: detaching }
}

interface Rows {
  readonly project: string
  readonly backups: readonly VolumeBackup[]
}

async function rowsOf(found: readonly ProjectVolume[], volumes: Volumes): Promise<readonly Rows[]> {
  return mapInParallel(found, 8, async ({ project, volume }) => ({
    project,
    backups: await volumes.backups(volume.project_id),
  }))
}

function volumesAnswer(found: readonly ProjectVolume[], rows: readonly Rows[], nowMs: number): Answer {
  const evidence = 'GET /api/projects/ID/volume and its backups'
  if (found.length === 0) return { state: 'ok', answer: 'No project of this organisation has one.', evidence }
  const troubles = found.flatMap(({ project, volume }) => {
    const at = volume.last_successful_backup_at
    const backups = rows.find((row) => row.project === project)?.backups ?? []
    const isBusy = volume.current_operation !== null && volume.current_operation !== undefined
    const orphans = isBusy
      ? 0
      : backups.filter(({ status }) => status === 'pending' || status === 'running').length
    return [
      ...(volume.health === 'missing' || volume.health === 'corrupt'
        ? [`${project} is ${volume.health}`]
        : []),
      ...(at === null || at === undefined ? [`${project} was never backed up`] : []),
      ...(orphans > 0
        ? [
            `${project} has ${countOf(orphans, 'backup')} that failed, though the row says ${orphans === 1 ? 'it is' : 'they are'} pending`,
          ]
        : []),
    ]
  })
  const ages = found.flatMap(({ volume: { last_successful_backup_at: at } }) =>
    typeof at === 'string' && !Number.isNaN(Date.parse(at)) ? [Math.max(0, nowMs - Date.parse(at))] : [],
  )
  const oldest =
    ages.length === 0 ? '' : ` The oldest of their newest backups is ${ageWords(Math.max(...ages))} old.`
  const count = countOf(found.length, 'volume')
  return troubles.length === 0
    ? { state: 'ok', answer: `${count}.${oldest}`, evidence }
    : {
        state: 'warning',
        answer: `${count}: ${troubles.slice(0, 5).join('; ')}.${oldest}`,
        evidence,
        next: 'Nothing in kindling runs their schedules (from source): take backups here.',
      }
}

/** Asks for each once. Where one of them fails the snapshot has failed, and says which ones were made. */
export async function backUpVolumes(
  session: Session,
  config: KindlingConnection,
  report: SnapshotProgress,
): Promise<SnapshotOutcome> {
  return withVolumes(config, { session }, async (volumes) => {
    const found = await volumes.list()
    const ready = found.filter((each) => obstacle(each) === null)
    if (ready.length === 0) {
      throw new HoldfastError('master.notReady', {
        what: 'No volume can be backed up now.',
        why: readyAnswer(found).answer,
        unchanged: 'Nothing was asked for.',
        next: detaching,
      })
    }
    const made: { readonly project: ProjectVolume; readonly backup: VolumeBackup }[] = []
    for (const project of ready) {
      const backup = await backUpOne(project, volumes, session, report)
      if (typeof backup === 'string') return unknownEnd(backup, made, report)
      if (backup instanceof HoldfastError) throw withOthers(backup, project.project, made)
      made.push({ project, backup })
    }
    return judged(made, session, report)
  })
}

/** Text: it is not known what became of it. */
async function backUpOne(
  { project, volume }: ProjectVolume,
  volumes: Volumes,
  session: Session,
  report: SnapshotProgress,
): Promise<VolumeBackup | HoldfastError | string> {
  const failed = (why: string): HoldfastError =>
    new HoldfastError('master.refused', {
      what: `The volume of ${project} was not backed up.`,
      why,
      next: 'Look at the journal of the worker that has it.',
    })
  try {
    report.log('info', `Asking for a backup of the volume of ${project}.`)
    const operation = await volumes.queueBackup(volume.project_id)
    const end = await operationEnd(operation, volume.project_id, volumes, session, (sentence) =>
      report.log('info', `${project}: ${sentence}`),
    )
    switch (end.kind) {
      case 'succeeded':
        return end.backup ?? failed('Its row is gone.')
      case 'failed':
        return failed(end.sentence)
      case 'unknown':
        return `${project}: ${end.sentence}`
    }
  } catch (error) {
    if (isHoldfastError(error, 'master.outcomeUnknown')) return `${project}: ${error.message}`
    if (!isHoldfastError(error) || error.code === 'cancelled') throw error
    return error
  }
}

type Made = readonly { readonly project: ProjectVolume; readonly backup: VolumeBackup }[]

function unknownEnd(sentence: string, made: Made, report: SnapshotProgress): SnapshotOutcome {
  report.log('error', sentence)
  return { kind: 'unknown', sentence, facts: factsOf(made) }
}

function withOthers(error: HoldfastError, project: string, made: Made): HoldfastError {
  const others = made.map((each) => each.project.project).join(', ')
  return new HoldfastError(error.code, {
    ...error.text,
    what: `${error.text.what.includes(project) ? '' : `${project}: `}${error.text.what}`,
    unchanged: made.length === 0 ? 'No backup was made.' : `Backups were made of: ${others}.`,
  })
}

function factsOf(made: Made): readonly Fact[] {
  return made.map(({ project: { project }, backup }) => ({
    name: `volume of ${project}`,
    value: `${backup.id}, ${backup.size_bytes} bytes${typeof backup.storage_url === 'string' ? `, ${printable(backup.storage_url)}` : ''}`,
  }))
}

/** What kindling says is done is looked for in the repository, with the size that it recorded: nothing else has that size. */
async function judged(made: Made, session: Session, report: SnapshotProgress): Promise<SnapshotOutcome> {
  const store = await session.repository('read')
  const elsewhere: string[] = []
  for (const { project, backup } of made) {
    const check = await checkVolumeObject(store, project.volume.id, backup, session.signal)
    if (check.kind === 'wrong') {
      throw new HoldfastError('object.unreadable', {
        what: `The backup of the volume of ${project.project} is not what kindling says that it is (${check.key}).`,
        why: check.sentence,
        next: 'Take it again, and look at the bucket.',
      })
    }
    if (check.kind === 'notHere') elsewhere.push(backup.storage_url ?? backup.id)
    else report.log('info', `${check.key} has the size that kindling recorded, and begins as a disk image.`)
  }
  const [only] = made
  return {
    kind: 'made',
    backupId: made.length === 1 ? (only?.backup.id ?? null) : null,
    hash: null,
    facts: factsOf(made),
    ...(elsewhere.length > 0 && {
      keptElsewhere: `kindling says that it is done, and keeps ${printable(elsewhere.join(', '))} outside of this cluster's repository: nothing of it was read here.`,
    }),
  }
}
