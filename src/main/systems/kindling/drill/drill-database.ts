import { isHoldfastError } from '../../../../shared/domain/error.ts'
import { createStopWatch } from '../../../engine/drill/stop-watch.ts'
import type { Session, ToolDrillEnd, ToolDriller, ToolDrillWish } from '../../../ports/cluster-driver.ts'
import type { RemoteHost } from '../../../ports/remote-host.ts'
import type { KindlingConnection } from '../live/connection.ts'
import { databaseAddress, type Site } from '../restore/site.ts'
import { askTrial } from './ask-trial.ts'
import { refuseServing } from './serving-host.ts'
import { leftTrials, makeTrial, refuseTrial, removeTrial } from './trial-folder.ts'
import { startTrial } from './trial-server.ts'
import { trialOf, type Trial } from './trial-site.ts'
import { demandSameBackup, restoreTrial } from './trial-tool.ts'

const parts = ['tool', 'replay', 'ask'] as const
type Timed = (typeof parts)[number] | 'cleanUp'

/** Drills of the database: pgBackRest restores into a scratch data folder, and a server of its own replays the WAL there. */
export function databaseDriller(config: KindlingConnection): ToolDriller {
  return {
    usualHost: databaseAddress(config),
    serves: (host) => serves(config, host),
    says: [
      'pgBackRest on that host restores into a new folder; neither the data folder nor the port of the cluster is touched.',
      'A PostgreSQL of its own replays the WAL there, on a socket in that folder alone. It archives nothing, follows no server, and takes up no subscription.',
      'Each row of each table is read once. Then it is stopped, and the folder is removed.',
      'It takes the disk, the memory and the network of that host meanwhile. Where there is not enough room, nothing is written.',
    ],
    check: ({ id, host, folder }) => void trialOf(config, { id, address: host, above: folder }),
    drill: async (session, wish, around) => drill(config, session, wish, around),
  }
}

/** By its name. What the host says of itself is asked where the drill begins. */
function serves(config: KindlingConnection, host: string): boolean {
  return [...config.hosts, databaseAddress(config)].some((address) => hostName(address) === hostName(host))
}

function hostName(address: string): string {
  return (address.split('@').at(-1) ?? address).replace(/:\d+$/, '').toLowerCase()
}

type Around = Parameters<ToolDriller['drill']>[2]

async function drill(
  config: KindlingConnection,
  session: Session,
  wish: ToolDrillWish,
  { work, log, reached }: Around,
): Promise<ToolDrillEnd> {
  const trial = trialOf(config, { id: wish.id, address: wish.host, above: wish.folder })
  // The tool and its user are those of the connection, on whatever host.
  const ending: Site = { session, config: { ...config, databaseHost: wish.host }, line: log }
  const site: Site = { ...ending, session: { ...session, signal: work } }
  const host = await session.host(wish.host, config.ssh)
  if (!serves(config, wish.host)) await refuseServing({ ...site, config }, host)
  await sweep(ending, host, trial, wish.desk)
  await refuseTrial(site, host, trial, wish.backup.plainBytes)
  await demandSameBackup(site, host, { ...wish.backup, manifestSha256: wish.manifestSha256 })
  const since = new Date(session.clock.now()).toISOString()
  const watch = createStopWatch<Timed>(session.clock)
  const turnTo = (phase: Timed): void => {
    watch.turnTo(phase)
    reached(phase)
  }
  let shown: Shown
  let isRemoved = false
  try {
    await makeTrial(site, host, trial, { desk: wish.desk, id: wish.id, since })
    shown = await restoreAndAsk(site, host, trial, wish, turnTo)
  } finally {
    turnTo('cleanUp')
    isRemoved = await removed(ending, host, trial, wish.desk)
    watch.stop()
  }
  const { at, ...rest } = shown
  const timed = [...parts.slice(0, parts.indexOf(at) + 1), ...(isRemoved ? (['cleanUp'] as const) : [])]
  return {
    ...rest,
    phases: timed.map((name) => ({ name, tookMs: watch.tookMs(name), bytes: wish.backup.plainBytes })),
    folder: `${host.name}:${trial.dir}`,
    folderStands: !isRemoved,
  }
}

type Shown = Pick<ToolDrillEnd, 'outcome' | 'items' | 'plainBytes' | 'seen' | 'notMeasured'> & {
  /** The part that was the last. */
  readonly at: (typeof parts)[number]
}

async function restoreAndAsk(
  site: Site,
  host: RemoteHost,
  trial: Trial,
  { backup: { label }, isNewest }: ToolDrillWish,
  turnTo: (phase: (typeof parts)[number]) => void,
): Promise<Shown> {
  const failed = (at: (typeof parts)[number], because: string): Shown => ({
    outcome: { kind: 'failed', at, because },
    items: 0,
    plainBytes: 0,
    seen: [],
    notMeasured: [],
    at,
  })
  turnTo('tool')
  const notRestored = await restoreTrial(site, host, trial, { label, reach: isNewest ? 'all' : 'itself' })
  if (notRestored !== null) return failed('tool', notRestored)
  turnTo('replay')
  const notStarted = await startTrial(site, host, trial)
  if (notStarted !== null) return failed('replay', notStarted)
  turnTo('ask')
  const answer = await askTrial(site, host, trial)
  if (answer.failed !== null) return failed('ask', answer.failed)
  return {
    outcome: { kind: 'restored' },
    items: answer.databases,
    plainBytes: answer.sizeBytes,
    seen: answer.seen,
    notMeasured: [
      ...(isNewest ? [] : ['Replaying what was archived since: another backup is newer.']),
      'Replaying with the memory that the cluster gives its server: the one of the drill has 128 MB of shared buffers.',
      'Stopping the units of kindling, moving the data folder aside, opening the database to them, and acceptance.',
    ],
    at: 'ask',
  }
}

/** What a drill of this installation has left that was killed; another installation's is told, and stays. */
async function sweep(site: Site, host: RemoteHost, trial: Trial, desk: string): Promise<void> {
  for (const { dir, isOurs, since } of await leftTrials(site, host, trial, desk)) {
    if (!isOurs) {
      site.line(
        'warning',
        `${dir} on ${host.name} is of a drill of another desk, begun ${since}. It stays as it is.`,
      )
      continue
    }
    await removeTrial(site, host, { dir }, desk)
    site.line(
      'warning',
      `${dir} on ${host.name} was left by a drill that was cut short, begun ${since}. It is removed now.`,
    )
  }
}

/** What cannot be removed is said in the drill, and tried again by the next one. */
async function removed(site: Site, host: RemoteHost, trial: Trial, desk: string): Promise<boolean> {
  try {
    await removeTrial(site, host, trial, desk)
    return true
  } catch (error) {
    if (!isHoldfastError(error)) throw error
    site.line('error', error.message)
    return false
  }
}
