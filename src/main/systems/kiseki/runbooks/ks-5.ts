import { isHoldfastError } from '../../../../shared/domain/error.ts'
import { ageWords, countOf } from '../../../../shared/domain/size-words.ts'
import { isJsonObject } from '../../../../shared/domain/strict-json.ts'
import { done, failed, knownAs, notYet, whereFailing } from '../../../engine/runbook/outcomes.ts'
import { action, check, choice, manual } from '../../../engine/runbook/steps.ts'
import type { Known, Option, Runbook, Step, StepContext } from '../../../ports/runbook.ts'
import type { RestorePoint } from '../../../ports/recovery.ts'
import { readManifest } from '../manifest.ts'
import { kisekiProtocol } from '../protocol.ts'
import { manifestName, tarName, timeOfSnapshotId } from '../snapshot-id.ts'
import { walkKiseki } from '../walk.ts'
import { parseConnection } from '../../../engine/live/parse-connection.ts'
import { kisekiConnection, type KisekiConnection } from '../live/connection.ts'
import { unfit } from './site.ts'

const service = '/kiseki.v1.AdminService'
const snapshotName = 'snapshot'
const countName = 'snapshot.shards'

const notRead = (known: Known): string | null =>
  known.get(snapshotName) === '' ? 'There is no snapshot to read.' : null

/** Source (admin_grpc.rs): RestoreSnapshot fetches, parses, counts and throws away. The server that is shipped writes none with anything in it. */
export const ks5: Runbook = {
  id: 'KS-5',
  system: 'kiseki',
  title: 'See what is left of a lost site',
  when: 'Every node and every disk is gone, and no other site has a copy.',
  costs: [
    'Nothing brings the data back: no restore exists. This runbook shows what can be read, and says what is left.',
  ],
  inputs: [],
  steps(setting) {
    if (setting.cluster.connection === null) throw unfit('The connection to its nodes is not saved.')
    const connection = parseConnection('kiseki', kisekiConnection, setting.cluster.connection)
    return [
      check({
        id: 'truth',
        section: 'before',
        title: 'Know what a snapshot of kiseki is',
        why: 'The manual promises a restore; the server has none.',
        look: async () =>
          Promise.resolve(
            done(
              'Snapshots of this build hold no shard, and RestoreSnapshot reads one, counts, and writes nothing into any store. What follows is a check whether a snapshot can be read. No data comes back.',
            ),
          ),
      }),
      chooseSnapshot(),
      check({
        id: 'own-walk',
        section: 'before',
        title: 'Read the snapshot to its end, here',
        why: 'The server does not notice an archive that was cut between two entries, nor a flipped bit.',
        touches: 'Reads both objects of the snapshot.',
        notNeeded: notRead,
        look: ownWalk,
      }),
      manual({
        id: 'new-cluster',
        section: 'restore',
        title: 'Build a new cluster',
        why: 'The server’s own reading takes a node; it is a new cluster, and nothing of the old one is in it.',
        touches: 'New hosts.',
        does: [
          'New data folders. KISEKI_BOOTSTRAP=true on exactly one node.',
          'TLS files for all, or both KISEKI_ALLOW_PLAINTEXT_NFS=true and KISEKI_INSECURE_NFS=true: with one of the two it does not start.',
          'KISEKI_BACKUP_BACKEND and the KISEKI_BACKUP_S3_ settings as before, on the same bucket. KISEKI_BACKUP_RETENTION_DAYS is never 0: that deletes every snapshot.',
          'The run asks the data port that the connection had when it began. Where the new cluster has another one: close this run, save the new port in the connection, and begin again.',
        ],
      }),
      listedBy(connection),
      readBy(connection),
      check({
        id: 'nothing-restored',
        section: 'restore',
        title: 'Know that nothing was restored',
        why: 'Nobody may believe that the data is back.',
        look: async ({ known }) =>
          Promise.resolve(
            done(
              `Nothing was restored.${known.get(snapshotName) === '' ? ' There was no snapshot to read.' : ' The snapshot can be read, and that is all.'}`,
            ),
          ),
      }),
      manual({
        id: 'remains',
        section: 'after',
        title: 'Look for what is left',
        why: 'These are the only places from which data may come back.',
        does: [
          'Copies of the data folders of nodes: a majority of them comes back on nodes with the same ids, environment and certificates, unless they had taken some 2 000 entries since their start (tried: such a one does not start). Out of a single one KS-9 reads what its disk holds.',
          'Objects that were copied out over S3.',
          'The original devices: whoever can read them.',
        ],
        asks: { label: 'What is left', learns: 'remains' },
      }),
    ]
  },
}

function chooseSnapshot(): Step {
  return choice({
    id: 'choose-snapshot',
    section: 'before',
    title: 'Choose the snapshot to read',
    why: 'The newest one that is not empty says from when data could be, if anything could bring it back.',
    options: async ({ recovery, failedMs }) => {
      const points = await recovery.points()
      const options = points.map((point) => optionOf(point, failedMs))
      const advised = options.find(({ notPossible }) => notPossible === null)
      return [
        ...options.map((option) => ({ ...option, advised: option === advised })),
        {
          id: 'none',
          label: 'None: there is none worth reading',
          says: ['The data loss is total, as far as snapshots go.'],
          notPossible: null,
          advised: advised === undefined,
          learnt: { [snapshotName]: '' },
        },
      ]
    },
  })
}

function optionOf(point: RestorePoint, failedMs: number): Option {
  const { backupId, createdAt, verdict, because } = point
  return {
    id: backupId,
    label: `${backupId} (${verdict})`,
    says: [
      createdAt === null
        ? 'When it was made is not known.'
        : `${ageWords(Math.max(0, failedMs - Date.parse(createdAt)))} before the failure.`,
      ...(because === null ? [] : [because]),
    ],
    notPossible: null,
    advised: false,
    learnt: { [snapshotName]: backupId },
  }
}

/** By its own objects, found under both spellings of a colon. */
async function ownWalk({ session, known }: StepContext) {
  const id = knownAs(known, snapshotName)
  return whereFailing(async () => {
    const store = await session.repository('read')
    const open = async (name: string): Promise<AsyncIterable<Uint8Array>> => {
      const key = `${id}/${name}`
      const { signal } = session
      try {
        return (await store.get(key, { signal })).pieces
      } catch (error) {
        if (!isHoldfastError(error, 'object.missing')) throw error
        return (await store.get(key.replaceAll(':', '%3A'), { signal })).pieces
      }
    }
    const pieces: Uint8Array[] = []
    for await (const piece of await open(manifestName)) pieces.push(piece)
    const time = timeOfSnapshotId(id)
    const manifest = time === null ? null : readManifest(Buffer.concat(pieces), id, time).manifest
    const facts = await walkKiseki(await open(tarName))
    const evidence = [
      {
        name: 'manifest',
        value: manifest === null ? 'cannot be read' : countOf(manifest.shardCount, 'shard'),
      },
      {
        name: 'archive',
        value: `${countOf(facts.shards, 'shard')}, ${facts.complete ? 'read to its end' : 'without its end'}`,
      },
    ]
    const learnt = { [countName]: String(facts.shards) }
    if (
      manifest === null ||
      !facts.complete ||
      facts.findings.length > 0 ||
      manifest.shardCount !== facts.shards
    ) {
      return failed(
        `The snapshot is damaged. ${facts.findings[0]?.message ?? 'Its manifest and its archive do not say the same.'}`,
        { evidence, learnt, next: 'Close this run and begin again with an older one, or without any.' },
      )
    }
    return facts.shards === 0
      ? done('It is whole, and empty: no shard is in it.', { evidence, learnt })
      : done(`It is whole: ${countOf(facts.shards, 'shard')}.`, { evidence, learnt })
  }, 'failed')
}

/** Source (s3.rs): one listing of at most 1 000 keys, the oldest first, and no word of an error. */
function listedBy({ dataPorts, tls }: KisekiConnection): Step {
  return check({
    id: 'listed',
    section: 'restore',
    title: 'Ask the new cluster for its list',
    why: 'A node that does not list the snapshot cannot read it either.',
    touches: 'AdminService/ListSnapshots.',
    skip: 'operator',
    notNeeded: (known) => (dataPorts.length === 0 ? 'The connection names no data port.' : notRead(known)),
    look: async ({ session, known }) =>
      whereFailing(async () => {
        const client = await session.grpc(dataPorts[0] ?? '', tls, kisekiProtocol)
        const reply = await client.unary(
          { method: `${service}/ListSnapshots`, deadlineMs: 60_000 },
          {},
          session.signal,
        )
        const listed = Array.isArray(reply['snapshots']) ? reply['snapshots'].filter(isJsonObject) : []
        const id = knownAs(known, snapshotName)
        return listed.some((snapshot) => snapshot['snapshot_id'] === id)
          ? done(`It lists ${countOf(listed.length, 'snapshot')}, this one too.`)
          : notYet(`It lists ${countOf(listed.length, 'snapshot')}, and not this one.`, {
              next: 'Its list ends at 1 000 keys with the oldest, tells of no error of its bucket, and https: is trusted by none of its usual builds. Check the KISEKI_BACKUP_ settings, or go past this: the reading here is the stricter one.',
            })
      }, 'notYet'),
  })
}

/** An action, though by the source of this build it only reads: what another build makes of a call with this name is not known. */
function readBy({ dataPorts, tls }: KisekiConnection): Step {
  return action({
    id: 'read-by-node',
    section: 'restore',
    title: 'Have a node read it',
    why: 'It shows that the server itself can parse it. By its source nothing is written anywhere.',
    touches: 'AdminService/RestoreSnapshot on the new cluster.',
    twin: `grpcurl -d '{"snapshot_id":"ID"}' NODE:9100 kiseki.v1.AdminService/RestoreSnapshot`,
    damage: 1,
    skip: 'operator',
    notNeeded: (known) => (dataPorts.length === 0 ? 'The connection names no data port.' : notRead(known)),
    act: async ({ session, known }) => {
      const client = await session.grpc(dataPorts[0] ?? '', tls, kisekiProtocol)
      const reply = await client.unary(
        { method: `${service}/RestoreSnapshot`, deadlineMs: 10 * 60_000 },
        { snapshot_id: knownAs(known, snapshotName) },
        session.signal,
      )
      const { shard_count: told } = reply
      const count = typeof told === 'string' ? told : '0'
      const own = knownAs(known, countName)
      return count === own
        ? done(`The node reads it and counts ${count} shards, as were counted here. Nothing was restored.`)
        : failed(`The node counts ${count} shards, and here ${own} were counted. Nothing was restored.`, {
            next: 'Believe the smaller number.',
          })
    },
    look: async () =>
      Promise.resolve(
        notYet('What the node read is not known. Reading once more changes nothing, by its source.'),
      ),
  })
}
