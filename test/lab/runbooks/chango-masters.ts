import { randomBytes } from 'node:crypto'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'

export interface LabState {
  /** By host; null where its master is down. */
  readonly leader: () => number | null
  readonly runs: () => readonly number[]
  readonly isReady: (place: number) => boolean
  readonly origins: readonly string[]
  readonly users: Map<string, string>
  /** Users whose password was reset. */
  readonly mustChange: Set<string>
  readonly components: Map<string, { readonly kind: string; readonly id: string; status: string }>
  readonly patches: () => Promise<number>
  readonly takeBackup: () => Promise<{ readonly objectKey: string; readonly sha256: string }>
  readonly record: (text: string) => void
  readonly dialect: 1 | 2
  readonly fingerprint: string
  readonly settings: Map<string, string>
  readonly nodeManagers: readonly {
    readonly nodeId: string
    readonly host: string
    readonly ready: boolean
  }[]
}

/** The HTTP side of one master: there only while its process lives. */
export interface LabMaster {
  open(): Promise<void>
  close(): Promise<void>
}

export function labMaster(place: number, port: number, state: LabState, tokens: Set<string>): LabMaster {
  let server: Server | null = null
  const sockets = new Set<Socket>()

  async function answer(
    method: string,
    path: string,
    body: Buffer,
    authorization: string,
    response: ServerResponse,
  ) {
    const send = (status: number, value: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    }
    const route = `${method} ${path}`
    if (route === 'POST /admin/api/auth/login') {
      const { username, password } = objectIn(body)
      if (typeof username !== 'string' || state.users.get(username) !== password)
        return send(401, { error: 'no' })
      const accessToken = randomBytes(12).toString('hex')
      tokens.add(accessToken)
      return send(200, {
        accessToken,
        isAdmin: true,
        ...(state.mustChange.has(username) && { requirePasswordChange: true }),
      })
    }
    if (!state.isReady(place))
      return send(503, { error: 'cluster starting: waiting for /chango/leader-ready' })
    if (!tokens.has(authorization.replace(/^Bearer /, ''))) return send(401, { error: 'unauthorized' })
    const component = /^\/admin\/api\/([a-z-]+)\/([\w-]+)(?:\/(start|stop))?$/.exec(path)
    switch (route) {
      case 'GET /admin/api/cluster/info':
        return send(200, { ready: true })
      case 'GET /admin/api/nodes/masters':
        return send(
          200,
          state.runs().map((each) => ({
            nodeId: `master-host-${each}-8080`,
            host: `host-${each}`,
            isLeader: each === state.leader(),
            ready: state.isReady(each),
          })),
        )
      case 'GET /admin/api/nodes/node-managers':
        return send(200, state.nodeManagers)
      case 'GET /admin/api/kms/keys':
        return send(state.dialect === 1 ? 200 : 404, ['internal-protocol', 'metadata-encryption'])
      case 'GET /admin/api/kms/list':
        return send(state.dialect === 2 ? 200 : 404, { keys: ['internal-protocol', 'metadata-encryption'] })
      case 'GET /admin/api/patch/library':
        return send(
          200,
          Array.from({ length: await state.patches() }, (_, index) => ({ id: `patch-${index}` })),
        )
      case 'GET /admin/api/backup/config':
        if (state.dialect === 1) return send(200, { cron: state.settings.get('backup.cron') ?? '' })
        return send(200, {
          ...Object.fromEntries(state.settings),
          'backup.masterKeyFingerprint': state.fingerprint,
        })
      case 'POST /admin/api/backup/run': {
        const { objectKey, sha256 } = await state.takeBackup()
        state.record('http backup-run')
        return send(200, { key: objectKey, sha256 })
      }
    }
    if (component !== null) {
      const [, kind = '', id = '', verb] = component
      const found = state.components.get(`${kind}/${id}`)
      if (found === undefined) return send(404, { error: 'not found' })
      if (method === 'GET' && verb === undefined)
        return send(200, {
          clusterId: id,
          status: found.status,
          instances: [{ instanceId: `${id}-1`, status: found.status }],
        })
      if (method === 'POST' && verb !== undefined) {
        state.record(`http ${verb} ${kind}/${id}`)
        found.status = verb === 'start' ? 'RUNNING' : 'STOPPED'
        return send(200, { status: 'ok' })
      }
    }
    const kind = /^\/admin\/api\/([a-z-]+)$/.exec(path)?.[1]
    const those = [...state.components.values()].filter((each) => each.kind === kind)
    if (method === 'GET' && those.length > 0)
      return send(
        200,
        those.map(({ id, status }) => ({ clusterId: id, status })),
      )
    return send(404, { error: 'not found' })
  }

  return {
    async open() {
      if (server !== null) return
      const opened = createServer((request, response) => {
        buffer(request)
          .then(async (body) => {
            const { pathname } = new URL(request.url ?? '/', 'http://lab')
            await answer(request.method ?? '', pathname, body, request.headers.authorization ?? '', response)
          })
          .catch((error: unknown) => response.writeHead(500).end(String(error)))
      })
      opened.on('connection', (socket) => {
        sockets.add(socket)
        socket.once('close', () => sockets.delete(socket))
      })
      server = opened
      await new Promise<void>((resolve, reject) => {
        opened.once('error', reject)
        opened.listen(port, '127.0.0.1', resolve)
      })
    },
    async close() {
      const closing = server
      server = null
      for (const socket of sockets) socket.destroy()
      if (closing !== null) await new Promise((resolve) => closing.close(resolve))
    },
  }
}

function objectIn(body: Buffer): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(body.toString('utf8'))
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
