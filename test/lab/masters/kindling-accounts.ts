import { randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ServerResponse } from 'node:http'
import type { SeenRequest } from '../../fakes/answering-server.ts'

export interface AccountsPlayed {
  /** False: the request is none of these. */
  answer(request: SeenRequest, response: ServerResponse): boolean
  isAccepted(authorization: string | undefined): boolean
  /** Names of the keys that are accepted now. */
  keys(): readonly string[]
  /** Those keys themselves. */
  tokens(): readonly string[]
  revokeAll(): void
  /** As somebody does in the window. */
  changePassword(email: string, password: string): Promise<void>
}

const answer = (response: ServerResponse, status: number, body: unknown): true => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  return true
}

/**
 * Users and API keys as kindling's source has them (auth_api.go, api_keys.go, middleware.go), and the program that makes a superuser, put
 * into `programs`; a line of its file each.
 */
export async function accountsPlayed(
  folder: string,
  programs: string,
  firstKey: string,
): Promise<AccountsPlayed> {
  const users = join(folder, 'superusers')
  await writeFile(users, '')
  await chmod(users, 0o666)
  await writeFile(
    join(programs, 'kindling'),
    `#!/bin/sh
[ "$1 $2 $3" = "admin auth create-superuser" ] || exit 2
for given; do case $given in --email=*) email=\${given#*=};; --password=*) password=\${given#*=};; esac; done
printf '%s\\t%s\\n' "$email" "$password" >>'${users}'
`,
    { mode: 0o755 },
  )
  const keys = new Map<string, { readonly name: string; readonly token: string }>([
    [randomUUID(), { name: 'first', token: firstKey }],
  ])
  const sessions = new Set<string>()
  const passwords = (): ReadonlyMap<string, string> =>
    new Map(
      readFileSync(users, 'utf8')
        .split('\n')
        .flatMap((line): [string, string][] => {
          const [email = '', password] = line.split('\t')
          return password === undefined ? [] : [[email, password]]
        }),
    )
  const isAccepted = (authorization: string | undefined): boolean =>
    [...keys.values()].some(({ token }) => authorization === `Bearer ${token}`)
  return {
    isAccepted,
    keys: () => [...keys.values()].map(({ name }) => name),
    tokens: () => [...keys.values()].map(({ token }) => token),
    revokeAll: () => keys.clear(),
    async changePassword(email, password) {
      await writeFile(users, `${email}\t${password}\n`, { flag: 'a' })
    },
    answer({ method, path, headers, body }, response) {
      if (!path.startsWith('/api/auth/')) return false
      if (path === '/api/auth/login') {
        const { email, password } = Object(JSON.parse(body.toString('utf8')))
        if (passwords().get(String(email)) !== password)
          return answer(response, 401, { error: 'invalid credentials', code: 'unauthorized' })
        const session = randomBytes(16).toString('hex')
        sessions.add(session)
        response.setHeader('set-cookie', `kindling_session=${session}; Path=/; HttpOnly`)
        return answer(response, 200, { authenticated: true })
      }
      if (path === '/api/auth/session' && isAccepted(headers.authorization))
        return answer(response, 200, { authenticated: true, platform_admin: true, auth: 'api_key' })
      const session = /kindling_session=(\w+)/.exec(headers.cookie ?? '')?.[1] ?? ''
      if (!sessions.has(session))
        return answer(response, 401, { error: 'authentication required', code: 'unauthorized' })
      if (method !== 'GET' && headers.origin !== `http://${headers.host}`)
        return answer(response, 403, { error: 'origin', code: 'csrf_forbidden' })
      if (method === 'GET')
        return answer(
          response,
          200,
          [...keys].map(([id, { name }]) => ({ id, name })),
        )
      if (method === 'DELETE') {
        keys.delete(path.split('/').at(-1) ?? '')
        return answer(response, 200, { ok: true })
      }
      const id = randomUUID()
      const { name } = Object(JSON.parse(body.toString('utf8')))
      const key = { name: String(name), token: `knd_${randomBytes(32).toString('hex')}` }
      keys.set(id, key)
      return answer(response, 201, { id, ...key })
    },
  }
}
