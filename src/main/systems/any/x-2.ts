import { commandLine, withNames } from '../../../shared/domain/command-line.ts'
import type { SystemName } from '../../../shared/domain/system-name.ts'
import { done, failed, knownAs } from '../../engine/runbook/outcomes.ts'
import { check, choice, manual } from '../../engine/runbook/steps.ts'
import type { RestorePoint } from '../../ports/recovery.ts'
import type { Known, Runbook, RunbookSetting, Step, StepContext } from '../../ports/runbook.ts'
import { goodBackups, isGood } from './good-backups.ts'
import { newBackup } from './new-backup.ts'

const newest = { id: 'newest.id', createdAt: 'newest.createdAt', isGood: 'newest.isGood' } as const
const goOn = 'goOn'

/** The newest backup whose every part is good; parts of two backups are never put together. */
export const damagedBackup: Runbook = {
  id: 'X-2',
  system: null,
  title: 'Find the newest good backup',
  when: 'The newest backup is damaged.',
  costs: ['With an older backup more is lost; how much is said of each.'],
  inputs: [],
  steps,
}

function steps(setting: RunbookSetting): readonly Step[] {
  const { name, system } = setting.cluster
  return [
    check({
      id: 'read-newest',
      section: 'before',
      title: 'Read the newest backup to its end',
      why: 'One damaged object is in every backup that points to it: one read says it of all of them.',
      touches: 'Reads every object of the newest backup.',
      look: readNewest,
    }),
    check({
      id: 'find-good',
      section: 'before',
      title: 'Read older ones until one is good',
      why: 'Only a backup that was read to its end is known to be good.',
      touches: 'Reads the objects of older backups that were not read before.',
      look: findGood,
      notNeeded: newestIsGood,
    }),
    choice({
      id: 'choose-good',
      section: 'before',
      title: 'Choose the backup to rely on',
      // Documented: only one shared id is a consistent point. Inferred: kms holds the key versions that the others are sealed under.
      why: 'It is taken whole: stores of two backups put together open nothing, or grant the wrong people.',
      options: async (context) => goodBackups(context, context.known.get(newest.createdAt) ?? null),
      notNeeded: newestIsGood,
    }),
    keepDamaged(name),
    choice({
      id: 'go-on',
      section: 'restore',
      title: 'Decide what comes next',
      why: 'While the cluster lives, its next backup is worth more than any restore.',
      options: async () =>
        Promise.resolve([
          {
            id: 'newBackup',
            label: 'The cluster lives: take a new backup',
            says: ['Nothing is restored.'],
            notPossible: null,
            advised: true,
            learnt: { [goOn]: 'newBackup' },
          },
          {
            id: 'restore',
            label: 'It is lost or wrong: restore the chosen one',
            says: [`By the runbook ${restoresOf[system]}.`],
            notPossible: null,
            advised: false,
            learnt: { [goOn]: 'restore' },
          },
        ]),
      notNeeded: newestIsGood,
    }),
    manual({
      id: 'begin-restore',
      section: 'after',
      title: 'Begin the restore',
      why: 'The restore has a runbook of its own, with its own checks.',
      does: [
        'Close this run.',
        `Begin ${restoresOf[system]} for ${name}, and choose there the backup that was chosen here.`,
      ],
      notNeeded: (known) =>
        newestIsGood(known) ?? (known.get(goOn) === 'restore' ? null : 'Nothing is restored.'),
    }),
    newBackup({
      section: 'after',
      does: newBackupWords(system),
      notNeeded: (known) =>
        newestIsGood(known) ?? (known.get(goOn) === 'newBackup' ? null : 'The cluster is restored first.'),
      whenBad: whenBadAgain[system] ?? 'Look at what it fails at: the same object may be in it again.',
    }),
  ]
}

async function readNewest({ recovery, progress }: StepContext) {
  const [point] = await recovery.points()
  if (point === undefined) {
    return failed('The repository holds no backup.', { next: 'Look for copies of it elsewhere (X-1).' })
  }
  const proved = await recovery.prove(point.backupId, progress)
  const marked = (await recovery.points()).filter(({ verdict }) => verdict === 'bad')
  const others = marked.filter(({ backupId }) => backupId !== point.backupId)
  return done(
    `${wordsOf(proved)}${others.length === 0 ? '' : ` So ${others.length === 1 ? 'is' : 'are'} ${others.map(({ backupId }) => backupId).join(', ')}.`}`,
    {
      evidence: [proved, ...others].map(({ backupId, verdict }) => ({ name: backupId, value: verdict })),
      learnt: {
        [newest.id]: point.backupId,
        [newest.isGood]: isGood(proved) ? 'yes' : 'no',
        ...(point.createdAt !== null && { [newest.createdAt]: point.createdAt }),
      },
    },
  )
}

async function findGood({ recovery, known, progress, line }: StepContext) {
  const first = knownAs(known, newest.id)
  const seen = new Set([first])
  for (;;) {
    // What was read last may have marked more of them.
    const points = await recovery.points()
    const next = points.find(({ backupId, verdict }) => !seen.has(backupId) && verdict !== 'bad')
    if (next === undefined) {
      return failed(`None of ${points.length} backups is good.`, {
        evidence: points.map(({ backupId, verdict }) => ({ name: backupId, value: verdict })),
        next: 'Delete nothing. Look for copies of the repository elsewhere (X-1), and export what single stores still tell.',
      })
    }
    seen.add(next.backupId)
    const proved = await recovery.prove(next.backupId, progress)
    line(isGood(proved) ? 'info' : 'warning', wordsOf(proved))
    if (isGood(proved))
      return done(wordsOf(proved), { evidence: [{ name: proved.backupId, value: proved.verdict }] })
  }
}

function keepDamaged(name: string): Step {
  return manual({
    id: 'keep-damaged',
    section: 'safety',
    title: 'Keep the damaged objects, and delete nothing',
    why: 'What is damaged today may be mended from a copy tomorrow: an object with the same hash is the same object.',
    touches: 'Rules that delete: of this console, of the cluster, of the bucket.',
    undo: 'The rules are put back when a new backup is good.',
    twin: commandLine(['holdfast', 'retention', 'pin', ...withNames([name, 'BACKUP'], ['--reason', 'X-2'])]),
    does: [
      `Pin the chosen backup of ${name} here, and apply no retention until a new one is good.`,
      'Switch off the lifecycle rules of the bucket for this prefix.',
      'Leave the damaged objects where they are. Where an offline copy has the same hash, put those bytes back.',
    ],
    skip: 'nobody',
    notNeeded: newestIsGood,
  })
}

function newestIsGood(known: Known): string | null {
  return known.get(newest.isGood) === 'yes' ? `${known.get(newest.id) ?? 'The newest'} is good.` : null
}

function wordsOf({ backupId, verdict, because }: RestorePoint): string {
  const words = verdict === 'unknown' ? 'not proved' : verdict
  return `${backupId} is ${words}.${because === null ? '' : ` ${because}`}`
}

const restoresOf: Readonly<Record<SystemName, string>> = {
  kiok: 'KI-3, or KI-4 where the cluster is up',
  chango: 'CH-4, or CH-5 where the cluster is up',
  kiseki: 'KS-5, which says what can be read',
  armada: 'AR-2, or AR-3 for one table',
  kindling: 'KD-1, or KD-6 for a volume',
}

/** Documented: kiok uploads an unchanged store not again. Inferred: new backups then point to the damaged object, too. */
const whenBadAgain: Readonly<Partial<Record<SystemName, string>>> = {
  kiok: 'A store that did not change is not uploaded again, so the new backup points to the damaged object: put its bytes back from a copy with the same hash, or change that store, then take another one.',
}

function newBackupWords(system: SystemName): readonly string[] {
  const takes: Readonly<Record<SystemName, string>> = {
    kiok: 'Take a backup (Snapshot in this console). A change to every store before it keeps it from pointing to a damaged object.',
    chango: 'Take a backup (Snapshot in this console).',
    kiseki: 'Take a snapshot. It holds no data: copy the data folders of stopped nodes, too.',
    armada: 'Take a backup of every table into a new folder (Snapshot in this console).',
    kindling: 'Take a full backup of the database, and one of each volume (Snapshot in this console).',
  }
  return [takes[system]]
}
