import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, test } from 'vitest'
import { reachHost } from '../lab/ssh-home.ts'
import { targetOn } from '../lab/ssh-target.ts'
import { startSshd, type Sshd } from '../lab/sshd.ts'
import { restoreTargetConformance } from './restore-target.ts'

/** The same over a login as root, and over one that becomes root by sudo with a password. */
const servers = [
  { name: 'over SSH', server: await startSshd(), user: null },
  {
    name: 'over SSH through sudo',
    server: await startSshd({
      users: [{ name: 'lab-operator', password: 'the password', sudo: '(root) PASSWD: ALL' }],
    }),
    user: 'lab-operator',
  },
]

afterAll(async () => {
  for (const { server } of servers) if (!('skip' in server)) await server.stop()
})

for (const { name, server, user } of servers) {
  if ('skip' in server) test(`a restore target ${name}`, (context) => context.skip(server.skip))
  else conformance(name, server, user)
}

function conformance(name: string, server: Sshd, user: string | null): void {
  restoreTargetConformance(name, async () => {
    const above = mkdtempSync(join(tmpdir(), 'holdfast-'))
    const dir = join(above, 'data')
    const login = user === null ? {} : { user, sudoPassword: 'the password' }
    return {
      dir,
      open: async () => targetOn(await reachHost(server, login), dir, { asRoot: user !== null }),
      [Symbol.asyncDispose]: async () => rmSync(above, { recursive: true }),
    }
  })
}
