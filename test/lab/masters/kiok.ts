import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { nextFires } from '../../../src/main/engine/live/next-fires.ts'
import { answeringServer, type AnsweringServer, type SeenRequest } from '../../fakes/answering-server.ts'

export interface KiokMastersOptions {
  /** By name; a user that still has to choose another password gets nothing but the login. */
  readonly users: Readonly<Record<string, { readonly password: string; readonly mustChange?: boolean }>>
  readonly accessKeys?: Readonly<Record<string, string>>
  /** Users of a directory; `null`: known there, and in no group that has rights here. */
  readonly directory?: Readonly<Record<string, { readonly password: string; readonly group: string | null }>>
  /** Writes a backup into the cluster's repository and tells its id. */
  readonly takeBackup: () => Promise<string>
  readonly masters?: number
  /** Routes that the pages leave open, with what a GET of each answers; no other one is there. */
  readonly unpublished?: Readonly<Record<string, () => unknown>>
  /** `Token`: a server that takes the scheme of the page on logins alone. */
  readonly scheme?: 'Bearer' | 'Token'
  readonly cron?: string | null
}

export interface KiokMasters {
  readonly origins: readonly string[]
  /** Requests that changed something, or were meant to: logins are none. */
  changes(): number
  /** `GET /healthz`, in the order in which they came. */
  readonly requests: readonly string[]
  cron(): string | null
  /** False: readiness is lost, and every route but health and login answers 503. */
  setReady(isReady: boolean): void
  /** The next backup is made, and the connection cut before the reply. */
  breakNextBackup(): void
  /** The next backup is asked of a follower that gives up after its forward timeout while the leader goes on. */
  forwardTimesOut(): void
  kill(): Promise<void>
}

/**
 * Masters of kiok as its documents describe them (features/auth-authz, features/backup, operations): logins with the field
 * `user`, readiness before everything else, one cron expression, followers that hand everything to the leader.
 */
export async function startKiokMasters(options: KiokMastersOptions): Promise<KiokMasters> {
  const { users, accessKeys = {}, takeBackup, masters = 2, scheme = 'Bearer' } = options
  const tokens = new Map<string, string>()
  const servers: AnsweringServer[] = []
  const requests: string[] = []
  let changes = 0
  let cron = options.cron === undefined ? '0 2 * * *' : options.cron
  let isReady = true
  let fault: 'none' | 'break' | 'timeout' = 'none'

  function logIn({ body }: SeenRequest, response: ServerResponse): void {
    const { user, password } = objectIn(body)
    const known = typeof user === 'string' ? users[user] : undefined
    if (typeof user !== 'string' || known === undefined || known.password !== password) {
      send(response, 401, { error: 'invalid credentials' })
      return
    }
    const accessToken = randomBytes(24).toString('base64url')
    tokens.set(accessToken, user)
    send(response, 200, {
      accessToken,
      user,
      isAdmin: true,
      ...(known.mustChange === true && { requirePasswordChange: true }),
    })
  }

  /** Documented (sso, newer than the others): 401 for a wrong password, 403 without a group, no token that renews it. */
  function logInByDirectory({ body }: SeenRequest, response: ServerResponse): void {
    const { user, password } = objectIn(body)
    const known = typeof user === 'string' ? options.directory?.[user] : undefined
    if (typeof user !== 'string' || known === undefined || known.password !== password)
      return send(response, 401, { error: 'invalid credentials' })
    if (known.group === null) return send(response, 403, { error: 'no mapped group' })
    const accessToken = randomBytes(24).toString('base64url')
    tokens.set(accessToken, user)
    send(response, 200, {
      user,
      accessToken,
      isAdmin: true,
      federated: true,
      idp: 'ldap',
      groups: [known.group],
    })
  }

  function userOf({ headers }: SeenRequest): string | null {
    const { authorization = '' } = headers
    const [used = '', value = ''] = authorization.split(' ', 2)
    if (used === 'AccessKey') {
      const [id = '', secret = ''] = value.split(':', 2)
      return accessKeys[id] !== undefined && accessKeys[id] === secret ? id : null
    }
    return used === scheme ? (tokens.get(value) ?? null) : null
  }

  async function backUp(response: ServerResponse): Promise<void> {
    changes += 1
    const backupId = await takeBackup()
    const how = fault
    fault = 'none'
    if (how === 'break') response.destroy()
    else if (how === 'timeout') send(response, 504, { error: 'leader did not answer within 30000 ms' })
    else send(response, 200, { backupId })
  }

  function setCron({ body }: SeenRequest, response: ServerResponse): void {
    changes += 1
    const wanted = objectIn(body)['cron']
    if (wanted === null || wanted === '') cron = null
    else if (typeof wanted === 'string' && wanted.trim().split(/\s+/).length === 5) cron = wanted
    else {
      send(response, 400, { error: 'Cron expression must have 5 fields' })
      return
    }
    send(response, 200, {})
  }

  function answer(request: SeenRequest, response: ServerResponse): void {
    const { method, path } = request
    requests.push(`${method} ${path}`)
    const route = `${method} ${path}`
    if (route === 'GET /healthz') return send(response, 200, { status: 'UP' })
    if (route === 'GET /readyz') {
      return isReady
        ? send(response, 200, { ready: true })
        : send(response, 503, { ready: false, waitingFor: 'workers' })
    }
    if (route === 'POST /api/v1/auth/login') return logIn(request, response)
    if (route === 'POST /api/v1/auth/sso/ldap/login') return logInByDirectory(request, response)
    if (!isReady) return send(response, 503, { error: 'cluster is not open' })
    const user = userOf(request)
    if (user === null) return send(response, 401, { error: 'unauthorized' })
    if (users[user]?.mustChange === true) {
      return send(response, 403, { error: 'password change required', requirePasswordChange: true })
    }
    switch (route) {
      case 'POST /api/v1/admin/backup':
        return void backUp(response).catch((error: unknown) => send(response, 500, { error: String(error) }))
      case 'GET /api/v1/admin/backup/cron':
        return send(response, 200, {
          cron,
          cronNextFireMillis: nextFireMs(cron),
        })
      case 'PUT /api/v1/admin/backup/cron':
        return setCron(request, response)
    }
    const told = method === 'GET' ? options.unpublished?.[path] : undefined
    if (told !== undefined) return send(response, 200, told())
    send(response, 404, { error: 'not found' })
  }

  for (let master = 0; master < masters; master += 1) servers.push(await answeringServer(answer))
  return {
    origins: servers.map(({ url }) => url),
    changes: () => changes,
    requests,
    cron: () => cron,
    setReady(next) {
      isReady = next
    },
    breakNextBackup() {
      fault = 'break'
    },
    forwardTimesOut() {
      fault = 'timeout'
    },
    async kill() {
      await Promise.all(servers.map(async (server) => server.close()))
    },
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** As a master whose clock is in UTC. */
function nextFireMs(cron: string | null): number | null {
  const next = cron === null ? undefined : nextFires(cron, 'UTC', Date.now(), 1)[0]
  return next === undefined ? null : Date.parse(next)
}

function objectIn(body: Buffer): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(body.toString('utf8'))
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
