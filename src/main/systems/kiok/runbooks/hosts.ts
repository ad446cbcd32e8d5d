import { printable } from '../../../../shared/domain/printable.ts'
import { onEachHost, runOn, saidBy, type HostAccess } from '../../../engine/runbook/on-host.ts'
import { done, failed, notYet } from '../../../engine/runbook/outcomes.ts'
import { check } from '../../../engine/runbook/steps.ts'
import type { CheckStep, Outcome, StepContext } from '../../../ports/runbook.ts'
import { noKey } from './start-environment.ts'
import { as, userOn, type KiokSite } from './site.ts'

/** Of the two settings that a fresh host must share with the old ones, what its file says; and the Java that it would run with. */
const look = `cd -- "$1" || exit 1
for name in bin/start-master.sh bin/stop-master.sh bin/start-worker.sh bin/stop-worker.sh; do
  [ -x "$name" ] || { echo "$1/$name is not there, or cannot be run" >&2; exit 1; }
done
sed -n 's/^[[:space:]]*\\(kiok\\.base\\.data\\.dir\\|kiok\\.kms\\.pbkdf2\\.iterations\\)[[:space:]]*[=:][[:space:]]*/\\1=/p' conf/kiok.properties 2>/dev/null
java=java
[ -z "$JAVA_HOME" ] || java=$JAVA_HOME/bin/java
"$java" -version 2>&1 | head -n 1 | sed 's/^/java=/'
[ -n "$HOLDFAST_GIVEN" ] || { echo 'an environment handed over through standard input does not arrive' >&2; exit 1; }`

/** Each host by the same login, sudo and way of handing over a secret as the start itself; nothing secret is sent. */
export function hostsReady(site: KiokSite): CheckStep {
  const hosts = [site.worker, ...site.masters].filter(
    (host, at, all) => all.findIndex(({ address }) => address === host.address) === at,
  )
  return check({
    id: 'hosts-ready',
    section: 'before',
    title: 'Check that the hosts can run it',
    why: 'A start that fails half-way is worse than one that was not begun.',
    touches: `Looks at ${site.installFolder} on ${hosts.map(({ address }) => address).join(', ')}.`,
    look: async (context) => onEachHost(hosts, context, async (host) => lookAt(host, site, context)),
  })
}

async function lookAt(host: HostAccess, site: KiokSite, context: StepContext): Promise<Outcome> {
  const output = await runOn(
    host,
    {
      argv: ['/bin/sh', '-c', look, 'sh', site.installFolder],
      ...as(userOn(site, host)),
      ...(site.javaHome !== '' && { environment: { JAVA_HOME: site.javaHome } }),
      secretEnvironment: { HOLDFAST_GIVEN: '1' },
      deadlineMs: 30_000,
    },
    context,
  )
  if (output.code !== 0) {
    return failed(`${host.address} cannot run kiok: ${saidBy(output)}`, {
      next: 'Unpack the same version of kiok there, as it ran before.',
    })
  }
  const values = new Map(
    output.stdout
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).trim()]),
  )
  const java = values.get('java') ?? ''
  const evidence = [...values]
    .filter(([name]) => name !== '')
    .map(([name, value]) => ({ name: `${name} on ${host.address}`, value: printable(value) }))
  // Documented (installation): a JDK 17 or newer. `"1.8.0"` is 8.
  const version = Number(/"(?:1\.)?(\d+)/.exec(java)?.[1] ?? '0')
  if (version < 17) {
    return failed(`${host.address} has no Java 17 for that user.`, {
      evidence,
      next: 'Install a JDK 17 there, or give its JAVA_HOME.',
    })
  }
  const folder = values.get('kiok.base.data.dir')
  if (folder !== undefined && ![site.dataFolder, './data', 'data'].includes(folder)) {
    return failed(`${host.address} keeps its data in ${printable(folder)}, not in ${site.dataFolder}.`, {
      evidence,
      next: 'Change the answer: give that data folder. A living store must not be overlooked.',
    })
  }
  const iterations = values.get('kiok.kms.pbkdf2.iterations')
  if (iterations !== undefined && iterations !== site.iterations) {
    return failed(
      `${host.address} has ${printable(iterations)} PBKDF2 iterations, and ${site.iterations} were given.`,
      {
        evidence,
        next: 'Change the answer: give the number of the cluster that made the backups.',
      },
    )
  }
  return done(`${host.address} has kiok and Java ${version}.`, { evidence })
}

/** The key itself is proved by the backups that it opens; here it is only there. */
export function keyIsThere(): CheckStep {
  return check({
    id: 'key-there',
    section: 'before',
    title: 'Check that the master key is at hand',
    why: 'Without the key of the cluster neither its stores nor any backup opens, and nothing replaces it.',
    look: async ({ session }) => {
      const keys = await session.masterKeys()
      if (keys.length > 0) return done(`The master key is saved (${keys.length}).`)
      const { what, why, next } = noKey().text
      return failed(`${what} ${why ?? ''}`.trim(), { ...(next !== undefined && { next }) })
    },
  })
}

/** From a host of a master, as the master itself would reach them; a plain connection, because four-letter words are often off. */
const knock = `for member do
  if timeout 5 bash -c 'exec 3<>"/dev/tcp/\${1%:*}/\${1##*:}"' bash "$member" 2>/dev/null; then echo "alive $member"; else echo "silent $member"; fi
done`

/** Quorum by counting: more than half of the ensemble. */
export function zooKeeperHolds(site: KiokSite, section: CheckStep['section'] = 'before'): CheckStep {
  const [from] = site.masters
  return check({
    id: 'zookeeper',
    section,
    title: 'Count the members of ZooKeeper',
    why: 'Without more than half of them no master becomes leader, and nothing that is done here helps.',
    touches: `Connects to ${site.zooKeeper.join(', ')} from ${from.address}.`,
    look: async (context) => {
      const { stdout } = await runOn(
        from,
        {
          argv: ['/bin/sh', '-c', knock, 'sh', ...site.zooKeeper],
          deadlineMs: 10_000 + 6_000 * site.zooKeeper.length,
        },
        context,
      )
      const alive = site.zooKeeper.filter((member) => stdout.split('\n').includes(`alive ${member}`))
      const needed = Math.floor(site.zooKeeper.length / 2) + 1
      const evidence = site.zooKeeper.map((member) => ({
        name: member,
        value: alive.includes(member) ? 'takes connections' : 'silent',
      }))
      const words = `${alive.length} of ${site.zooKeeper.length} members of ZooKeeper take connections`
      return alive.length >= needed
        ? done(`${words}.`, { evidence })
        : notYet(`${words}, and ${needed} are needed.`, {
            evidence,
            next: 'Start the original members with their own data folders; a new empty member is none.',
          })
    },
  })
}
