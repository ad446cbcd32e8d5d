import { isHoldfastError } from '../../../../shared/domain/error.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import { defineAlive } from '../../../engine/runbook/alive.ts'
import {
  forgetKeptCommand,
  keptEnd,
  runKept,
  type KeptCommand,
  type KeptEnd,
} from '../../../engine/runbook/kept-command.ts'
import type { HostAccess } from '../../../engine/runbook/on-host.ts'
import { done, failed, notYet, unknown } from '../../../engine/runbook/outcomes.ts'
import { mustShellOn } from '../../../engine/runbook/shell-on.ts'
import { action } from '../../../engine/runbook/steps.ts'
import { sh } from '../../../engine/runbook/twins.ts'
import type { MasterKey } from '../../../ports/master-key.ts'
import type { ActionStep, Outcome, StepContext } from '../../../ports/runbook.ts'
import { keyEnvironment } from './master-key.ts'
import { placeOf, type Site } from './site.ts'

/** Documented (cluster-operations): the start scripts go into the background; what they wrote of the process is beside them. */
const pids = `${defineAlive}for file in "$1"/bin/$2*.pid; do
[ -e "$file" ] || continue
read -r pid <"$file" || :
case $pid in ''|*[!0-9]*) ;; *) alive "$pid" && echo "$pid";; esac
done
:`

/** The last words of whatever log is the newest; the documents do not agree on its name. */
const lastWords = `cd -- "$1" 2>/dev/null || exit 0
file=$(ls -t -- *master*.log *master*.out 2>/dev/null | head -n 1)
[ -n "$file" ] && tail -n 5 -- "$file" | cut -c 1-300
:`

type Own = Pick<ActionStep, 'id' | 'section' | 'title' | 'why'>

/** Starts the master of one host with the key in the environment of its start command, and nowhere else. */
export function startMaster(host: HostAccess, site: Site, own: Own): ActionStep {
  const script = sh`IFS= read -r K; export CHANGO_MASTER_KEY="$K"; exec ${startArguments(site)} </dev/null`
  return action({
    ...own,
    touches: `Starts the master on ${host.address}.`,
    undo: 'The master that it started is stopped again.',
    twin: sh`sudo -n -u ${site.user} env JAVA_HOME=${site.javaHome} bash -c ${script}   # on ${host.address}, the key ($CHANGO_MASTER_KEY) on standard input`,
    damage: 1,
    expected: { ms: 120_000, source: 'documented' },
    act: async (context) => {
      const running = await pidsOn(host, 'master', site, context)
      if (running.length > 0) {
        return failed(`A master runs on ${host.address} already, as process ${running.join(', ')}.`, {
          next: 'Find out who started it, and with which stores. Stop it, then go on.',
        })
      }
      const end = await runKept(
        host,
        { ...startCommand(host, site), secretEnvironment: await keyEnvironment(context) },
        context,
      )
      return startedOutcome(end, host, site, context)
    },
    look: async (context) =>
      startedOutcome(await keptEnd(host, startCommand(host, site), context), host, site, context),
    takeBack: async (context) => {
      const command = startCommand(host, site)
      const begun = await keptEnd(host, command, context)
      if (begun.kind === 'none')
        return done(`This run started no master on ${host.address}; one that runs there was left alone.`)
      const stopped = await stopOn(host, site, context)
      if (stopped.state === 'done') await forgetKeptCommand(host, command, context)
      return stopped
    },
  })
}

function startArguments({ home, zookeeper, root }: Site): readonly [string, ...string[]] {
  return [
    `${home}/bin/start-master.sh`,
    `-Dchango.zk.serverList=${zookeeper}`,
    `-Dchango.zk.rootPath=${root}`,
  ]
}

function startCommand(host: HostAccess, site: Site): KeptCommand {
  return {
    name: `start-master-${placeOf(host, site)}`,
    argv: startArguments(site),
    asUser: site.user,
    folder: site.home,
    environment: { JAVA_HOME: site.javaHome },
    deadlineMs: 120_000,
  }
}

async function startedOutcome(
  end: KeptEnd,
  host: HostAccess,
  site: Site,
  context: StepContext,
): Promise<Outcome> {
  if (end.kind === 'none') return notYet(`The master on ${host.address} was not started by this run.`)
  if (end.kind === 'running') {
    return unknown(`The start script on ${host.address} is still running.`, { next: 'Look again.' })
  }
  const running = await pidsOn(host, 'master', site, context)
  const evidence = [
    {
      name: `start-master.sh on ${host.address}`,
      value: end.kind === 'ended' ? `ended with ${end.code}` : 'is gone',
    },
    { name: `process on ${host.address}`, value: running.join(', ') },
  ]
  if (running.length > 0) {
    return done(`The master on ${host.address} runs as process ${running.join(', ')}.`, { evidence })
  }
  const logged = await lastWordsOf(host, site, context)
  const words = logged === '' && end.kind === 'ended' ? await withoutKeys(end.said, context) : logged
  // A script that is gone without a word and a process (a reboot): nothing runs, so it may be asked for again.
  if (end.kind === 'gone')
    return notYet(`No master runs on ${host.address}; its start was cut short.`, { evidence })
  return failed(
    `The master on ${host.address} does not run.${words === '' ? '' : ` Its last words: ${words}`}`,
    {
      evidence,
      next: 'A wrong key, a store of another version or ZooKeeper is named in its log. Take this step back, and what was done before it; or mend it and go on.',
    },
  )
}

/** What the master said last, in one line. */
export async function lastWordsOf(host: HostAccess, site: Site, context: StepContext): Promise<string> {
  const said = await mustShellOn(host, { script: lastWords, args: [site.logs], asUser: site.user }, context)
  return withoutKeys(printable(said.trim().replace(/\s+/g, ' ')), context)
}

/** What a host says is the host's; whatever it holds, the key goes no further. */
export async function withoutKeys(text: string, { session }: Pick<StepContext, 'session'>): Promise<string> {
  let safe = text
  if (safe === '') return safe
  for (const key of await session.masterKeys()) {
    const known = textOf(key)
    if (known !== null) safe = safe.replaceAll(known, '$CHANGO_MASTER_KEY')
  }
  return safe
}

function textOf(key: MasterKey): string | null {
  try {
    return key.reveal()
  } catch (error) {
    // What is no text stands in none.
    if (isHoldfastError(error, 'key.wrong')) return null
    throw error
  }
}

export async function stopOn(host: HostAccess, site: Site, context: StepContext): Promise<Outcome> {
  const before = await pidsOn(host, 'master', site, context)
  if (before.length === 0) return done(`No master runs on ${host.address}.`)
  // Its name holds the process: each one is told to stop once.
  const end = await runKept(
    host,
    {
      name: `stop-master-${before.join('-')}`,
      argv: [`${site.home}/bin/stop-master.sh`],
      asUser: site.user,
      folder: site.home,
      environment: { JAVA_HOME: site.javaHome },
      deadlineMs: 120_000,
    },
    context,
  )
  const after = await pidsOn(host, 'master', site, context)
  const evidence = [
    {
      name: `stop-master.sh on ${host.address}`,
      value: end.kind === 'ended' ? `ended with ${end.code}` : end.kind,
    },
  ]
  if (after.length === 0) return done(`The master on ${host.address} is stopped.`, { evidence })
  return unknown(`The master on ${host.address} still runs as process ${after.join(', ')}.`, {
    evidence,
    next: 'It may need a moment: look again.',
  })
}

/** Stops masters one after another, in the order given. */
export function stopMaster(host: HostAccess, site: Site, own: Own): ActionStep {
  return action({
    ...own,
    touches: `Stops the master on ${host.address}.`,
    undo: 'It is started again with the master key.',
    twin: sh`sudo -n -u ${site.user} env JAVA_HOME=${site.javaHome} ${site.home}/bin/stop-master.sh   # on ${host.address}`,
    damage: 1,
    act: async (context) => stopOn(host, site, context),
    look: async (context) => {
      const running = await pidsOn(host, 'master', site, context)
      return running.length === 0
        ? done(`The master on ${host.address} is stopped.`)
        : notYet(`The master on ${host.address} runs as process ${running.join(', ')}.`)
    },
  })
}

/** Folders of a process are not moved under it: whoever has started it since. */
export async function whileStopped(
  what: 'master' | 'zookeeper',
  host: HostAccess,
  site: Site,
  context: StepContext,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  const running = await pidsOn(host, what, site, context)
  if (running.length === 0) return work()
  const [name, stop] = what === 'master' ? ['A master', 'stop-master.sh'] : ['ZooKeeper', 'stop-zk.sh']
  return failed(
    `${name} runs on ${host.address} as process ${running.join(', ')}: nothing is moved under it.`,
    {
      next: `Stop it: ${sh`sudo -u ${site.user} ${site.home}/bin/${stop}`}. Then go on.`,
    },
  )
}

/** Live processes that the scripts of this installation have written down. */
export async function pidsOn(
  host: HostAccess,
  what: 'master' | 'zookeeper' | 'node-manager',
  site: Site,
  context: StepContext,
): Promise<readonly string[]> {
  const said = await mustShellOn(host, { script: pids, args: [site.home, what], asUser: site.user }, context)
  return said.split('\n').filter((line) => line !== '')
}
