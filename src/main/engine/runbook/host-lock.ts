import { isHoldfastError } from '../../../shared/domain/error.ts'
import { printable } from '../../../shared/domain/printable.ts'
import type { ActionStep, ChoiceStep, Known, Outcome, StepContext } from '../../ports/runbook.ts'
import { mustRunOn, notThere, onEachHost, type HostAccess } from './on-host.ts'
import { done, failed, notYet, whereFailing } from './outcomes.ts'
import { action, choice } from './steps.ts'

/**
 * Two desks on two machines must not run two runbooks on one cluster: whose folder stands there first has it. It is moved there with
 * what it says, so that there is never one that says nothing. What follows the first three arguments are runs that are closed: theirs
 * is moved away before, so that of two that try it only one does.
 */
const take = `umask 022
lock=$1 run=$2 about=$3 own=$1.$2
shift 3
here=$(head -n 1 -- "$lock/run" 2>/dev/null)
rm -rf -- "$own" || exit 1
for closed do
  [ "$here" = "$closed" ] && mv -f -T -- "$lock" "$own" 2>/dev/null && rm -rf -- "$own"
done
mkdir -- "$own" && printf '%s\n%s\n' "$run" "$about" >"$own/run"
if [ -s "$own/run" ]; then mv -f -T -- "$own" "$lock" 2>/dev/null || rm -rf -- "$own"
else rm -rf -- "$own"; exit 1
fi
cat -- "$lock/run"`
const give = `[ "$(head -n 1 -- "$1/run" 2>/dev/null)" != "$2" ] || rm -r -- "$1"`

/** What steps learn of a lock that another run has on a host: its id and what it says of itself. */
const foundName = 'lock.found '
/** The runs whose locks may be taken away. */
const closedName = 'lock.closed'

export interface HostLock {
  /** The lock, and before it a choice that is needed only where another run has left its own. */
  readonly takeIt: readonly [ChoiceStep, ActionStep]
  readonly giveItBack: ActionStep
}

/** The folder that says that a run is at a cluster's hosts, and the step that takes it away again. */
export function hostLock(
  hosts: readonly HostAccess[],
  // Those that are there: some may be lost.
  only: (known: Known) => readonly HostAccess[] = () => hosts,
): HostLock {
  const onEach = async (
    context: StepContext,
    work: (host: HostAccess) => Promise<Outcome>,
  ): Promise<Outcome> => onEachHost(only(context.known), context, work)
  const touches = `A lock folder in /var/tmp on ${hosts.map(({ address }) => address).join(', ')}.`
  return {
    takeIt: [
      choice({
        id: 'lock-left',
        section: 'before',
        title: 'Decide about the lock that another run has left',
        why: 'A run that is given up while a host cannot be reached leaves its lock there.',
        notNeeded: (known) => (locksFound(known).length > 0 ? null : 'No other run is at these hosts.'),
        options: async ({ known }) => Promise.resolve(optionsFor(locksFound(known))),
      }),
      action({
        id: 'take-lock',
        section: 'before',
        title: 'Keep other desks off these hosts',
        why: 'Two people who restore the same cluster at once destroy each other’s work.',
        touches,
        undo: 'The folder is removed at the end, and where the run is abandoned.',
        damage: 0,
        endsWithRun: true,
        act: async (context) => onEach(context, async (host) => lockIfReached(host, context)),
        look: async (context) => onEach(context, async (host) => look(host, context)),
        takeBack: async (context) => onEach(context, async (host) => unlockIfReached(host, context)),
      }),
    ],
    giveItBack: action({
      id: 'give-lock-back',
      section: 'after',
      title: 'Let other desks on these hosts again',
      why: 'The lock would keep the next recovery off.',
      touches,
      damage: 0,
      act: async (context) => onEach(context, async (host) => unlock(host, context)),
      look: async (context) => onEach(context, async (host) => lookGiven(host, context)),
    }),
  }
}

interface FoundLock {
  readonly run: string
  readonly where: string
  readonly about: string
}

function locksFound(known: Known): readonly FoundLock[] {
  return [...known].flatMap(([name, value]) => {
    if (!name.startsWith(foundName) || value === '') return []
    const [run = '', ...about] = value.split('\n')
    return [{ run, where: name.slice(foundName.length), about: about.join(' ') }]
  })
}

function optionsFor(found: readonly FoundLock[]) {
  const says = found.map(({ run, where, about }) => `${where}: ${namedBy(run, about)}.`)
  const runs = [...new Set(found.map(({ run }) => run))]
  return [
    {
      id: 'open',
      label: 'It goes on, or nobody knows',
      says: [...says, 'Nothing is taken away; ask who began it, and go on with that run or close it.'],
      notPossible: null,
      advised: true,
      learnt: { [closedName]: '' },
    },
    {
      id: 'closed',
      label: `${runs.join(' and ')} ${runs.length === 1 ? 'is' : 'are'} closed there: take the lock away`,
      says: [...says, 'Only that lock is taken away; where it is another one by now, it stays.'],
      notPossible: null,
      advised: false,
      learnt: { [closedName]: runs.join(' ') },
    },
  ]
}

/** Nothing was asked of a host that was not reached. */
async function lockIfReached(host: HostAccess, context: StepContext): Promise<Outcome> {
  try {
    return await lock(host, context)
  } catch (error) {
    if (!isHoldfastError(error, 'host.unreachable')) throw error
    const { what, why } = error.text
    return failed([`${host.address} cannot be locked.`, what, why ?? ''].join(' ').trim(), {
      next: 'Reach it, and go on. A host that is lost is fenced first (its power, or its way to the others), and taken out of the connection of the cluster; then close this run, and begin it again.',
    })
  }
}

async function lock(host: HostAccess, context: StepContext): Promise<Outcome> {
  const folder = folderOf(context)
  const closed = (context.known.get(closedName) ?? '').split(' ').filter((run) => run !== '')
  const { stdout } = await mustRunOn(
    host,
    {
      argv: ['/bin/sh', '-c', take, 'sh', folder, context.runId, aboutRun(context), ...closed],
      deadlineMs: 30_000,
    },
    context,
  )
  return judge(stdout, host, folder, context)
}

async function look(host: HostAccess, context: StepContext): Promise<Outcome> {
  const folder = folderOf(context)
  const said = await read(host, context)
  return said === null ? notYet(`${host.address} is not locked.`) : judge(said, host, folder, context)
}

async function lookGiven(host: HostAccess, context: StepContext): Promise<Outcome> {
  const said = await read(host, context)
  return said !== null && said.split('\n')[0] === context.runId
    ? notYet(`${host.address} is locked for this run.`)
    : done(`${host.address} is not locked by this run.`)
}

/** Null: nobody has locked it. */
async function read(host: HostAccess, context: StepContext): Promise<string | null> {
  const script = `[ -e "$1/run" ] || exit ${notThere}; cat -- "$1/run"`
  const { code, stdout } = await mustRunOn(
    host,
    { argv: ['/bin/sh', '-c', script, 'sh', folderOf(context)], deadlineMs: 30_000 },
    context,
    [0, notThere],
  )
  return code === 0 ? stdout : null
}

function judge(said: string, host: HostAccess, folder: string, { runId }: StepContext): Outcome {
  const [first = '', second = ''] = said.split('\n')
  const learns = `${foundName}${host.address}`
  if (first === runId) return done(`${host.address} is locked for this run.`, { learnt: { [learns]: '' } })
  const [run, about] = [printable(first.trim().slice(0, 80)), printable(second.trim().slice(0, 120))]
  return failed(`${host.address} is locked by another run: ${namedBy(run, about)}.`, {
    learnt: { [learns]: `${run}\n${about}` },
    next: `Find out who runs it. Once it is closed, say so in the step before this one; ${folder} on ${host.address} is then taken away.`,
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

/** A host that cannot be reached keeps no other one locked. */
async function unlockIfReached(host: HostAccess, context: StepContext): Promise<Outcome> {
  const outcome = await whereFailing(async () => unlock(host, context), 'failed')
  if (outcome.state === 'done') return outcome
  return {
    ...outcome,
    sentence: `The lock on ${host.address} may still be there. ${outcome.sentence}`,
    next: `The next run there finds it and offers to take it away; or remove ${folderOf(context)} on ${host.address}.`,
  }
}

function aboutRun({ beganMs, startedBy }: StepContext): string {
  return `begun ${new Date(beganMs).toISOString()} by ${printable(startedBy).slice(0, 60)}`
}

function namedBy(run: string, about: string): string {
  return about === '' ? run : `${run}, ${about}`
}

/** By the cluster's name in letters that any shell and file system takes. */
function folderOf({ setting }: StepContext): string {
  return `/var/tmp/holdfast-${encodeURIComponent(setting.cluster.name)}.lock`
}
