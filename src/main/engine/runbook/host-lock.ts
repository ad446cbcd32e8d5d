import { printable } from '../../../shared/domain/printable.ts'
import type { Outcome, Step, StepContext } from '../../ports/runbook.ts'
import { mustRunOn, onEachHost, runOn, type HostAccess } from './on-host.ts'
import { done, failed, notYet } from './outcomes.ts'
import { action } from './steps.ts'

/** Two desks on two machines must not run two runbooks on one cluster: who makes the folder first has it. */
const take = `umask 077; mkdir -- "$1" 2>/dev/null && printf '%s\\n' "$2" >"$1/run"; cat -- "$1/run"`
const give = `[ "$(cat -- "$1/run" 2>/dev/null)" != "$2" ] || rm -r -- "$1"`

/** The folder that says that a run is at a cluster's hosts, and the step that takes it away again. */
export function hostLock(hosts: readonly HostAccess[]): { readonly takeIt: Step; readonly giveItBack: Step } {
  const touches = `A lock folder in /var/tmp on ${hosts.map(({ address }) => address).join(', ')}.`
  return {
    takeIt: action({
      id: 'take-lock',
      section: 'before',
      title: 'Keep other desks off these hosts',
      why: 'Two people who restore the same cluster at once destroy each other’s work.',
      touches,
      undo: 'The folder is removed at the end.',
      damage: 0,
      act: async (context) => onEachHost(hosts, context, async (host) => lock(host, context)),
      look: async (context) => onEachHost(hosts, context, async (host) => look(host, context)),
      takeBack: async (context) => onEachHost(hosts, context, async (host) => unlock(host, context)),
    }),
    giveItBack: action({
      id: 'give-lock-back',
      section: 'after',
      title: 'Let other desks on these hosts again',
      why: 'The lock would keep the next recovery off.',
      touches,
      damage: 0,
      act: async (context) => onEachHost(hosts, context, async (host) => unlock(host, context)),
      look: async (context) => onEachHost(hosts, context, async (host) => lookGiven(host, context)),
    }),
  }
}

async function lock(host: HostAccess, context: StepContext): Promise<Outcome> {
  const folder = folderOf(context)
  const { stdout } = await mustRunOn(
    host,
    { argv: ['/bin/sh', '-c', take, 'sh', folder, context.runId], deadlineMs: 30_000 },
    context,
  )
  return judge(stdout, host, folder, context)
}

async function look(host: HostAccess, context: StepContext): Promise<Outcome> {
  const folder = folderOf(context)
  const { code, stdout } = await runOn(
    host,
    { argv: ['cat', '--', `${folder}/run`], deadlineMs: 30_000 },
    context,
  )
  return code === 0 ? judge(stdout, host, folder, context) : notYet(`${host.address} is not locked.`)
}

async function lookGiven(host: HostAccess, context: StepContext): Promise<Outcome> {
  const { code, stdout } = await runOn(
    host,
    { argv: ['cat', '--', `${folderOf(context)}/run`], deadlineMs: 30_000 },
    context,
  )
  return code === 0 && stdout.trim() === context.runId
    ? notYet(`${host.address} is locked for this run.`)
    : done(`${host.address} is not locked by this run.`)
}

function judge(said: string, host: HostAccess, folder: string, { runId }: StepContext): Outcome {
  if (said.trim() === runId) return done(`${host.address} is locked for this run.`)
  return failed(`${host.address} is locked by another run, ${printable(said.trim().slice(0, 80))}.`, {
    next: `Find out who runs it. If it is certainly over, remove ${folder} on ${host.address}.`,
  })
}

async function unlock(host: HostAccess, context: StepContext): Promise<Outcome> {
  await mustRunOn(
    host,
    { argv: ['/bin/sh', '-c', give, 'sh', folderOf(context), context.runId], deadlineMs: 30_000 },
    context,
  )
  return done(`${host.address} is not locked by this run.`)
}

/** By the cluster's name in letters that any shell and file system takes. */
function folderOf({ setting }: StepContext): string {
  return `/var/tmp/holdfast-${encodeURIComponent(setting.cluster.name)}.lock`
}
