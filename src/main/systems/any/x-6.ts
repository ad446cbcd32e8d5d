import { HoldfastError } from '../../../shared/domain/error.ts'
import { drillPhaseWords, measuredRtoMs, tookWords } from '../../../shared/domain/drill.ts'
import { bytesWords } from '../../../shared/domain/size-words.ts'
import { chooseBackup, chosenBackup } from '../../engine/runbook/choose-backup.ts'
import { done, failed, knownAs, notYet } from '../../engine/runbook/outcomes.ts'
import { action, check } from '../../engine/runbook/steps.ts'
import { sh } from '../../engine/runbook/twins.ts'
import type { RecoveryTarget } from '../../ports/recovery.ts'
import type { Runbook, RunbookSetting, Step, StepContext } from '../../ports/runbook.ts'
import { hostOf, mentionedHosts } from './cluster-hosts.ts'

const folderInput = 'folder'
const planHash = 'plan.hash'

/** The bytes alone: fetched, proved, unpacked beside nothing, timed, and removed again. */
export const rehearsal: Runbook = {
  id: 'X-6',
  system: null,
  title: 'Rehearse with the bytes of a backup',
  when: 'Nothing is wrong, and it shall be known how long a restore takes and whether one is possible.',
  costs: [],
  inputs: [
    {
      name: folderInput,
      label: 'Folder for the rehearsal',
      help: 'A folder of its own is made in it, filled and removed again. Not on a host of the cluster. An absolute path of this computer, or ssh://user@host:port/path.',
      example: '/var/tmp/rehearsals',
      required: true,
      usual: '',
    },
  ],
  steps,
}

function steps(setting: RunbookSetting): readonly Step[] {
  const folder = folderOf(setting.inputs[folderInput] ?? '')
  return [
    notProduction(folder, setting),
    ...chooseBackup({ isRehearsal: true }),
    check({
      id: 'plan-drill',
      section: 'before',
      title: 'Plan the restore into an empty folder',
      why: 'What is removed at the end must be nothing but what the rehearsal has put there.',
      touches: `Looks at ${folder}.`,
      look: async (context) => {
        const { recovery, known } = context
        const target = placeOf(folder, context)
        const [other] = await recovery.standing(target)
        if (other !== undefined) {
          return failed(`${target.address} is not empty: ${other} stands there.`, {
            next: 'Take back what a step of this run has put there, or begin another rehearsal.',
          })
        }
        const plan = await recovery.plan(knownAs(known, chosenBackup.id), target)
        return done(`${plan.says.join(' ')} Nothing is replaced.`, {
          evidence: [{ name: 'plan', value: plan.hash }],
          learnt: { [planHash]: plan.hash },
        })
      },
    }),
    unpack(folder, setting.cluster.name),
    cleanUp(folder),
  ]
}

function notProduction(folder: string, setting: RunbookSetting): Step {
  return check({
    id: 'not-production',
    section: 'before',
    title: 'Check that the folder is none of the cluster’s',
    why: 'A rehearsal on a host that serves takes its disk, its memory and, by one wrong path, its data.',
    touches: '',
    look: async () => {
      const host = folder.startsWith('ssh://') ? hostOf(folder) : null
      if (host === null) return done('It is a folder of this computer.')
      return mentionedHosts(setting).has(host)
        ? failed(`${host} is a host of ${setting.cluster.name}.`, {
            next: 'Abandon this run, and begin a rehearsal on another host.',
          })
        : done(`${host} is in no part of the connection of ${setting.cluster.name}.`)
    },
  })
}

function unpack(folder: string, name: string): Step {
  return action({
    id: 'unpack',
    section: 'restore',
    title: 'Fetch, decrypt, unpack, and read every byte back',
    why: 'Only a backup that was restored is known to be one.',
    touches: `Fills a folder of its own in ${folder}.`,
    undo: 'The folder is emptied again, also where the run is abandoned.',
    endsWithRun: true,
    // On this computer one command does the next step, too; elsewhere the restore says which name confirms it.
    twin: folder.startsWith('/')
      ? sh`holdfast drill BACKUP ${`--cluster=${name}`} --scratch ${folder}`
      : sh`holdfast restore BACKUP ${`--cluster=${name}`} --target ${folder}/DRILL`,
    damage: 0,
    act: async (context) => {
      const { recovery, known, progress } = context
      const drill = await recovery.drill(
        knownAs(known, chosenBackup.id),
        placeOf(folder, context),
        knownAs(known, planHash),
        progress,
      )
      const rtoMs = measuredRtoMs(drill)
      return done(
        `${bytesWords(drill.plainBytes)} were restored, and every byte was read back. ${drill.outcome.kind === 'readable' ? drill.outcome.because : ''}`.trimEnd(),
        {
          evidence: [
            ...(rtoMs === null ? [] : [{ name: 'took', value: tookWords(rtoMs) }]),
            ...drill.phases.map(({ name, tookMs, bytes }) => ({
              name: drillPhaseWords[name],
              value: `${tookWords(tookMs)}, ${bytesWords(bytes)}`,
            })),
            ...drill.notMeasured.map((value) => ({ name: 'not measured', value })),
          ],
        },
      )
    },
    look: async (context) => {
      const state = await context.recovery.state(placeOf(folder, context), knownAs(context.known, planHash))
      switch (state.kind) {
        case 'done':
          return done(state.result.sentence)
        case 'none':
          return notYet('Nothing of the rehearsal stands there.')
        case 'unfinished':
          return notYet(`${state.sentence} Going on ends it first.`)
      }
    },
    takeBack: async (context) => emptied(folder, context),
  })
}

function cleanUp(folder: string): Step {
  return action({
    id: 'clean-up',
    section: 'after',
    title: 'Remove what was unpacked',
    why: 'It is the cluster’s data in the open.',
    touches: `Removes what this run has put into ${folder}.`,
    damage: 0,
    act: async (context) => emptied(folder, context),
    look: async (context) => {
      const target = placeOf(folder, context)
      const standing = await context.recovery.standing(target)
      return standing.length === 0
        ? done(`Nothing is left in ${target.address}.`)
        : notYet(`${standing.join(', ')} still stand in ${target.address}.`)
    },
  })
}

async function emptied(folder: string, context: StepContext) {
  const target = placeOf(folder, context)
  const { removed } = await context.recovery.endDrill(target)
  return done(
    removed.length === 0
      ? `Nothing is left in ${target.address}.`
      : `${removed.join(', ')} are removed from ${target.address}.`,
  )
}

/** Of the run, so that it was never there before. */
function placeOf(folder: string, { runId }: Pick<StepContext, 'runId'>): RecoveryTarget {
  return { address: `${folder}/holdfast-drill-${runId}` }
}

function folderOf(text: string): string {
  const folder = text.replace(/\/+$/, '')
  if (/^(ssh:\/\/[^/]+)?\/[^\0\n]*[^/\0\n]$/.test(folder)) return folder
  throw new HoldfastError('usage', {
    what: `${JSON.stringify(text)} is no folder for a rehearsal.`,
    next: 'Give an absolute path, or ssh://user@host:port/path.',
  })
}
