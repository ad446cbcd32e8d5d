import type { ServerResponse } from 'node:http'
import { kisekiProtocol } from '../../../src/main/systems/kiseki/protocol.ts'
import { answeringServer, type AnsweringServer } from '../../fakes/answering-server.ts'
import { LabStatus, startGrpcServer, type LabGrpcOptions } from '../grpc-server.ts'

export interface KisekiNodesOptions {
  /** Writes a snapshot where the node's environment says, and tells its id and what it holds. */
  readonly takeSnapshot: () => Promise<{
    readonly snapshotId: string
    readonly shards: number
    readonly metadataBytes: number
    readonly dataBytes: number
  }>
  readonly nodes?: number
  /** Certificates of the data port, and the authority whose client certificates it asks for; plaintext without. */
  readonly tls?: LabGrpcOptions['tls']
  /** False: its environment names no backend. */
  readonly isConfigured?: boolean
}

export interface KisekiNodes {
  readonly origins: readonly string[]
  readonly dataPort: string
  /** Requests that changed something, or were meant to. */
  changes(): number
  /** Every node but the first one dies. */
  killFollowers(): Promise<void>
  /** The last node stays behind for ever. */
  holdBack(): void
  /** The last node is behind, and nearer each time that it is asked. */
  catchUp(): void
  /** How many snapshots lie in the bucket. */
  holdSnapshots(count: number): void
  haltHydrator(): void
  breakNextSnapshot(): void
  /** As a bucket that checks signatures answers the node. */
  refuseSignature(): void
  /** The mark that a cut call leaves. */
  stayInProgress(): void
  kill(): Promise<void>
}

const shard = '/cluster/shards/00000000-0000-0000-0000-000000000001/leader'

/**
 * Nodes of kiseki as its source has them (version 2026.40): an admin port without a login, whose "backup" is an event; snapshots over gRPC alone; a
 * `state` that is always `Healthy`, and a `leader_id` that nobody takes back.
 */
export async function startKisekiNodes({
  takeSnapshot,
  nodes = 3,
  tls,
  isConfigured = true,
}: KisekiNodesOptions): Promise<KisekiNodes> {
  const servers: AnsweringServer[] = []
  let changes = 0
  let fault: 'none' | 'break' | 'signature' | 'busy' = 'none'
  let isHalted = false
  let isBehind = false
  let lead = 0n
  let held = 0
  // Above 2^53: a reader that takes it for a number of JSON is one off.
  const tip = 9007199254740993n

  function answer(place: number, route: string, response: ServerResponse): void {
    const text = (body: string): void =>
      void response.writeHead(200, { 'content-type': 'application/json' }).end(body)
    switch (route) {
      case 'GET /health':
        return void response.end('OK')
      case 'GET /cluster/info':
        return text(`{"node_id":${place + 1},"leader_id":1,"leader_s3":null,"peers":[]}`)
      case `GET ${shard}`: {
        const committed = place === nodes - 1 ? tip - (isBehind ? 5n : lead) : tip
        if (place === nodes - 1 && lead > 1n) lead -= 1n
        const members = Array.from({ length: nodes }, (_, at) => at + 1).join(',')
        return text(
          `{"shard_id":"s","leader_id":1,"raft_members":[${members}],"last_committed_seq":${committed},` +
            `"state":"Healthy","composition_hydrator_halted":${isHalted}}`,
        )
      }
      case 'POST /ui/api/ops/backup':
        changes += 1
        if (fault === 'break') return void response.destroy()
        return text('{"status":"ok","message":"Backup initiated (background)"}')
    }
    response.writeHead(404).end()
  }

  for (let place = 0; place < nodes; place += 1) {
    servers.push(
      await answeringServer(({ method, path }, response) => answer(place, `${method} ${path}`, response)),
    )
  }
  const demandConfigured = (): void => {
    if (isConfigured) return
    throw new LabStatus(
      'UNAVAILABLE',
      'backups are not configured — set KISEKI_BACKUP_BACKEND=fs|s3 on the server',
    )
  }
  const grpc = await startGrpcServer(
    kisekiProtocol,
    {
      '/kiseki.v1.AdminService/CreateSnapshot': {
        async unary() {
          demandConfigured()
          changes += 1
          if (fault === 'busy') throw new LabStatus('FAILED_PRECONDITION', 'backup already in progress')
          if (fault === 'signature') {
            throw new LabStatus('INTERNAL', 'backup I/O: PUT http://s3/b/2026:x/snapshot.tar → 403 Forbidden')
          }
          const made = await takeSnapshot()
          if (fault === 'break') throw new LabStatus('UNAVAILABLE', 'Connection dropped')
          return {
            snapshot_id: made.snapshotId,
            shard_count: String(made.shards),
            metadata_bytes: String(made.metadataBytes),
            data_bytes: String(made.dataBytes),
            created_at: made.snapshotId.slice(0, 20),
            elapsed_millis: '12',
          }
        },
      },
      '/kiseki.v1.AdminService/ListSnapshots': {
        unary() {
          demandConfigured()
          // Source (s3.rs): one page of 1 000 keys, two a snapshot, the oldest first.
          return {
            snapshots: Array.from({ length: Math.min(held, 500) }, (_, at) => ({ snapshot_id: `s-${at}` })),
          }
        },
      },
    },
    tls === undefined ? {} : { tls },
  )
  return {
    origins: servers.map(({ url }) => url),
    dataPort: `${tls === undefined ? 'http' : 'https'}://${grpc.target}`,
    changes: () => changes,
    async killFollowers() {
      await Promise.all(servers.slice(1).map(async (server) => server.close()))
    },
    holdBack() {
      isBehind = true
    },
    catchUp() {
      lead = 12n
    },
    holdSnapshots(count) {
      held = count
    },
    haltHydrator() {
      isHalted = true
    },
    breakNextSnapshot() {
      fault = 'break'
    },
    refuseSignature() {
      fault = 'signature'
    },
    stayInProgress() {
      fault = 'busy'
    },
    async kill() {
      await Promise.all([...servers.map(async (server) => server.close()), grpc.stop()])
    },
  }
}
