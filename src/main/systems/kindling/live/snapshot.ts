import type { SnapshotWay } from '../../../../shared/contract/masters.ts'
import { HoldfastError, isHoldfastError } from '../../../../shared/domain/error.ts'
import type { Session, SnapshotOutcome, SnapshotProgress } from '../../../ports/cluster-driver.ts'
import type { RemoteHost } from '../../../ports/remote-host.ts'
import type { BackupTool, ListedBackup, ToolRun } from './backup-tool.ts'
import type { KindlingConnection } from './connection.ts'

const controlPlaneAlone =
  'It holds the PostgreSQL of the control plane. The master key, the DSN files and the volumes of projects are not in it.'
const cancelling =
  'Cancelling it, or losing the connection, ends the tool: what was copied so far is no backup.'

export const databaseWays: readonly SnapshotWay[] = [
  {
    id: 'incremental',
    label: 'Incremental',
    does: 'Runs the backup tool on the first host for what has changed since its last backup.',
    consequences: [
      controlPlaneAlone,
      'It is worth no more than the backups that it builds on; where there is none, pgBackRest takes a full one.',
      'Barman is not asked for it.',
      cancelling,
    ],
    stops: false,
    makesNothing: false,
  },
  {
    id: 'full',
    label: 'Full',
    does: 'Runs the backup tool on the first host for a whole copy of the database.',
    consequences: [
      controlPlaneAlone,
      'The whole database is read and sent; after it the tool deletes what its own retention no longer keeps.',
      cancelling,
    ],
    stops: false,
    makesNothing: false,
  },
]

/** Runs the tool once. What its list shows afterwards is the outcome, whatever it said. */
export async function takeBackup(
  session: Session,
  { hosts, ssh }: KindlingConnection,
  tool: BackupTool,
  way: SnapshotWay,
  report: SnapshotProgress,
): Promise<SnapshotOutcome> {
  const [address] = hosts
  if (address === undefined) throw new Error('a connection without a host')
  const { signal } = session
  const host = await session.host(address, ssh)
  const before = await tool.look(host, signal)
  if (before.running !== null) throw busy(tool, host, before.running)
  const known = new Set(before.backups.map(({ id }) => id))
  report.log('info', `Running ${tool.name} on ${host.name}; it tells nothing before it ends.`)
  let run: ToolRun
  try {
    run = await tool.backup(host, way.id === 'full' ? 'full' : 'incremental', signal)
  } catch (error) {
    if (!isHoldfastError(error, 'host.lost') && !isHoldfastError(error, 'host.timedOut')) throw error
    return { kind: 'unknown', sentence: error.message, facts: [{ name: 'host', value: host.name }] }
  }
  if (run.isBusy) {
    const who = await tool.whoRuns(host, signal).catch((error: unknown) => {
      if (!isHoldfastError(error) || error.code === 'cancelled') throw error
      return 'Who began it and since when could not be asked.'
    })
    throw busy(tool, host, `${`${run.words} ${run.said}`.trim()} ${who}`)
  }
  return judge(run, host, tool, await newSince(known, tool, host, signal))
}

/** The newest usable backup that was not there before; `unknown`: the list could not be read. */
async function newSince(
  known: ReadonlySet<string>,
  tool: BackupTool,
  host: RemoteHost,
  signal: AbortSignal,
): Promise<ListedBackup | null | 'unknown'> {
  try {
    const { backups } = await tool.look(host, signal)
    return backups.find(({ id, isUsable }) => isUsable && !known.has(id)) ?? null
  } catch (error) {
    if (!isHoldfastError(error) || error.code === 'cancelled') throw error
    return 'unknown'
  }
}

/** A tool can fail after its backup is done, while it deletes old ones: its list tells the two apart. */
function judge(
  run: ToolRun,
  host: RemoteHost,
  tool: BackupTool,
  made: ListedBackup | null | 'unknown',
): SnapshotOutcome {
  const facts = [
    { name: 'host', value: host.name },
    { name: 'tool', value: tool.name },
    { name: 'it ended', value: run.isSuccess ? 'with success' : `${run.words} ${run.said}`.trim() },
  ]
  if (made !== null && made !== 'unknown') {
    return {
      kind: 'made',
      backupId: made.id,
      hash: null,
      facts: [
        ...facts,
        { name: 'type', value: made.type },
        ...(made.flaw === null ? [] : [{ name: 'flaw', value: made.flaw }]),
      ],
      ...(tool.name === 'Barman' && {
        keptElsewhere: `Barman made ${made.id} and keeps it on its own server: nothing of it was read here.`,
      }),
    }
  }
  if (made === 'unknown' || run.isSuccess) {
    return {
      kind: 'unknown',
      sentence:
        made === 'unknown'
          ? `${tool.name} ended ${run.isSuccess ? 'with success' : 'with a failure'}, and its list of backups could not be read afterwards.`
          : `${tool.name} ended with success, and lists no new backup.`,
      facts,
    }
  }
  throw new HoldfastError('host.commandFailed', {
    what: `${tool.name} on ${host.name} made no backup.`,
    why: `${run.words}${run.said === '' ? '' : ` It says: ${run.said}`}`,
    unchanged: 'The backups that were there are still listed; it was run once.',
    next: 'Mend what it names, then take the snapshot again.',
  })
}

function busy(tool: BackupTool, { name }: RemoteHost, why: string): HoldfastError {
  return new HoldfastError('master.busy', {
    what: `A backup is being taken on ${name} already.`,
    why,
    unchanged: 'Nothing was begun.',
    next: `Wait until ${tool.name} has ended there.`,
  })
}
