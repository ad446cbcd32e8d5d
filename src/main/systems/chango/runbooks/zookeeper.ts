import { keptEnd, runKept, type KeptCommand } from '../../../engine/runbook/kept-command.ts'
import { onEachHost, type HostAccess } from '../../../engine/runbook/on-host.ts'
import { done, failed, notYet, unknown } from '../../../engine/runbook/outcomes.ts'
import { mustShellOn } from '../../../engine/runbook/shell-on.ts'
import { action, wait } from '../../../engine/runbook/steps.ts'
import { sh } from '../../../engine/runbook/twins.ts'
import type { Outcome, Step, StepContext } from '../../../ports/runbook.ts'
import { pidsOn } from './master-process.ts'
import { placeOf, type Site } from './site.ts'

/** Whether a connection is taken; bash is on every host that chango supports (documented: Rocky Linux 9). */
const reach = `for server in $(printf %s "$1" | tr , ' '); do
if timeout 4 bash -c 'exec 3<>"/dev/tcp/$1/$2"' bash "\${server%:*}" "\${server##*:}" 2>/dev/null; then echo "up $server"; else echo "down $server"; fi
done`

/** ZooKeeper by counting: more than half of its servers have to answer. */
export function zooKeeperUp(site: Site): readonly [Step, Step] {
  return [
    action({
      id: 'start-zookeeper',
      section: 'restore',
      title: 'Start ZooKeeper where it is down',
      why: 'Masters elect their leader there, and node managers register there.',
      touches: `Starts ZooKeeper on those of ${site.hosts.map(({ address }) => address).join(', ')} that have one. Its data is never touched.`,
      twin: sh`sudo -n -u ${site.user} env JAVA_HOME=${site.javaHome} ${site.home}/bin/start-zk.sh`,
      damage: 0,
      act: async (context) => {
        const { down, up } = await servers(site, context)
        if (down.length === 0) return done(`All ${up.length} servers of ZooKeeper answer.`)
        const started = await onEachHost(site.hosts, context, async (host) => startOn(host, site, context))
        return started
      },
      look: async (context) => {
        const { down, up } = await servers(site, context)
        if (down.length === 0) return done(`All ${up.length} servers of ZooKeeper answer.`)
        const ends = await onEachHost(site.hosts, context, async (host) => lookOn(host, site, context))
        return ends
      },
    }),
    wait({
      id: 'zookeeper-quorum',
      section: 'restore',
      title: 'Wait for ZooKeeper’s quorum',
      why: 'Without it no master becomes the leader.',
      touches: `Connects to ${site.zookeeper}.`,
      twin: `for s in ${site.zookeeper.replaceAll(',', ' ')}; do nc -z \${s%:*} \${s##*:}; done`,
      atMostMs: 60_000,
      look: async (context) => quorum(site, context),
    }),
  ]
}

export async function quorum(site: Site, context: StepContext): Promise<Outcome> {
  const { up, down } = await servers(site, context)
  const all = up.length + down.length
  const evidence = [
    ...up.map((name) => ({ name, value: 'answers' })),
    ...down.map((name) => ({ name, value: 'is silent' })),
  ]
  const words = `${up.length} of ${all} servers of ZooKeeper answer, as seen from ${site.first.address}.`
  return up.length > all / 2
    ? done(words, { evidence })
    : notYet(`${words} More than half are needed.`, {
        evidence,
        next: `Bring the original servers back: ${down.join(', ')}. CH-3 says how where their data is gone.`,
      })
}

async function servers(site: Site, context: StepContext) {
  const said = await mustShellOn(
    site.first,
    { script: reach, args: [site.zookeeper], deadlineMs: 90_000 },
    context,
  )
  const lines = said.split('\n').map((line) => line.split(' '))
  const those = (state: string) => lines.filter(([kind]) => kind === state).map(([, server]) => server ?? '')
  return { up: those('up'), down: those('down') }
}

function startCommand(host: HostAccess, site: Site): KeptCommand {
  return {
    name: `start-zk-${placeOf(host, site)}`,
    argv: [`${site.home}/bin/start-zk.sh`],
    asUser: site.user,
    folder: site.home,
    environment: { JAVA_HOME: site.javaHome },
    deadlineMs: 60_000,
  }
}

/** Documented (installation/manual): a host with a server has its number in zookeeper/myid. */
async function hasServer(host: HostAccess, site: Site, context: StepContext): Promise<boolean> {
  const said = await mustShellOn(
    host,
    {
      script: `[ -x "$1/bin/start-zk.sh" ] && [ -f "$2/zookeeper/myid" ] && echo yes; :`,
      args: [site.home, site.data],
      asUser: site.user,
    },
    context,
  )
  return said.trim() === 'yes'
}

async function startOn(host: HostAccess, site: Site, context: StepContext): Promise<Outcome> {
  if (!(await hasServer(host, site, context))) return done(`${host.address} has no server of ZooKeeper.`)
  const running = await pidsOn(host, 'zookeeper', site, context)
  if (running.length > 0) return done(`ZooKeeper runs on ${host.address} as process ${running.join(', ')}.`)
  const end = await runKept(host, startCommand(host, site), context)
  if (end.kind === 'ended' && end.code === 0) return done(`ZooKeeper is started on ${host.address}.`)
  return end.kind === 'ended'
    ? failed(
        `start-zk.sh on ${host.address} ended with ${end.code}.${end.said === '' ? '' : ` It says: ${end.said}`}`,
      )
    : unknown(`Whether ZooKeeper starts on ${host.address} is not clear.`)
}

async function lookOn(host: HostAccess, site: Site, context: StepContext): Promise<Outcome> {
  if (!(await hasServer(host, site, context))) return done(`${host.address} has no server of ZooKeeper.`)
  const running = await pidsOn(host, 'zookeeper', site, context)
  if (running.length > 0) return done(`ZooKeeper runs on ${host.address} as process ${running.join(', ')}.`)
  const end = await keptEnd(host, startCommand(host, site), context)
  if (end.kind === 'running') return unknown(`start-zk.sh on ${host.address} is still running.`)
  return notYet(`ZooKeeper does not run on ${host.address}.`)
}
