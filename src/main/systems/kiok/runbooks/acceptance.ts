import {
  demandDone,
  demandSuccess,
  objectOf,
  firstText,
  excerptOf,
} from '../../../engine/live/http-replies.ts'
import { probesSay } from '../../../engine/runbook/probes.ts'
import { done, failed, knownAs, notYet, unknown } from '../../../engine/runbook/outcomes.ts'
import { action, check, manual, wait } from '../../../engine/runbook/steps.ts'
import type { RunbookInput, RunbookSetting, Step } from '../../../ports/runbook.ts'
import { openApi, usualDeadlineMs } from '../live/api.ts'
import { kiokDriver } from '../live/driver.ts'
import { safetyBackup } from './backups.ts'
import { contentsAfter } from './contents.ts'
import { curl } from './curl.ts'
import { savedLogin, tryLogin } from './logins.ts'
import { read, set } from './maintenance.ts'
import { allAnswer, isReady } from './masters.ts'
import type { KiokSite } from './site.ts'

export const canaryInput: RunbookInput = {
  name: 'canaryDag',
  label: 'Harmless DAG',
  help: 'Run once at the end, to see that work is done again. Empty: somebody runs one by hand.',
  example: 'hello',
  required: false,
  usual: '',
}

/** Rows that there are only where an older state was put back. */
const ofRestores: ReadonlySet<string> = new Set(['accept-revoked', 'maintenance-off', 'accept-wider'])

/** The acceptance sheet where nothing was restored. */
export function acceptAsItWas(site: KiokSite, setting: RunbookSetting): readonly Step[] {
  return accept(site, setting).filter(({ id }) => !ofRestores.has(id))
}

/** The acceptance sheet of kiok. Not open to users before each row is green, or excepted. */
export function accept(site: KiokSite, setting: RunbookSetting): readonly Step[] {
  const row = { section: 'accept', skip: 'operator' } as const
  const canary = setting.inputs['canaryDag'] ?? ''
  return [
    check({
      ...row,
      id: 'accept-process',
      title: 'Every master answers',
      why: 'A master that is down is found now, or at the next failure.',
      look: async (context) => allAnswer(site, context),
    }),
    wait({
      ...row,
      id: 'accept-ready',
      title: 'Every master is ready, with a worker',
      why: 'Ready is said only with every master and at least one worker.',
      atMostMs: 5 * 60_000,
      look: async (context) => isReady(site, context, 'all'),
    }),
    manual({
      ...row,
      id: 'accept-members',
      title: 'Compare the members',
      why: 'No route tells who is a member; the page does.',
      does: [
        'Open Settings, Topology in kiok’s own UI.',
        'One leader, every master and every worker of before are listed.',
      ],
      asks: { label: 'What is missing, or: all are there', learns: 'accept.members' },
    }),
    check({
      ...row,
      id: 'accept-access',
      title: 'The administrator logs in',
      why: 'Nobody can do anything about the rest otherwise.',
      look: async (context) => {
        const login = await savedLogin(site, context)
        const answer = await tryLogin(site, login, context)
        if (answer.kind === 'taken') return done(`${login.user} logs in, and no new password is asked for.`)
        return answer.kind === 'notNow'
          ? notYet(`The login is answered with ${answer.status}.`)
          : failed(`${login.user} does not log in with the saved password.`, {
              next: 'Save the right one; where nobody knows it, KI-6.',
            })
      },
    }),
    manual({
      ...row,
      id: 'accept-revoked',
      title: 'Take back access that came to life again',
      why: 'Users, access keys and rights that were removed since the backup are there again.',
      does: [
        'Compare users, groups and access keys in Settings, IAM with who left or was blocked since the backup.',
        'Remove what must not be there.',
      ],
      asks: { label: 'Who was removed again, or: nobody', learns: 'accept.revoked' },
    }),
    manual({
      ...row,
      id: 'accept-keys',
      title: 'Use a connection that was saved before',
      why: 'Its secret is sealed with a key that only the right master key opens.',
      does: ['Test a saved connection in kiok’s own UI, or run a harmless DAG that uses one.'],
      asks: { label: 'Which connection was used', learns: 'accept.connection' },
    }),
    contentsAfter(site),
    manual({
      ...row,
      id: 'accept-log',
      title: 'Open one old log',
      why: 'Job logs are a store of their own.',
      does: ['Open the log of a task that ended before the failure.'],
      asks: { label: 'Which run and task', learns: 'accept.log' },
    }),
    action({
      ...row,
      id: 'maintenance-off',
      title: 'Switch maintenance off',
      why: 'After a restore it is as the backup had it, and while it is on nobody can run anything. DAGs with catchup begin as soon as it is off: pause before what must not run.',
      touches: 'The whole cluster: it schedules again.',
      damage: 1,
      act: async (context) => set(false, site, context),
      look: async (context) =>
        (await read(site, context)) === true ? notYet('Maintenance is on.') : done('Maintenance is off.'),
    }),
    ...canaryRun(site, canary),
    manual({
      ...row,
      id: 'accept-wider',
      title: 'Look at what catches up',
      why: 'DAGs with catchup make up for every run since the backup, all at once (documented: scheduler).',
      does: ['Look at the list of runs; pause what must not run now.'],
    }),
    check({
      ...row,
      id: 'accept-schedule',
      title: 'Backups are scheduled again',
      why: 'A schedule that is off is noticed only when the next backup is missed.',
      look: async (context) =>
        probesSay(kiokDriver.connect(context.setting.cluster.connection), context, {
          ids: ['schedule'],
          enough: ['ok'],
        }),
    }),
    ...safetyBackup(site, {
      id: 'accept-backup',
      section: 'accept',
      title: 'Take a new backup',
      why: 'It shows that the target still works, and is the first one of the new state.',
    }),
  ]
}

function canaryRun(site: KiokSite, dag: string): readonly Step[] {
  const row = { section: 'accept', skip: 'operator' } as const
  const title = 'Run something harmless'
  const why = 'Work is done again only when a worker has done some.'
  if (dag === '') {
    return [
      manual({
        ...row,
        id: 'accept-canary',
        title,
        why,
        does: ['Run a harmless DAG and wait for SUCCESS.'],
        asks: { label: 'Which run', learns: 'accept.run' },
      }),
    ]
  }
  const path = `/api/v1/dags/${encodeURIComponent(dag)}/runs`
  return [
    action({
      ...row,
      id: 'accept-canary',
      title,
      why,
      touches: `One run of ${dag}.`,
      twin: curl(site, 'POST', path),
      damage: 0,
      act: async ({ session }) => {
        const api = await openApi(session, site.connection)
        const reply = await api.send({ method: 'POST', path, body: {}, deadlineMs: usualDeadlineMs })
        demandDone(reply, {
          refused: `No run of ${dag} was begun.`,
          unknown: `Whether a run of ${dag} was begun is not known`,
        })
        // Documented by an example alone: the names of the fields are not fixed.
        const run = firstText(objectOf(reply, 'The reply cannot be read:'), ['runId', 'id', 'dagRunId'])
        return run === null
          ? unknown(`A run of ${dag} was begun; which one, the reply does not say: ${excerptOf(reply)}`)
          : done(`Run ${run} of ${dag} was begun.`, { learnt: { [runName]: run } })
      },
      look: async ({ known }) => {
        const run = known.get(runName)
        return Promise.resolve(
          run === undefined
            ? notYet(
                `Whether a run of ${dag} was begun cannot be told from here. One more run of it is harmless.`,
              )
            : done(`Run ${run} of ${dag} was begun.`),
        )
      },
    }),
    wait({
      ...row,
      id: 'accept-canary-success',
      title: 'Wait for its success',
      why,
      atMostMs: 10 * 60_000,
      look: async ({ session, known }) => {
        const run = knownAs(known, runName)
        const api = await openApi(session, site.connection)
        const reply = await api.send({
          method: 'GET',
          path: `/api/v1/runs/${encodeURIComponent(run)}`,
          deadlineMs: usualDeadlineMs,
        })
        demandSuccess(reply, `Run ${run} could not be read.`)
        // Documented (scheduler): PENDING, RUNNING, SUCCESS, FAILED, CANCELLED.
        const state = firstText(objectOf(reply, 'The run cannot be read:'), ['state', 'status']) ?? 'unknown'
        if (state === 'SUCCESS') return done(`Run ${run} ended with SUCCESS.`)
        return state === 'FAILED' || state === 'CANCELLED'
          ? failed(`Run ${run} ended with ${state}.`, { next: 'Read its log.' })
          : notYet(`Run ${run} is ${state}.`)
      },
    }),
  ]
}

const runName = 'canary.run'
