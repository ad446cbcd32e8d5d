import { onEachHost, runOn, type HostAccess } from '../../../engine/runbook/on-host.ts'
import { done, notYet } from '../../../engine/runbook/outcomes.ts'
import { check } from '../../../engine/runbook/steps.ts'
import type { CheckStep, Outcome, StepContext } from '../../../ports/runbook.ts'
import { as, userOn, type KiokSite } from './site.ts'

/** Nothing is said of what cannot be looked at. */
const facts = `df -Pk -- "$1" 2>/dev/null | tail -n 1 | awk '{print "free " $4}'
[ -r "$2/logs/kiok.log" ] || exit 0
tail -n 200 -- "$2/logs/kiok.log" | grep -c -e AEADBadTagException -e 'unseal' | sed 's/^/unseal /'`

export function health(site: KiokSite): CheckStep {
  return check({
    id: 'health',
    section: 'before',
    title: 'Look at disks and logs of the masters',
    why: 'A full disk or another key keeps a master from ever getting ready.',
    touches: `Reads free space and logs/kiok.log on ${site.masters.map(({ address }) => address).join(', ')}.`,
    skip: 'operator',
    look: async (context) => onEachHost(site.masters, context, async (host) => healthOf(host, site, context)),
  })
}

async function healthOf(host: HostAccess, site: KiokSite, context: StepContext): Promise<Outcome> {
  const { address } = host
  const { stdout } = await runOn(
    host,
    {
      argv: ['/bin/sh', '-c', facts, 'sh', site.dataFolder, site.installFolder],
      ...as(userOn(site, host)),
      deadlineMs: 30_000,
    },
    context,
  )
  const number = (name: string): number | null => {
    const found = new RegExp(`^${name} (\\d+)$`, 'm').exec(stdout)?.[1]
    return found === undefined ? null : Number(found)
  }
  const [freeKiB, unsealed] = [number('free'), number('unseal')]
  const freeMiB = freeKiB === null ? null : Math.floor(freeKiB / 1024)
  const evidence = [
    { name: `free on ${address}`, value: freeMiB === null ? 'not measured' : `${freeMiB} MiB` },
    {
      name: `failures to unseal in the log of ${address}`,
      value: unsealed === null ? 'not read' : String(unsealed),
    },
  ]
  if (unsealed !== null && unsealed > 0) {
    return notYet(`${address} could not open its stores with the key that it was given.`, {
      evidence,
      next: 'Start it with the key of the cluster.',
    })
  }
  if (freeMiB === null) {
    return notYet(
      `How much room ${address} has left could not be measured: ${site.dataFolder} is not there, or cannot be looked at.`,
      {
        evidence,
        next: 'Change the answer: give the right data folder; or look at that disk.',
      },
    )
  }
  if (freeMiB < 100) return notYet(`${address} has ${freeMiB} MiB left.`, { evidence, next: 'Give it room.' })
  const ofLog =
    unsealed === null
      ? ` Its log was not read: ${site.installFolder}/logs/kiok.log is not there, or closed.`
      : ''
  return done(`${address} has ${freeMiB} MiB left.${ofLog}`, { evidence })
}
