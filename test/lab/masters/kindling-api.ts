import { randomUUID } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { answeringServer } from '../../fakes/answering-server.ts'
import { labVolume } from '../kindling.ts'
import type { AccountsPlayed } from './kindling-accounts.ts'

export interface KindlingApiOptions {
  readonly accounts: Pick<AccountsPlayed, 'answer' | 'isAccepted'>
  /** Where the volumes of projects are backed up to. */
  readonly repository: string
  /** Told of each request that changes something; true: its answer is lost. */
  readonly changes: () => boolean
}

export interface KindlingApi {
  readonly url: string
  /** What it tells of a worker from now on. */
  tellWorker(place: number, told: { readonly status: string; readonly heartbeat_health: string }): void
  close(): Promise<void>
}

/** An API that plays kindling's: health, accounts, servers, and the volumes of two projects. */
export async function startKindlingApi({
  accounts,
  repository,
  changes,
}: KindlingApiOptions): Promise<KindlingApi> {
  const plays = volumesPlayed(repository, changes)
  const workers = ['kindling-1', 'kindling-2'].map((hostname) => healthyServer(hostname))
  const api = await answeringServer((request, response) => {
    const { method, path, headers } = request
    const send = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    const [, server, of] = /^\/api\/(?:platform\/)?servers\/([^/]+)\/(drain|details)$/.exec(path) ?? []
    const worker = workers.find(({ id }) => id === server)
    if (path === '/healthz') response.end('ok')
    else if (accounts.answer(request, response)) return
    else if (!accounts.isAccepted(headers.authorization))
      send(401, { error: 'authentication required', code: 'unauthorized' })
    else if (path === '/api/platform/servers') send(200, workers)
    else if (path === '/api/meta') send(200, { public_base_url: 'https://kindling.lab' })
    else if (worker !== undefined && of === 'details') send(200, { volumes: [{}, {}] })
    else if (worker !== undefined && method === 'POST') {
      changes()
      worker.status = 'draining'
      send(200, { status: 'draining' })
    } else if (plays(method, path, response, send)) return
    else send(404, { error: 'not found', code: 'not_found' })
  })
  return {
    url: api.url,
    close: async () => api.close(),
    tellWorker(place, told) {
      Object.assign(workers[place] ?? {}, told)
    },
  }
}

/** Source (rpc/servers/servers.go): the row of a server whose api runs in a process of its own. */
function healthyServer(hostname: string) {
  return {
    id: `id-of-${hostname}`,
    hostname,
    status: 'active',
    active_instance_count: 0,
    health: 'healthy',
    heartbeat_health: 'healthy',
    heartbeat_age_seconds: 4,
    enabled_components: ['worker'],
    components: [{ component: 'worker', enabled: true, health: 'healthy' }],
  }
}

type VolumeWork = 'backup' | 'restore' | 'move'
const wishes: Readonly<Record<string, VolumeWork>> = { 'volume/restore': 'restore', 'volume/move': 'move' }

/**
 * The volumes of two projects, one detached and one attached, whose backup takes two looks (from source: rpc/project_volumes.go,
 * volumeops/handler.go). `breaks`: told of each request that changes something; the answer is lost where it says so.
 */
function volumesPlayed(repository: string, breaks: () => boolean) {
  const volumes = ['detached', 'attached'].map((status, place) => ({
    id: `00000000-0000-4000-8000-00000000001${place}`,
    project_id: `00000000-0000-4000-8000-00000000002${place}`,
    server_id: `id-of-kindling-${place + 1}`,
    status,
    health: 'healthy',
    last_successful_backup_at: null as string | null,
  }))
  const [cold] = volumes
  let looksLeft = 0
  let operation: {
    readonly id: string
    readonly kind: VolumeWork
    readonly status: string
    readonly backup_id: string
  } | null = null
  const backups: object[] = []
  const finish = ({ kind, backup_id: backupId }: NonNullable<typeof operation>): void => {
    operation = null
    if (kind === 'move' && cold !== undefined) cold.server_id = 'id-of-kindling-2'
    if (kind !== 'backup') return
    const folder = join(repository, 'project-volumes', cold?.id ?? '', 'backups')
    mkdirSync(folder, { recursive: true })
    const image = labVolume()
    if (cold !== undefined) cold.last_successful_backup_at = new Date().toISOString()
    writeFileSync(join(folder, `${backupId}.qcow2`), image)
    backups.unshift({
      id: backupId,
      kind: 'manual',
      status: 'succeeded',
      storage_url: `s3://lab/project-volumes/${cold?.id ?? ''}/backups/${backupId}.qcow2`,
      size_bytes: image.byteLength,
      completed_at: new Date().toISOString(),
    })
  }
  return (
    method: string,
    path: string,
    response: ServerResponse,
    send: (status: number, body: unknown) => void,
  ): boolean => {
    if (path === '/api/projects') {
      send(
        200,
        volumes.map(({ project_id }, place) => ({ id: project_id, name: `project-${place}` })),
      )
      return true
    }
    const [, projectId, rest] = /^\/api\/projects\/([^/]+)\/(.+)$/.exec(path) ?? []
    const volume = volumes.find(({ project_id }) => project_id === projectId)
    if (volume === undefined) return false
    if (method === 'GET' && rest === 'volume') {
      if (volume === cold && operation !== null && (looksLeft -= 1) < 0) finish(operation)
      send(200, { ...volume, current_operation: volume === cold ? operation : null })
    } else if (method === 'GET') send(200, volume === cold ? backups : [])
    else {
      const isLost = breaks()
      if (volume !== cold) send(409, { error: 'detach the volume first', code: 'volume_attached' })
      else {
        looksLeft = 1
        const kind = wishes[rest ?? ''] ?? 'backup'
        operation = { id: `operation-of-${kind}`, kind, status: 'pending', backup_id: randomUUID() }
        if (isLost) response.destroy()
        else send(202, operation)
      }
    }
    return true
  }
}
