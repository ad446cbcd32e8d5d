import { bytesWords } from '../../../../shared/domain/size-words.ts'
import { lookAside, moveAside, moveBack, type Aside } from '../../../engine/runbook/aside.ts'
import { mustRunOn, onEachHost, type HostAccess } from '../../../engine/runbook/on-host.ts'
import { done, failed } from '../../../engine/runbook/outcomes.ts'
import { action, check } from '../../../engine/runbook/steps.ts'
import { overSsh, sh } from '../../../engine/runbook/twins.ts'
import type { ActionStep, CheckStep, Known, Outcome, StepContext } from '../../../ports/runbook.ts'
import { runsOn } from './role-process.ts'
import { as, userOn, type KiokSite } from './site.ts'

/** Documented (configuration): a RocksDB each; the job logs are in `joblog-temp` (inferred: job-logs). */
const storeFolders = ['metadata', 'kms', 'iam', 'connections', 'joblog-temp'] as const

/**
 * RocksDB has a `CURRENT` in each store that was ever opened, and its records in `*.sst` and the write-ahead `*.log`: a store that
 * was only opened has none (inferred from RocksDB itself; `LOG` in capitals is its diary).
 */
const measure = `cd -- "$1" 2>/dev/null || { echo none; exit 0; }
shift
for name do
  [ -e "$name/CURRENT" ] || continue
  total=0
  for file in "$name"/*.sst "$name"/*.log; do
    [ -f "$file" ] || continue
    size=$(stat -c %s -- "$file") || exit 1
    total=$((total + size))
  done
  echo "$name $total"
done
exit 0`

/** The bytes of records in each store of one host; stores that are not there are left out. */
export async function storesOn(
  host: HostAccess,
  site: KiokSite,
  context: StepContext,
): Promise<ReadonlyMap<string, number>> {
  const { stdout } = await mustRunOn(
    host,
    {
      argv: ['/bin/sh', '-c', measure, 'sh', site.dataFolder, ...storeFolders],
      ...as(userOn(site, host)),
      deadlineMs: 60_000,
    },
    context,
  )
  return new Map(
    stdout.split('\n').flatMap((line) => {
      const [, name, size] = /^([\w-]+) (\d{1,15})$/.exec(line) ?? []
      return name === undefined ? [] : [[name, Number(size)] as const]
    }),
  )
}

/** Documented (RocksDB): whoever opens a store holds a lock on its LOCK, which proc(5), locks, tells by inode. */
const held = `cd -- "$1" 2>/dev/null || exit 0
shift
for name do
  [ -e "$name/LOCK" ] || continue
  grep -q ":$(stat -c %i -- "$name/LOCK") " /proc/locks && echo "$name"
done
exit 0`

/** Why the stores of a host cannot be moved; null: nobody has them open. The names of pid files are not documented, so they prove little. */
async function whyInUse(host: HostAccess, site: KiokSite, context: StepContext): Promise<string | null> {
  if (await runsOn('master', host, site, context)) return `A master runs on ${host.address}`
  const { stdout } = await mustRunOn(
    host,
    {
      argv: ['/bin/sh', '-c', held, 'sh', site.dataFolder, ...storeFolders],
      ...as(userOn(site, host)),
      deadlineMs: 30_000,
    },
    context,
  )
  const names = stdout.split('\n').filter((name) => name !== '')
  return names.length === 0 ? null : `A process on ${host.address} has ${names.join(', ')} open`
}

/** A living copy is worth more than any backup: no restore while there is one. */
export function noSurvivor(site: KiokSite): CheckStep {
  return check({
    id: 'no-survivor',
    section: 'before',
    title: 'Look for a master that still holds data',
    why: 'A master that survives holds everything up to the failure: it takes over by itself, and a restore would put an older state over it.',
    touches: `Measures the stores in ${site.dataFolder} on ${site.masters.map(({ address }) => address).join(', ')}.`,
    look: async (context) => {
      if (context.known.has('stores.aside')) return done('This run has moved the old stores aside.')
      return onEachHost(site.masters, context, async (host) => {
        const stores = await storesOn(host, site, context)
        const full = [...stores].filter(([, sizeBytes]) => sizeBytes > 0)
        const evidence = [...stores].map(([name, sizeBytes]) => ({
          name: `${name} on ${host.address}`,
          value: `${sizeBytes} bytes of records`,
        }))
        if (full.length === 0) return done(`${host.address} holds no data.`, { evidence })
        const words = full.map(([name, sizeBytes]) => `${name} (${bytesWords(sizeBytes)})`).join(', ')
        return failed(`${host.address} holds data: ${words}.`, {
          evidence,
          next: 'Close this run and begin KI-1 with that master. Only where its stores are known to be damaged: move them aside there by hand, and look again.',
        })
      })
    },
  })
}

export function storesAside(of: {
  readonly id: string
  readonly host: HostAccess
  readonly site: KiokSite
  readonly title: string
  readonly why: string
  readonly label?: string
  readonly notNeeded?: (known: Known) => string | null
}): ActionStep {
  const { id, host, site, label, notNeeded } = of
  const asUser = userOn(site, host)
  const aside: Aside = {
    host,
    asUser,
    folder: site.dataFolder,
    names: storeFolders,
    ...(label !== undefined && { label }),
  }
  const learning = (outcome: Outcome): Outcome =>
    outcome.state === 'done'
      ? {
          ...outcome,
          learnt: { 'stores.aside': 'yes', [`${id}.host`]: host.address },
        }
      : outcome
  return action({
    id,
    section: 'restore',
    title: of.title,
    why: of.why,
    touches: `${storeFolders.join(', ')} in ${site.dataFolder} on ${host.address}.`,
    undo: 'They are moved back, until the run is closed.',
    twin: overSsh(host.address, asUser, [
      'sh',
      '-c',
      sh`cd ${site.dataFolder} && mkdir before-RUN && mv ${storeFolders} before-RUN/`,
    ]),
    expected: { ms: 2_000, source: 'assumed' },
    damage: 2,
    ...(notNeeded !== undefined && { notNeeded }),
    act: async (context) => {
      const why = await whyInUse(host, site, context)
      if (why !== null)
        return failed(`${why}: its stores are not moved under it.`, { next: 'Stop it first.' })
      return learning(await moveAside(aside, context))
    },
    look: async (context) => learning(await lookAside(aside, context)),
    takeBack: async (context) => {
      const why = await whyInUse(host, site, context)
      if (why !== null)
        return failed(`${why}: its stores are not moved under it.`, { next: 'Take back its start first.' })
      return moveBack(aside, context)
    },
  })
}
