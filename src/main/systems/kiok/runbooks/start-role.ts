import { spanWords } from '../../../../shared/domain/size-words.ts'
import { runOn, saidBy } from '../../../engine/runbook/on-host.ts'
import { done, failed, notYet, unknown } from '../../../engine/runbook/outcomes.ts'
import { action } from '../../../engine/runbook/steps.ts'
import { keyRun } from '../../../engine/runbook/twins.ts'
import type { ActionStep, Known, Outcome, StepContext } from '../../../ports/runbook.ts'
import { anyAnswers } from './masters.ts'
import { forgetMark, lookAt, markOf, pids, roleWords, type RoleAt, type Seen } from './role-process.ts'
import { as, userOn } from './site.ts'
import { argvOf, environmentOf, secretNamesOf, secretsOf, type StartedWith } from './start-environment.ts'
import { stopOn } from './stop-role.ts'

interface StartOf extends RoleAt, StartedWith {
  readonly title: string
  readonly why: string
  readonly notNeeded?: (known: Known) => string | null
}

/** Documented (installation): bin/start-ROLE.sh, `-D` before the environment before the file; pid files in bin, names not documented. */
const start = `mark=$1
cd -- "$2" || exit 1
shift 2
(umask 077; mkdir -p -- "\${mark%/*}" && : >"$mark") || exit 1
out=$(mktemp) || exit 1
"$@" </dev/null >"$out" 2>&1
code=$?
head -c 4000 -- "$out" >&2
rm -f -- "$out"
exit $code`

/** A start script that has not said anything for so long is not on its way any more. */
const startingMs = 60_000
/** The key and what opens the bucket reach the program through its standard input and its environment, and nothing else. */
export function startRole(of: StartOf): ActionStep {
  const { role, host, site, target } = of
  const user = userOn(site, host)
  return action({
    id: of.id,
    section: 'restore',
    title: of.title,
    why: of.why,
    touches: `${roleWords[role]} in ${site.installFolder} on ${host.address}.`,
    undo: 'What it started is stopped again.',
    twin: keyRun({
      address: host.address,
      user,
      folder: site.installFolder,
      secrets: secretNamesOf(target),
      environment: environmentOf(of),
      argv: argvOf(of),
    }),
    // Documented (operations): a leader waits 30 s, a worker 120 s, then they go on.
    expected: { ms: role === 'master' ? 30_000 : 120_000, source: 'documented' },
    damage: 1,
    ...(of.notNeeded !== undefined && { notNeeded: of.notNeeded }),
    act: async (context) => {
      const before = await lookAt(of, context)
      if (before.alive.length > 0) {
        if (role === 'master') return foreign(of, before)
        // Documented (configuration): one that found no leader for 60 s has given up, and does nothing until it is restarted.
        const stopped = await stopOn(role, host, site, context)
        if (stopped.state !== 'done') return stopped
      }
      const output = await runOn(
        host,
        {
          argv: ['/bin/sh', '-c', start, 'sh', markOf(of, context), site.installFolder, ...argvOf(of)],
          ...as(user),
          environment: environmentOf(of),
          secretEnvironment: await secretsOf(target, context),
          deadlineMs: 90_000,
        },
        context,
      )
      if (output.code === 0)
        return done(`${roleWords[role]} on ${host.address} was started.`, {
          learnt: { [`${of.id}.started`]: 'yes' },
        })
      const said = saidBy(output)
      return failed(
        `bin/start-${role}.sh on ${host.address} ended with ${output.code ?? output.signal ?? 'unknown'}.${said === '' ? '' : ` It says: ${said}`}`,
        { next: `Look at logs/kiok.log in ${site.installFolder} on ${host.address}.` },
      )
    },
    look: async (context) => lookWhether(of, context),
    takeBack: async (context) => {
      const { askedMs } = await lookAt(of, context)
      if (askedMs === null)
        return done(`This run started no ${role} on ${host.address}; one that runs there was left alone.`)
      const stopped = await stopOn(role, host, site, context)
      if (stopped.state === 'done') await forgetMark(of, context)
      return stopped
    },
  })
}

async function lookWhether(of: StartOf, context: StepContext): Promise<Outcome> {
  const { role, host, site } = of
  const seen = await lookAt(of, context)
  const learnt = { [`${of.id}.started`]: 'yes' }
  if (seen.alive.length > 0) {
    if (seen.askedMs === null && role === 'master') return foreign(of, seen)
    return seen.askedMs === null
      ? notYet(`A worker that this run did not start runs on ${host.address}; it is restarted.`)
      : done(`${roleWords[role]} runs on ${host.address}.`, { evidence: pids(seen.alive), learnt })
  }
  if (seen.askedMs === null) return notYet(`${roleWords[role]} on ${host.address} was not asked to start.`)
  // The names of the pid files are not documented: where none is found, one that answers tells as well.
  if (role === 'master' && site.masters.length === 1 && (await anyAnswers(site, context)))
    return done(`The master on ${host.address} answers.`, { learnt })
  if (seen.askedMs < startingMs) {
    return unknown(
      `${roleWords[role]} on ${host.address} was asked to start ${spanWords(seen.askedMs)} ago, and no process of it is seen yet.`,
      { next: 'Look again in a minute.' },
    )
  }
  return notYet(
    `${roleWords[role]} on ${host.address} was asked to start ${spanWords(seen.askedMs)} ago, and no process of it is left.`,
    { next: `Look at logs/kiok.log in ${site.installFolder} there; a wrong key ends it at once.` },
  )
}

function foreign({ role, host }: StartOf, { alive }: Seen): Outcome {
  return failed(`${roleWords[role]} that this run did not start runs on ${host.address}.`, {
    evidence: pids(alive),
    next: 'Find out who started it, and stop it.',
  })
}
