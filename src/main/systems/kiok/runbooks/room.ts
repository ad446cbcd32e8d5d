import { bytesWords } from '../../../../shared/domain/size-words.ts'
import { chosenBackup } from '../../../engine/runbook/choose-backup.ts'
import { onEachHost, runOn, type HostAccess } from '../../../engine/runbook/on-host.ts'
import { done, failed, knownAs, notYet, unknown } from '../../../engine/runbook/outcomes.ts'
import { check } from '../../../engine/runbook/steps.ts'
import { overSsh } from '../../../engine/runbook/twins.ts'
import type { CheckStep, Outcome, StepContext } from '../../../ports/runbook.ts'
import { as, userOn, type KiokSite } from './site.ts'

/** On the disk that holds the folder, or will hold it. */
const free = `at=$1
while [ ! -d "$at" ]; do at=$(dirname -- "$at"); done
df -Pk -- "$at" | tail -n 1 | awk '{print $4}'`

/** kiok fetches and unpacks on its own hosts: what it unpacks stands beside what it replaces. */
export function roomForRestore(site: KiokSite): CheckStep {
  const [first] = site.masters
  return check({
    id: 'room',
    section: 'before',
    title: 'See that every master has room for the restore',
    why: 'A restore that runs out of room between two stores leaves a mixed state.',
    touches: `Measures the disk of ${site.dataFolder} on ${site.masters.map(({ address }) => address).join(', ')}.`,
    twin: overSsh(first.address, userOn(site, first), ['df', '-Pk', '--', site.dataFolder]),
    skip: 'operator',
    look: async (context) => {
      const id = knownAs(context.known, chosenBackup.id)
      const point = (await context.recovery.points()).find(({ backupId }) => backupId === id)
      const sizeBytes = point?.sizeBytes ?? null
      if (sizeBytes === null)
        return unknown(`How large ${id} is is not known.`, {
          next: 'Look at the disks of the masters by hand.',
        })
      return onEachHost(site.masters, context, async (host) => roomOn(host, 2 * sizeBytes, site, context))
    },
  })
}

async function roomOn(
  host: HostAccess,
  neededBytes: number,
  site: KiokSite,
  context: StepContext,
): Promise<Outcome> {
  const { stdout } = await runOn(
    host,
    {
      argv: ['/bin/sh', '-c', free, 'sh', site.dataFolder],
      ...as(userOn(site, host)),
      deadlineMs: 30_000,
    },
    context,
  )
  const { address } = host
  const kibibytes = /^(\d+)$/.exec(stdout.trim())?.[1]
  if (kibibytes === undefined)
    return notYet(`How much room ${address} has could not be measured.`, { next: 'Look at its disk.' })
  const freeBytes = Number(kibibytes) * 1024
  const words = `${bytesWords(freeBytes)} free on ${address}, and ${bytesWords(neededBytes)} are needed`
  const evidence = [{ name: `free on ${address}`, value: bytesWords(freeBytes) }]
  return freeBytes >= neededBytes
    ? done(`${words}.`, { evidence })
    : failed(`Only ${words}.`, { evidence, next: `Make room on ${address}, then look again.` })
}
