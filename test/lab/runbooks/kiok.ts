import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { watch, type FSWatcher } from 'node:fs'
import { chmod, mkdir, chown, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import type { ConnectionValues } from '../../../src/shared/contract/connection-fields.ts'
import { silentPorts, startLabHosts, switchedServer, type LabHost, type SwitchedServer } from './hosts.ts'
import { kiokScripts } from './kiok-scripts.ts'
import { readState, writeState, type KiokState } from './kiok-state.ts'
import { readIfThere } from './read-if-there.ts'

export interface KiokSiteOptions {
  /** As of `startLabHosts`. */
  readonly diskBytes?: number | undefined
  readonly masterKey: string
  /** Writes a backup into the cluster's repository and tells its id. */
  readonly takeBackup: () => Promise<string>
  /** What each backup that is there already holds. */
  readonly backups?: Readonly<Record<string, KiokState>>
  /** What stands on each master's host; null: a disk that is new. */
  readonly hosts: readonly (KiokState | null)[]
  /** Roots that ZooKeeper knows a cluster under. */
  readonly roots?: readonly string[]
}

export interface KiokSiteLab {
  readonly hosts: readonly LabHost[]
  /** Of a connection; the login is the caller's. */
  readonly values: ConnectionValues
  /** What the runbooks ask for, as it is here. */
  readonly inputs: Readonly<Record<string, string>>
  /** What stands in the stores of one host now. */
  state(host: number): KiokState | null
  isUp(host: number): boolean
  /** As a person in kiok's own page: somebody has to be able to log in there. */
  restoreInUi(backupId: string, login: { readonly user: string; readonly password: string }): void
  /** Runs a start script of a host, as a cluster that was running before. */
  startedBefore(host: number, role?: 'master' | 'worker'): Promise<void>
  /** As an administrator who tells nobody. */
  changePassword(user: string, password: string): void
  /** Requests that changed something, in their order. */
  readonly changes: readonly string[]
  killZooKeeper(member: number): Promise<void>
  close(): Promise<void>
}

export const kiokFolder = '/opt/kiok'
const serviceUser = 'lab-kiok'
const serviceId = 64_101

/**
 * Hosts of kiok with its masters, as its documents describe them: a first start under a root that ZooKeeper does not know makes
 * `admin`/`admin`; a store that is empty under a known one makes nobody (the login deadlock); a master that comes to a
 * leader with data takes it over. What a master keeps lies in its data folder, so that what is moved aside is gone.
 */
export async function startKiokSite(
  options: KiokSiteOptions,
): Promise<KiokSiteLab | { readonly skip: string }> {
  const roots = new Set(options.roots ?? ['/kiok'])
  const saved = new Map(Object.entries(options.backups ?? {}))
  const tokens = new Map<string, string>()
  const runs = new Map<string, number>()
  const changes: string[] = []
  const keySha256 = createHash('sha256').update(options.masterKey, 'utf8').digest('hex')
  const started = await startLabHosts({
    count: options.hosts.length,
    serviceUser,
    diskBytes: options.diskBytes,
    folders: ['kiok', 'kiok/bin', 'kiok/conf', 'kiok/data', 'kiok/logs'],
    files: () => kiokScripts(keySha256, process.execPath),
  })
  if ('skip' in started) return started
  const { hosts, ssh } = started
  const data = hosts.map(({ tree }) => join(tree, 'kiok', 'data'))
  for (const [host, state] of options.hosts.entries()) if (state !== null) await fill(data[host] ?? '', state)

  const up = (host: number, role: 'master' | 'worker'): string | null => {
    return readIfThere(join(hosts[host]?.tree ?? '', 'lab', `${role}.up`))
  }
  const everywhere = hosts.map((_, host) => host)
  const stateOf = (host: number): KiokState | null => readState(data[host] ?? '')
  /** Every master under the same root has the same. */
  const change = (host: number, next: (state: KiokState) => KiokState): void => {
    const state = stateOf(host)
    if (state === null) return
    for (const each of everywhere)
      if (up(each, 'master') === up(host, 'master')) writeState(data[each] ?? '', next(state))
  }

  /** What a master finds when it comes up. */
  function comeUp(host: number): void {
    const root = up(host, 'master')
    if (root === null || stateOf(host) !== null) return
    const leader = everywhere.find(
      (each) => each !== host && up(each, 'master') === root && stateOf(each) !== null,
    )
    const theirs = leader === undefined ? null : stateOf(leader)
    if (theirs !== null) writeState(data[host] ?? '', theirs)
    else if (!roots.has(root)) {
      roots.add(root)
      writeState(data[host] ?? '', {
        dags: [],
        cron: null,
        maintenance: false,
        users: { admin: { password: 'admin', mustChange: true } },
        connections: [],
        logs: [],
      })
    }
  }

  const servers: SwitchedServer[] = []
  for (const host of everywhere) {
    servers.push(
      await switchedServer((message, response) => {
        void buffer(message).then((body) => answer(host, message, body, response))
      }),
    )
  }
  const sockets: Server[] = []
  const watchers: FSWatcher[] = []
  let turn: Promise<unknown> = Promise.resolve()
  for (const host of everywhere) {
    const settle = async (): Promise<void> => {
      if (up(host, 'master') === null) return servers[host]?.off()
      comeUp(host)
      return servers[host]?.on()
    }
    watchers.push(
      watch(join(hosts[host]?.tree ?? '', 'lab'), () => {
        turn = turn.then(settle)
      }),
    )
    sockets.push(await adminSocket(host))
  }
  const zooKeeper = await silentPorts(3)

  /** As `kiok-cli.sh` reaches a master: only one that runs answers, and only for a user that exists. */
  async function adminSocket(host: number): Promise<Server> {
    const server = createServer((message, response) => {
      void buffer(message).then((body) => {
        if (up(host, 'master') === null) return response.writeHead(503).end()
        const { user, value } = objectIn(body)
        if (typeof user !== 'string' || stateOf(host)?.users[user] === undefined)
          return response.writeHead(404).end()
        changes.push(`reset ${user}`)
        change(host, (state) => ({
          ...state,
          users: { ...state.users, [user]: { password: String(value), mustChange: true } },
        }))
        return response.writeHead(200).end()
      })
    })
    const path = join(data[host] ?? '', 'admin.sock')
    await new Promise<void>((resolve) => server.listen(path, resolve))
    await chmod(path, 0o666)
    return server
  }

  function answer(host: number, message: IncomingMessage, bytes: Buffer, response: ServerResponse): void {
    const { pathname } = new URL(message.url ?? '/', 'http://lab')
    const route = `${message.method} ${pathname}`
    const root = up(host, 'master')
    const state = stateOf(host)
    const isReady = everywhere.some((each) => up(each, 'worker') === root)
    if (route === 'GET /healthz') return send(response, 200, { status: 'UP' })
    if (route === 'GET /readyz') return send(response, isReady ? 200 : 503, { ready: isReady })
    const body = objectIn(bytes)
    if (route === 'POST /api/v1/auth/login') {
      const { user, password } = body
      const known = typeof user === 'string' ? state?.users[user] : undefined
      if (typeof user !== 'string' || known === undefined || known.password !== password)
        return send(response, 401, { error: 'invalid credentials' })
      const accessToken = randomBytes(18).toString('base64url')
      tokens.set(accessToken, user)
      return send(response, 200, { accessToken, ...(known.mustChange && { requirePasswordChange: true }) })
    }
    if (!isReady) return send(response, 503, { error: 'cluster is not open' })
    const user = tokens.get(message.headers.authorization?.replace(/^Bearer /, '') ?? '')
    const known = user === undefined ? undefined : state?.users[user]
    if (user === undefined || known === undefined || state === null)
      return send(response, 401, { error: 'unauthorized' })
    if (message.method !== 'GET') changes.push(route)
    if (route === 'POST /api/v1/auth/change-password') {
      if (body['oldPassword'] !== known.password) return send(response, 400, { error: 'wrong password' })
      const password = String(body['newPassword'])
      change(host, (was) => ({ ...was, users: { ...was.users, [user]: { password, mustChange: false } } }))
      return send(response, 200, { status: 'ok' })
    }
    if (known.mustChange) return send(response, 403, { requirePasswordChange: true })
    const started = /^POST \/api\/v1\/dags\/([^/]+)\/runs$/.exec(route)?.[1]
    if (started !== undefined) {
      // Documented (cluster-maintenance): a run that somebody asks for is refused meanwhile.
      if (state.maintenance) return send(response, 503, { error: 'maintenance', maintenanceMode: true })
      if (!state.dags.includes(started)) return send(response, 404, { error: 'no such DAG' })
      const runId = `run-${runs.size + 1}`
      runs.set(runId, 0)
      return send(response, 200, { runId })
    }
    const run = /^GET \/api\/v1\/runs\/([^/]+)$/.exec(route)?.[1]
    if (run !== undefined) {
      const asked = runs.get(run) ?? 0
      runs.set(run, asked + 1)
      return send(response, 200, { runId: run, state: asked === 0 ? 'RUNNING' : 'SUCCESS' })
    }
    switch (route) {
      case 'GET /api/v1/dags':
        return send(
          response,
          200,
          state.dags.map((id) => ({ id })),
        )
      case 'GET /api/v1/connections':
        return send(
          response,
          200,
          state.connections.map((connectionId) => ({ connectionId })),
        )
      case 'GET /api/v1/admin/backup/cron':
        return send(response, 200, { cron: state.cron })
      case 'GET /api/v1/admin/maintenance':
        return send(response, 200, { enabled: state.maintenance })
      case 'POST /api/v1/admin/maintenance':
        change(host, (was) => ({ ...was, maintenance: body['enabled'] === true }))
        return send(response, 200, {})
      case 'POST /api/v1/admin/backup':
        options.takeBackup().then(
          (backupId) => {
            saved.set(backupId, state)
            send(response, 200, { backupId })
          },
          (error: unknown) => send(response, 500, { error: String(error) }),
        )
        return
    }
    send(response, 404, { error: 'not found' })
  }

  return {
    hosts,
    values: {
      masters: servers.map(({ origin }) => origin),
      hosts: hosts.map(({ address }) => address),
      ssh,
    },
    inputs: {
      installFolder: kiokFolder,
      osUser: serviceUser,
      javaHome: '/opt/java',
      zooKeeper: zooKeeper.addresses.join(','),
      iterations: '1000',
    },
    state: stateOf,
    isUp: (host) => up(host, 'master') !== null,
    restoreInUi(backupId, { user, password }) {
      const host = everywhere.find((each) => up(each, 'master') !== null)
      if (host === undefined) throw new Error('no master runs')
      const known = stateOf(host)?.users[user]
      if (known === undefined || known.password !== password || known.mustChange)
        throw new Error(`${user} cannot log in to the page`)
      const backup = saved.get(backupId)
      if (backup === undefined) throw new Error(`there is no row ${backupId}`)
      changes.push(`restore ${backupId}`)
      change(host, () => backup)
    },
    changePassword: (user, password) =>
      change(everywhere.find((each) => up(each, 'master') !== null) ?? 0, (was) => ({
        ...was,
        users: { ...was.users, [user]: { password, mustChange: false } },
      })),
    async startedBefore(host, role = 'master') {
      const { tree = '' } = hosts[host] ?? {}
      await writeFile(join(tree, 'lab', `${role}.up`), '/kiok')
      const process = spawn('sleep', ['3600'], { uid: serviceId, gid: serviceId, stdio: 'ignore' })
      await writeFile(join(tree, 'kiok', 'bin', `${role}.pid`), String(process.pid))
      if (role === 'master') await servers[host]?.on()
    },
    changes,
    killZooKeeper: async (member) => zooKeeper.kill(member),
    async close() {
      for (const watcher of watchers) watcher.close()
      await turn
      await Promise.all(servers.map(async (server) => server.off()))
      for (const socket of sockets) socket.close()
      await zooKeeper.close()
      await started.close()
    },
  }
}

async function fill(dataFolder: string, state: KiokState): Promise<void> {
  for (const store of ['metadata', 'kms', 'iam', 'connections', 'joblog-temp']) {
    await mkdir(join(dataFolder, store), { recursive: true })
    await writeFile(join(dataFolder, store, 'CURRENT'), 'MANIFEST-000001\n')
    await chown(join(dataFolder, store), serviceId, serviceId)
  }
  writeState(dataFolder, state)
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function objectIn(body: Buffer): Readonly<Record<string, unknown>> {
  if (body.byteLength === 0) return {}
  const value: unknown = JSON.parse(body.toString('utf8'))
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
