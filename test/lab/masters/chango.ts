import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { answeringServer, type AnsweringServer, type SeenRequest } from '../../fakes/answering-server.ts'

export interface ChangoMastersOptions {
  readonly users: Readonly<Record<string, { readonly password: string; readonly mustChange?: boolean }>>
  readonly dialect: 'chango/1' | 'chango/2'
  /** Writes a backup into the cluster's repository. */
  readonly takeBackup: () => Promise<{
    readonly backupId: string
    readonly objectKey: string
    readonly sha256: string
    readonly sizeBytes: number
  }>
  /** Of the key that the cluster uses, in the newer dialect. */
  readonly keyFingerprint?: string
  readonly masters?: number
  /** What is told of masters and node managers; left out: all of them are ready, and the first master leads. */
  readonly nodes?: {
    readonly masters?: readonly { readonly isLeader: boolean; readonly ready: boolean }[]
    readonly nodeManagers?: readonly { readonly nodeId: string; readonly ready: boolean }[]
  }
  /** Routes that the pages leave open, with what a GET of each answers; no other one is there. */
  readonly unpublished?: Readonly<Record<string, () => unknown>>
}

export interface ChangoMasters {
  readonly origins: readonly string[]
  /** Requests that changed something, or were meant to: logins are none. */
  changes(): number
  /** `GET /admin/api/cluster/info`, in the order in which they came. */
  readonly requests: readonly string[]
  /**
   * What everything that changes something is answered from now on. `notAdmin`: the role of the user is too small; `oldFollower`: every
   * master but the first hands it back, with the leader's address; `forwardFails`: a follower did not hear the end of it.
   */
  refuse(how: 'notAdmin' | 'oldFollower' | 'forwardFails'): void
  /** What the older dialect was last sent as its settings: all that it then has. */
  stored(): Readonly<Record<string, unknown>>
  /** The next settings are refused in words that repeat them. */
  echoNextSettings(): void
  /** As the cluster keeps it; the newer dialect's settings. */
  setting(name: string): string | undefined
  /** What every route but the logins waits for; null: the gate is open. */
  waitFor(condition: string | null): void
  breakNextBackup(): void
  /** As an endpoint that cannot encrypt at rest makes it. */
  refuseEncryption(): void
  kill(): Promise<void>
}

/**
 * Masters of chango as its documents describe them (features/iam, backup, cluster-readiness, leader-forward): logins with the field
 * `username`, a gate that names what it waits for, and the settings of backups in either dialect.
 */
export async function startChangoMasters(options: ChangoMastersOptions): Promise<ChangoMasters> {
  const { users, dialect, takeBackup, masters = 2 } = options
  const tokens = new Map<string, string>()
  const servers: AnsweringServer[] = []
  const settings = new Map<string, string>([
    ['backup.s3.endpoint', 'http://127.0.0.1:1'],
    ['backup.s3.region', 'us-east-1'],
    ['backup.s3.bucket', 'backups'],
    ['backup.s3.object-prefix', 'chango-backups/'],
    ['backup.s3.path-style', 'true'],
    ['backup.s3.access-key', 'AKIAEXAMPLE'],
    ['backup.s3.secret-key', 'the cluster keeps this secret key'],
    ['backup.s3.sse', 'AES256'],
    ['backup.retention.days', '30'],
    ['backup.cron', '0 2 * * *'],
  ])
  const requests: string[] = []
  let changes = 0
  let waitsFor: string | null = null
  let fault: 'none' | 'break' | 'encryption' | 'echo' = 'none'
  let refusing: 'none' | 'notAdmin' | 'oldFollower' | 'forwardFails' = 'none'
  let stored: Readonly<Record<string, unknown>> = {}

  function logIn({ body }: SeenRequest, response: ServerResponse): void {
    const { username, password } = objectIn(body)
    const known = typeof username === 'string' ? users[username] : undefined
    if (typeof username !== 'string' || known === undefined || known.password !== password) {
      send(response, 401, { error: 'invalid credentials' })
      return
    }
    const accessToken = randomBytes(24).toString('base64url')
    tokens.set(accessToken, username)
    send(response, 200, {
      accessToken,
      isAdmin: true,
      ...(known.mustChange === true && { requirePasswordChange: true }),
    })
  }

  async function run(response: ServerResponse): Promise<void> {
    changes += 1
    const how = fault
    fault = 'none'
    if (how === 'encryption') {
      send(response, 500, { error: 'S3 501 NotImplemented: server side encryption is not supported' })
      return
    }
    const made = await takeBackup()
    if (how === 'break') response.destroy()
    else if (dialect === 'chango/1') send(response, 200, { key: made.objectKey, sha256: made.sha256 })
    else {
      send(response, 200, {
        backupId: made.backupId,
        objectKey: made.objectKey,
        sizeBytes: made.sizeBytes,
        createdAt: new Date().toISOString(),
        masterKeyFingerprint: options.keyFingerprint ?? '',
        serverSideEncryption: settings.get('backup.s3.sse'),
        pruned: [],
      })
    }
  }

  function config(response: ServerResponse): void {
    const shown = Object.fromEntries(
      [...settings].map(([name, value]) => [name, name === 'backup.s3.secret-key' ? '<set>' : value]),
    )
    send(response, 200, {
      ...shown,
      ...(settings.get('backup.cron') !== '' && {
        'backup.cron.nextFireTime': new Date(Date.now() + 3_600_000).toISOString(),
      }),
      ...(options.keyFingerprint !== undefined && { 'backup.masterKeyFingerprint': options.keyFingerprint }),
    })
  }

  function setConfig({ body }: SeenRequest, response: ServerResponse): void {
    changes += 1
    const wanted = objectIn(body)
    const cron = wanted['backup.cron']
    if (typeof cron === 'string' && cron !== '' && cron.trim().split(/\s+/).length !== 5) {
      send(response, 400, { error: 'bad cron' })
      return
    }
    for (const [name, value] of Object.entries(wanted)) settings.set(name, String(value))
    send(response, 200, { status: 'ok' })
  }

  /** True where it was answered. Documented: role-based-access, leader-forward; 421 on the pages before it. */
  function refuses(place: number, user: string, response: ServerResponse): boolean {
    if (refusing === 'notAdmin')
      send(response, 403, { error: `forbidden: '${user}' is not authorized — admin role required.` })
    else if (refusing === 'oldFollower' && place > 0)
      send(response, 421, { error: 'not the leader', leader: servers[0]?.url })
    else if (refusing === 'forwardFails') send(response, 502, { error: 'leader did not answer' })
    else return false
    return true
  }

  function answer(place: number, request: SeenRequest, response: ServerResponse): void {
    const { method, path, headers } = request
    requests.push(`${method} ${path}`)
    const route = `${method} ${path}`
    if (route === 'POST /admin/api/auth/login') return logIn(request, response)
    if (waitsFor !== null) return send(response, 503, { error: `cluster starting: waiting for ${waitsFor}` })
    const user = tokens.get((headers.authorization ?? '').replace(/^Bearer /, ''))
    if (user === undefined) return send(response, 401, { error: 'unauthorized' })
    if (method !== 'GET' && refuses(place, user, response)) return
    switch (route) {
      case 'GET /admin/api/cluster/info':
        return send(response, 200, { ready: true })
      case 'GET /admin/api/nodes/masters':
        return send(
          response,
          200,
          servers.map(({ url }, place) => ({
            nodeId: `master-${new URL(url).host}`,
            host: new URL(url).hostname,
            isLeader: place === 0,
            ready: true,
            ...options.nodes?.masters?.[place],
          })),
        )
      case 'GET /admin/api/nodes/node-managers':
        return send(
          response,
          200,
          options.nodes?.nodeManagers ?? [{ nodeId: 'nm-worker-1-19998', host: 'worker-1', ready: true }],
        )
      case 'POST /admin/api/backup/run':
        return void run(response).catch((error: unknown) => send(response, 500, { error: String(error) }))
    }
    if (dialect === 'chango/2' && route === 'GET /admin/api/backup/config') return config(response)
    if (dialect === 'chango/2' && route === 'POST /admin/api/backup/config')
      return setConfig(request, response)
    if (dialect === 'chango/1' && route === 'PUT /admin/api/backup/config') {
      changes += 1
      stored = objectIn(request.body)
      // An error that repeats what it was sent.
      return fault === 'echo'
        ? send(response, 400, { error: `bad settings: ${request.body.toString('utf8')}` })
        : send(response, 200, {})
    }
    const told = method === 'GET' ? options.unpublished?.[path] : undefined
    if (told !== undefined) return send(response, 200, told())
    send(response, 404, { error: 'not found' })
  }

  for (let master = 0; master < masters; master += 1) {
    servers.push(await answeringServer((request, response) => answer(master, request, response)))
  }
  return {
    origins: servers.map(({ url }) => url),
    changes: () => changes,
    requests,
    refuse(how) {
      refusing = how
    },
    stored: () => stored,
    echoNextSettings() {
      fault = 'echo'
    },
    setting: (name) => settings.get(name),
    waitFor(condition) {
      waitsFor = condition
    },
    breakNextBackup() {
      fault = 'break'
    },
    refuseEncryption() {
      fault = 'encryption'
    },
    async kill() {
      await Promise.all(servers.map(async (server) => server.close()))
    },
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function objectIn(body: Buffer): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(body.toString('utf8'))
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
