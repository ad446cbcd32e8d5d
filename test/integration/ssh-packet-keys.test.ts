import { KeyObject } from 'node:crypto'
import { join } from 'node:path'
import type { NodeSSH } from 'node-ssh'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { knownHostsOf } from '../../src/main/adapters/ssh-login/known-hosts.ts'
import { logIn } from '../../src/main/adapters/ssh-login/log-in.ts'
import { makeHome } from '../lab/ssh-home.ts'
import { startSshd, type Sshd } from '../lab/sshd.ts'

let server: Sshd | { readonly skip: string }

beforeAll(async () => {
  server = await startSshd({ config: ['RekeyLimit 1M'] })
})
afterAll(async () => {
  if ('stop' in server) await server.stop()
})

test('the keys of packets are made ready once, and again where the server asks for new ones', async (context) => {
  if ('skip' in server) return context.skip(server.skip)
  const { user, host, port, keyFile } = server
  const home = await makeHome(server)
  const ssh = await logIn(
    { user, host, port },
    {
      account: { home, user },
      hostKeys: knownHostsOf(join(home, '.ssh'), null),
      credentials: { agentSocket: null, keyFiles: [keyFile] },
    },
  )
  try {
    const before = packetKeys(ssh)
    expect(before.every((key) => key instanceof KeyObject)).toBe(true)
    const sent = 'x'.repeat(4 * 1024 * 1024)
    const { stdout } = await ssh.exec('cat', [], { stdin: sent, stream: 'both' })
    expect(stdout).toBe(sent)
    const after = packetKeys(ssh)
    expect(after.every((key) => key instanceof KeyObject)).toBe(true)
    expect(after.some((key) => before.includes(key))).toBe(false)
  } finally {
    ssh.dispose()
  }
})

/** Where ssh2 keeps what it sends and receives with; a version that keeps it elsewhere is slower, and is noticed here. */
function packetKeys({ connection }: NodeSSH): readonly unknown[] {
  const { _protocol: protocol } = connection as unknown as {
    readonly _protocol: {
      readonly _cipher: { readonly _encKey: unknown }
      readonly _decipher: { readonly _decipherKey: unknown }
    }
  }
  return [protocol._cipher._encKey, protocol._decipher._decipherKey]
}
