import { existsSync, readFileSync, rmSync, watch, writeFileSync, type FSWatcher } from 'node:fs'
import { chown, mkdir, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { kisekiProtocol } from '../../../src/main/systems/kiseki/protocol.ts'
import type { ConnectionValues } from '../../../src/shared/contract/connection-fields.ts'
import { LabStatus, startGrpcServer, type LabGrpcServer } from '../grpc-server.ts'
import { startLabHosts, switchedServer, type LabHost, type SwitchedServer } from './hosts.ts'
import { kisekiScripts } from './kiseki-scripts.ts'
import { readIfThere } from './read-if-there.ts'

export interface KisekiSiteOptions {
  /** As of `startLabHosts`. */
  readonly diskBytes?: number | undefined
  readonly nodes: readonly {
    readonly isUp: boolean
    /** The last entry that it has committed. From 2 000 on the beginning of its log is gone, and a node that was stopped does not start. */
    readonly committed: bigint
    readonly isHalted?: boolean
    /** What its server says instead of staying up. */
    readonly refuses?: string
    /** Its disk is new. */
    readonly isEmpty?: boolean
  }[]
  /** What a scrub has counted. */
  readonly scrub?: string
  /** Snapshots that a node lists and reads, by their ids: shards of each. */
  readonly snapshots?: () => Promise<Readonly<Record<string, number>>>
}

export interface KisekiSiteLab {
  readonly hosts: readonly LabHost[]
  readonly values: ConnectionValues
  readonly inputs: Readonly<Record<string, string>>
  /** As a person at that machine. */
  start(node: number): Promise<void>
  /** As a crash that systemd has seen. */
  crash(node: number): Promise<void>
  /** From now on its server says this instead of staying up. */
  refuse(node: number, words: string): Promise<void>
  isUp(node: number): boolean
  /** Calls that changed something, in their order. */
  readonly calls: readonly string[]
  close(): Promise<void>
}

const shard = '/cluster/shards/00000000-0000-0000-0000-000000000001/leader'
export const sampleObject = '3f1c2b4a-0000-4000-8000-0123456789ab'
const chunk = 'ab'.repeat(32)
const serviceUser = 'lab-kiseki'
const serviceId = 64_101

/**
 * Nodes of kiseki on hosts, as its source has them: what a node says of itself is never that its quorum is lost; a node that comes
 * back catches up only where a majority answers; scrubs are in the list of the node that was asked, and nowhere else.
 */
export async function startKisekiSite(
  options: KisekiSiteOptions,
): Promise<KisekiSiteLab | { readonly skip: string }> {
  const started = await startLabHosts({
    count: options.nodes.length,
    serviceUser,
    diskBytes: options.diskBytes,
    folders: ['kiseki', 'kiseki/data', 'kiseki/data/metadata', 'kiseki/copies', 'bin'],
    files: (host) => kisekiScripts(host + 1),
  })
  if ('skip' in started) return started
  const { hosts, ssh } = started
  const lab = (node: number, name: string): string => join(hosts[node]?.tree ?? '', 'lab', name)
  const data = (node: number, name: string): string => join(hosts[node]?.tree ?? '', 'kiseki', 'data', name)
  const calls: string[] = []
  const everywhere = options.nodes.map((_, node) => node)
  for (const [node, { isUp, committed, isHalted, refuses, isEmpty }] of options.nodes.entries()) {
    await writeFile(data(node, 'metadata/compositions.redb'), isHalted === true ? 'halted' : 'whole')
    await writeFile(data(node, 'metadata/views.redb'), 'views')
    if (isEmpty !== true) {
      for (const folder of ['keys', 'raft', 'chunks']) await mkdir(data(node, folder))
      await writeFile(data(node, 'keys/epochs.redb'), 'sealed')
      await writeFile(data(node, 'node-identity.key'), 'a-node-identity-shown-nowhere')
      await writeFile(data(node, 'raft/shard-00000000-0000-0000-0000-000000000001.redb'), String(committed))
      await writeFile(data(node, 'chunks/data.dev'), Buffer.alloc(1024 * 1024, node + 1))
    }
    for (const folder of ['keys', 'raft', 'chunks', 'metadata'])
      if (existsSync(data(node, folder))) await chown(data(node, folder), serviceId, serviceId)
    if (refuses !== undefined) await refuse(node, refuses)
    await writeFile(lab(node, isUp ? 'node.up' : 'failed'), '')
  }

  async function refuse(node: number, words: string): Promise<void> {
    await writeFile(lab(node, 'refuses'), `${words}\n`)
    await writeFile(lab(node, 'log'), `${words}\n`)
    await chown(lab(node, 'log'), serviceId, serviceId)
  }

  const up = (node: number): boolean => existsSync(lab(node, 'node.up'))
  const holds = (): boolean => everywhere.filter(up).length > options.nodes.length / 2
  const log = (node: number): string => data(node, 'raft/shard-00000000-0000-0000-0000-000000000001.redb')
  const committed = (node: number): bigint => BigInt(readIfThere(log(node)) ?? 0)
  /** A look at it later it has come closer; without a majority nobody does. */
  const catchUp = (node: number): void => {
    if (!holds()) return
    const most = everywhere
      .filter(up)
      .map(committed)
      .reduce((high, tip) => (tip > high ? tip : high), 0n)
    writeFileSync(log(node), String(most))
  }

  function answer(node: number, route: string, response: ServerResponse): void {
    const text = (body: string): void =>
      void response.writeHead(200, { 'content-type': 'application/json' }).end(body)
    // A leader that is alone keeps naming itself.
    const leader = everywhere.find(up) ?? node
    switch (route) {
      case 'GET /health':
        return void response.end('OK')
      case 'GET /cluster/info':
        return text(`{"node_id":${node + 1},"leader_id":${leader + 1},"peers":[]}`)
      case `GET ${shard}`: {
        const at = committed(node)
        catchUp(node)
        const isHalted = readFileSync(data(node, 'metadata/compositions.redb'), 'utf8') === 'halted'
        return text(
          `{"shard_id":"s","leader_id":${leader + 1},"raft_members":[${everywhere.map((each) => each + 1).join(',')}],` +
            `"last_committed_seq":${at},"state":"Healthy","composition_hydrator_halted":${isHalted}}`,
        )
      }
      case `GET /admin/composition/${sampleObject}`:
        return text(`{"found":true,"has_inline_data":false,"chunk_ids":["${chunk}"]}`)
      case `GET /admin/chunk/${chunk}`:
        return text(
          '{"cluster_state":{"refcount":1,"placement":[1,2,3],"tombstoned":false},"has_chunk_local":true}',
        )
    }
    response.writeHead(404).end('{"found":false}')
  }

  const servers: SwitchedServer[] = []
  const grpc: LabGrpcServer[] = []
  const watchers: FSWatcher[] = []
  let turn: Promise<unknown> = Promise.resolve()
  for (const node of everywhere) {
    const server = await switchedServer((message, response) =>
      answer(node, `${message.method} ${message.url}`, response),
    )
    servers.push(server)
    grpc.push(await dataPort(node))
    const settle = async (): Promise<void> => (up(node) ? server.on() : server.off())
    await settle()
    watchers.push(
      watch(join(hosts[node]?.tree ?? '', 'lab'), () => {
        turn = turn.then(settle)
      }),
    )
  }

  async function dataPort(node: number): Promise<LabGrpcServer> {
    const repairs: { repair_id: string; asked: number }[] = []
    const alive = (): void => {
      if (!up(node)) throw new LabStatus('UNAVAILABLE', 'the node is down')
    }
    return startGrpcServer(kisekiProtocol, {
      '/kiseki.v1.StorageAdminService/TriggerScrub': {
        unary() {
          alive()
          const id = `scrub-${node + 1}-${repairs.length + 1}`
          calls.push(`TriggerScrub ${node + 1}`)
          repairs.unshift({ repair_id: id, asked: 0 })
          return { scrub_id: id }
        },
      },
      '/kiseki.v1.StorageAdminService/ListRepairs': {
        unary() {
          alive()
          return {
            repairs: repairs.map((repair) => ({
              repair_id: repair.repair_id,
              trigger: 'scrub',
              state: 'succeeded',
              detail: options.scrub ?? 'orphan_deleted=0 repaired=0 critical=0 lost=0',
              started_at: 'ms:1',
              finished_at: 'ms:2',
            })),
          }
        },
      },
      '/kiseki.v1.AdminService/ListSnapshots': {
        async unary() {
          alive()
          const listed = Object.entries((await options.snapshots?.()) ?? {})
          return {
            snapshots: listed.map(([id, shards]) => ({ snapshot_id: id, shard_count: String(shards) })),
          }
        },
      },
      '/kiseki.v1.AdminService/RestoreSnapshot': {
        async unary({ snapshot_id: id }) {
          alive()
          calls.push('RestoreSnapshot')
          const shards = ((await options.snapshots?.()) ?? {})[String(id)]
          if (shards === undefined) throw new LabStatus('NOT_FOUND', `snapshot not found: ${String(id)}`)
          return { shard_count: String(shards) }
        },
      },
    })
  }

  return {
    hosts,
    values: {
      nodes: servers.map(({ origin }) => origin),
      dataPorts: grpc.map(({ target }) => `http://${target}`),
      hosts: hosts.map(({ address }) => address),
      ssh,
    },
    inputs: {
      dataFolder: '/opt/kiseki/data',
      copyFolder: '/opt/kiseki/copies',
      user: serviceUser,
    },
    async start(node) {
      rmSync(lab(node, 'failed'), { force: true })
      await writeFile(lab(node, 'node.up'), '')
      await servers[node]?.on()
    },
    async crash(node) {
      rmSync(lab(node, 'node.up'))
      await writeFile(lab(node, 'failed'), '')
      await servers[node]?.off()
    },
    refuse,
    isUp: up,
    calls,
    async close() {
      for (const watcher of watchers) watcher.close()
      await turn
      await Promise.all([
        ...servers.map(async (server) => server.off()),
        ...grpc.map(async (each) => each.stop()),
      ])
      await started.close()
    },
  }
}
