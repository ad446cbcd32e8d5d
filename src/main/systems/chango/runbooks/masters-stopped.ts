import { isHoldfastError } from '../../../../shared/domain/error.ts'
import { defineAlive } from '../../../engine/runbook/alive.ts'
import { sh } from '../../../engine/runbook/twins.ts'
import type { Fact } from '../../../ports/cluster-driver.ts'
import type { CheckStep, Outcome, StepContext } from '../../../ports/runbook.ts'
import { onEachHost, type HostAccess } from '../../../engine/runbook/on-host.ts'
import { done, failed, unknown } from '../../../engine/runbook/outcomes.ts'
import { mustShellOn } from '../../../engine/runbook/shell-on.ts'
import { check } from '../../../engine/runbook/steps.ts'
import { askGate } from './gate.ts'
import type { Site } from './site.ts'

/**
 * Documented (cluster-operations): a live follower pushes stale state back, so every master has to be down, not only the one
 * that is restored. Pid files have two names in the documents, hence the pattern.
 */
const look = `${defineAlive}for file in "$1"/bin/master*.pid; do
[ -e "$file" ] || continue
read -r pid <"$file" || :
case $pid in ''|*[!0-9]*) echo "pid unreadable $file";; *) if alive "$pid"; then echo "pid alive $pid"; else echo "pid dead $pid"; fi;; esac
done
cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | while read -r _ local _ state _; do
[ "$state" = 0A ] && echo "port \${local##*:}"
done
:`

/** Of ZooKeeper's own command line where the installation has it; its place is inferred. */
const nodes = `for tool in "$1"/bin/zkCli.sh "$1"/zookeeper*/bin/zkCli.sh "$1"/lib/zookeeper*/bin/zkCli.sh; do
[ -x "$tool" ] || continue
timeout 20 "$tool" -server "$2" ls "$3/nodes/masters" </dev/null 2>/dev/null | grep '^\\[' | tail -n 1
exit 0
done`

/** That no master of the cluster runs anywhere. */
export function mastersStopped(site: Site, own: Pick<CheckStep, 'id' | 'section' | 'title'>): CheckStep {
  return check({
    ...own,
    why: 'A master that lives, on whatever host, pushes its own state over the one that is restored.',
    touches: `Reads process files and ports on ${site.hosts.map(({ address }) => address).join(', ')}, and asks every address of a master.`,
    twin: sh`cat ${site.home}/bin/master*.pid; ss -ltn; ls /proc/PID`,
    look: async (context) => {
      const { masters } = site.config
      if (masters.length > site.hosts.length) {
        return failed(
          `${site.name} has ${masters.length} addresses of masters and ${site.hosts.length} hosts: whether all masters are stopped cannot be seen.`,
          { next: 'Save the host of every master under Connection.' },
        )
      }
      const overHttp = await silentOverHttp(site, context)
      if (overHttp.state === 'failed') return overHttp
      const onHosts = await onEachHost(site.hosts, context, async (host) => stoppedOn(host, site, context))
      if (onHosts.state !== 'done') return onHosts
      const inZooKeeper = await notRegistered(site, context)
      const evidence = [...overHttp.evidence, ...onHosts.evidence, ...inZooKeeper.evidence]
      if (inZooKeeper.state === 'failed') return { ...inZooKeeper, evidence }
      const words = [
        `No master of ${site.name} runs on its ${site.hosts.length === 1 ? 'host' : `${site.hosts.length} hosts`}.`,
        ...(overHttp.state === 'done' ? [] : [overHttp.sentence]),
        inZooKeeper.sentence,
      ]
      return done(words.join(' '), { evidence })
    },
  })
}

/** Any answer at all is a life sign; silence may also be a firewall, so it is no proof on its own. */
async function silentOverHttp(site: Site, context: StepContext): Promise<Outcome> {
  const evidence: Fact[] = []
  const unclear: string[] = []
  for (const origin of site.config.masters) {
    const { host } = new URL(origin)
    try {
      const { status } = await askGate(origin, site, context)
      evidence.push({ name: host, value: `answers ${status}` })
      return failed(`The master ${host} answers ${status}: it lives.`, {
        evidence,
        next: 'A cluster with a live master is not restored. Stop it first if its data is the wrong one, or let it lead.',
      })
    } catch (error) {
      if (!isHoldfastError(error) || error.code === 'cancelled') throw error
      evidence.push({ name: host, value: error.code })
      if (error.code !== 'master.unreachable') unclear.push(`${host}: ${error.text.what}`)
    }
  }
  return unclear.length === 0
    ? done('No master answers.', { evidence })
    : unknown(`Over HTTP it is not clear: ${unclear.join(' ')}`, { evidence })
}

/** That no master runs on one host. */
export async function stoppedOn(host: HostAccess, site: Site, context: StepContext): Promise<Outcome> {
  const said = await mustShellOn(host, { script: look, args: [site.home], asUser: site.user }, context)
  const lines = said.split('\n').map((line) => line.split(' '))
  const alive = lines.find(([kind, state]) => kind === 'pid' && state !== 'dead')
  const listening = new Set(
    lines.flatMap(([kind, hex]) => (kind === 'port' ? [parseInt(hex ?? '', 16)] : [])),
  )
  const open = site.ports.filter((port) => listening.has(port))
  const evidence = [
    { name: `pid files on ${host.address}`, value: pidWords(lines) },
    { name: `ports on ${host.address}`, value: open.length === 0 ? 'none listens' : open.join(', ') },
  ]
  if (alive !== undefined) {
    return alive[1] === 'alive'
      ? failed(`A master runs on ${host.address} as process ${alive[2] ?? ''}.`, {
          evidence,
          next: stopIt(site),
        })
      : failed(`A process file on ${host.address} cannot be read.`, {
          evidence,
          next: `Look at ${site.home}/bin there: is a master running?`,
        })
  }
  if (open.length > 0) {
    return failed(`On ${host.address} something listens on port ${open.join(' and ')}.`, {
      evidence,
      next: 'Find out what it is: a master may run there without a process file.',
    })
  }
  return done(`No master runs on ${host.address}.`, { evidence })
}

function stopIt({ home, user }: Site): string {
  return `Stop it there: ${sh`sudo -u ${user} ${home}/bin/stop-master.sh`}. Then look again.`
}

function pidWords(lines: readonly (readonly string[])[]): string {
  const pids = lines.filter(([kind]) => kind === 'pid').map(([, state, pid]) => `${pid ?? ''} ${state ?? ''}`)
  return pids.length === 0 ? 'none' : pids.join(', ')
}

/** The registrations are ephemeral (documented, sticky-leader): one that is there belongs to a session that lives, or just died. */
async function notRegistered(site: Site, context: StepContext): Promise<Outcome> {
  const notSeen =
    'What ZooKeeper has registered was not seen: its command line was not found, or it does not answer.'
  if (site.zookeeper === '') return unknown(notSeen)
  const said = await mustShellOn(
    site.first,
    {
      script: nodes,
      args: [site.home, site.zookeeper, site.root],
      asUser: site.user,
      environment: { JAVA_HOME: site.javaHome },
    },
    context,
  )
  const list = /^\[(.*)\]$/.exec(said.trim())?.[1]
  if (list === undefined) return unknown(notSeen)
  const evidence = [{ name: `${site.root}/nodes/masters`, value: `[${list}]` }]
  if (list.trim() === '') return done('ZooKeeper has no master registered.', { evidence })
  return failed(`ZooKeeper still has a master registered: ${list}.`, {
    evidence,
    next: 'If it was stopped this minute its session ends by itself: look again. Else a master lives on a host that is not saved here.',
  })
}
