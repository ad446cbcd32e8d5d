import type { SnapshotWay } from '../../../../shared/contract/masters.ts'
import { HoldfastError, isHoldfastError, type ErrorCode } from '../../../../shared/domain/error.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import { evidenceOf, excerptOf, refusal } from '../../../engine/live/http-replies.ts'
import type { Session, SnapshotOutcome, SnapshotProgress } from '../../../ports/cluster-driver.ts'
import type { GrpcMessage } from '../../../ports/grpc-client.ts'
import { kisekiProtocol } from '../protocol.ts'
import { timeOfSnapshotId } from '../snapshot-id.ts'
import type { KisekiConnection } from './connection.ts'
import { fetchSnapshot } from './fetch-snapshot.ts'

const empties =
  'The server that is shipped writes empty snapshots: it has no shard to put in. What arrives is proved, and called empty where it is.'
const uncancelled =
  'Once begun it is not cancelled: a call that is given up leaves the node refusing every further snapshot until it is restarted.'

export const snapshotWays: readonly SnapshotWay[] = [
  {
    id: 'created',
    label: 'Ask a node',
    does: 'Asks a node over gRPC to write a snapshot into the bucket that its own environment names.',
    consequences: [empties, uncancelled],
    stops: false,
    makesNothing: false,
  },
  {
    id: 'fetched',
    label: 'Ask a node, and fetch it over SSH',
    does: 'Asks a node to write a snapshot into its own folder, and copies it from there into the repository.',
    consequences: [
      'For nodes whose bucket refuses their uploads: their signatures leave the colon in a snapshot’s name as it is, which no bucket accepts.',
      empties,
      uncancelled,
    ],
    stops: false,
    makesNothing: false,
  },
  {
    id: 'logged',
    label: 'The button of its own pages (request logged, no snapshot)',
    does: 'Notes an event on one node, in memory; no snapshot comes of it, whatever its answer says.',
    consequences: ['It is offered so that what the manual recommends can be seen for what it is.'],
    stops: false,
    makesNothing: true,
  },
]

/** Source (s3.rs): 60 s an object, two objects; 150 s is the least, and a deadline that ends the call breaks the node. */
const createDeadlineMs = 30 * 60_000
const listDeadlineMs = 10_000
const service = '/kiseki.v1.AdminService'

export async function takeSnapshot(
  session: Session,
  config: KisekiConnection,
  way: SnapshotWay,
  report: SnapshotProgress,
): Promise<SnapshotOutcome> {
  if (way.id === 'logged') return logRequest(session, config)
  const made = await create(session, config)
  if (way.id !== 'fetched' || made.kind !== 'made' || made.backupId === null) return made
  await fetchSnapshot(made.backupId, session, config, report).catch((error: unknown) => {
    throw madeAndNotFetched(error, made.backupId)
  })
  return made
}

/** What the node has written stays there, whatever became of the copy. */
function madeAndNotFetched(error: unknown, snapshotId: string | null): unknown {
  if (!isHoldfastError(error) || error.code === 'cancelled') return error
  const { code, text } = error
  return new HoldfastError(
    code,
    {
      ...text,
      unchanged: `The node has written ${printable(snapshotId ?? 'a snapshot')}, and keeps it in its own folder. The repository has no snapshot of it: its manifest is copied last.`,
      next: `${text.next ?? 'Mend that first.'} Then copy its folder by hand, or take another snapshot.`,
    },
    { cause: error },
  )
}

/** After these the node may have made it, or goes on: an answer that cannot be read is none. */
const unheard: ReadonlySet<ErrorCode> = new Set([
  'master.outcomeUnknown',
  'master.timedOut',
  'master.badAnswer',
])

/** Throws `connection.missing` where the connection names no data port. */
async function create(session: Session, config: KisekiConnection): Promise<SnapshotOutcome> {
  const [origin] = config.dataPorts
  if (origin === undefined) throw noDataPort()
  const client = await session.grpc(origin, config.tls, kisekiProtocol)
  try {
    // Without the session's signal, on purpose: see `uncancelled`.
    const reply = await client.unary(
      { method: `${service}/CreateSnapshot`, deadlineMs: createDeadlineMs },
      {},
    )
    const backupId = textIn(reply, 'snapshot_id')
    // Folders of the host and keys of the repository are named by it.
    if (backupId === null || timeOfSnapshotId(backupId) === null) {
      return {
        kind: 'unknown',
        sentence: `The node answered with ${backupId === null ? 'no id' : 'an id that is none'} of a snapshot, so what it made is not known.`,
        facts: [],
      }
    }
    return {
      kind: 'made',
      backupId,
      hash: null,
      facts: [
        { name: 'shards', value: textIn(reply, 'shard_count') ?? '0' },
        { name: 'metadata bytes', value: textIn(reply, 'metadata_bytes') ?? '0' },
        { name: 'data bytes', value: textIn(reply, 'data_bytes') ?? '0' },
      ],
    }
  } catch (error) {
    if (isHoldfastError(error) && unheard.has(error.code))
      return { kind: 'unknown', sentence: error.message, facts: [] }
    throw explained(error)
  }
}

/** The node's own words for the two failures that have a known cause (source: admin_grpc.rs, s3.rs). */
function explained(error: unknown): unknown {
  if (!isHoldfastError(error)) return error
  const said = error.message
  if (/already in progress/i.test(said)) {
    return new HoldfastError(
      'master.busy',
      {
        what: 'The node is taking a snapshot already, or believes so.',
        why: 'Another one runs there; or an earlier call was cut, which leaves its mark set until the node is restarted. The node tells neither who began it nor since when.',
        unchanged: 'Nothing was begun.',
        next: 'Wait a few minutes. If it stays so, ask another node. Do not restart this one for it: past some 2 000 entries it would not start again.',
      },
      { cause: error },
    )
  }
  if (/\b403\b/.test(said)) {
    return new HoldfastError(
      'master.refused',
      {
        what: 'The bucket refused the node’s upload (403).',
        why: 'kiseki signs the colon in a snapshot’s name as it stands, and S3 wants it encoded: every bucket that checks signatures refuses it, with the right keys too.',
        unchanged: 'No snapshot was written.',
        next: 'KISEKI_BACKUP_BACKEND=fs on the node, with “Ask a node, and fetch it over SSH”, goes around it. The node has to be restarted for that: look at “Coming back after a stop” first, and leave it as it is where it would not start again; the snapshot would be empty.',
      },
      { cause: error },
    )
  }
  return error
}

function noDataPort(): HoldfastError {
  return new HoldfastError('connection.missing', {
    what: 'The connection names no data port, and snapshots are made there alone.',
    unchanged: 'Nothing was asked for.',
    next: 'Add the data port of a node (9100) to the connection.',
  })
}

/** Source (web/api.rs): the handler pushes an event and answers "ok", always. */
async function logRequest(session: Session, config: KisekiConnection): Promise<SnapshotOutcome> {
  const client = await session.http({
    origins: config.nodes,
    basePath: '',
    tls: config.tls,
    proxy: '',
    allowPlaintextCredentials: false,
  })
  const path = '/ui/api/ops/backup'
  const sentence = 'The request was only logged: no snapshot exists.'
  try {
    const reply = await client.send({ method: 'POST', path, deadlineMs: listDeadlineMs }, session.signal)
    if (reply.status !== 200) throw refusal(reply, 'The request was not even logged.')
    return {
      kind: 'onlyLogged',
      sentence,
      facts: [
        { name: 'reply', value: evidenceOf('POST', path, reply) },
        { name: 'it says', value: excerptOf(reply) },
      ],
    }
  } catch (error) {
    if (!isHoldfastError(error, 'master.outcomeUnknown')) throw error
    return { kind: 'unknown', sentence: error.message, facts: [] }
  }
}

/** How many snapshots a node lists. Throws where its backups are not configured. */
export async function listedSnapshots(
  origin: string,
  session: Session,
  config: KisekiConnection,
): Promise<number> {
  const client = await session.grpc(origin, config.tls, kisekiProtocol)
  const reply = await client.unary(
    { method: `${service}/ListSnapshots`, deadlineMs: listDeadlineMs },
    {},
    session.signal,
  )
  const { snapshots } = reply
  return Array.isArray(snapshots) ? snapshots.length : 0
}

function textIn(message: GrpcMessage, name: string): string | null {
  const value = message[name]
  return typeof value === 'string' && value !== '' ? value : null
}
