import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, type TestContext } from 'vitest'
import { fingerprintOf, readKnownHosts } from '../../src/main/adapters/ssh-login/known-hosts.ts'
import type { RemoteHost } from '../../src/main/ports/remote-host.ts'
import { failure } from '../conformance/store-helpers.ts'
import { makeHome, reachHost, type Reaching } from '../lab/ssh-home.ts'
import { startSshd, type Sshd, type SshdOptions } from '../lab/sshd.ts'

let main: Sshd | { readonly skip: string }
const open: RemoteHost[] = []
const servers: Sshd[] = []

beforeAll(async () => {
  main = await startSshd({ config: ['LogLevel DEBUG1'] })
})
afterAll(async () => {
  if ('stop' in main) await main.stop()
})
afterEach(async () => {
  for (const host of open.splice(0)) await host.close()
  for (const server of servers.splice(0)) await server.stop()
})

function lab(context: TestContext): Sshd {
  return 'skip' in main ? context.skip(main.skip) : main
}

async function another(context: TestContext, options: SshdOptions = {}): Promise<Sshd> {
  const server = await startSshd(options)
  if ('skip' in server) return context.skip(server.skip)
  servers.push(server)
  return server
}

async function reach(server: Sshd, options: Reaching = {}): Promise<RemoteHost> {
  const host = await reachHost(server, options)
  open.push(host)
  return host
}

async function answer(host: RemoteHost, ...argv: readonly [string, ...string[]]): Promise<string> {
  return (await host.run({ argv, deadlineMs: 60_000 })).stdout
}

function fingerprint(hostKey: string): string {
  return fingerprintOf(Buffer.from(hostKey.split(' ')[1] ?? '', 'base64'))
}

/** The lab's servers are told apart by their ports, so what runs there can say where it is. */
async function portOf(host: RemoteHost): Promise<number> {
  return Number((await answer(host, 'sh', '-c', 'echo "$SSH_CONNECTION"')).trim().split(' ')[3])
}

describe('the key of a host', () => {
  test('that nobody vouches for is host.unknownKey, and no login is tried', async (context) => {
    const server = lab(context)
    const before = server.log().length
    const home = await makeHome(server, '', '')
    const error = await failure(reach(server, { account: { home, user: server.user } }), 'host.unknownKey')
    expect(error.message).toContain(fingerprint(server.hostKeys.ed25519))
    await expect.poll(() => server.log().slice(before)).toMatch(/Connection closed|disconnect/i)
    expect(server.log().slice(before)).not.toContain('userauth-request')
    await reach(server, {
      account: { home, user: server.user },
      acceptedHostKey: fingerprint(server.hostKeys.ed25519),
    })
    expect(server.log().slice(before)).toContain('userauth-request')
  })

  test('of another type than the known one is host.changedKey, with both fingerprints', async (context) => {
    const server = await another(context, { config: ['HostKeyAlgorithms ecdsa-sha2-nistp256'] })
    const home = await makeHome(server, '', `[127.0.0.1]:${server.port} ${server.hostKeys.ed25519}\n`)
    const error = await failure(reach(server, { account: { home, user: server.user } }), 'host.changedKey')
    expect(error.message).toContain(fingerprint(server.hostKeys.ed25519))
    expect(error.message).toContain(fingerprint(server.hostKeys.ecdsa))
  })

  test('is not vouched for by a certificate authority, as certificates are not understood', async (context) => {
    const server = lab(context)
    const known = `@cert-authority [127.0.0.1]:${server.port} ${server.hostKeys.ed25519}\n`
    const home = await makeHome(server, '', known)
    await failure(reach(server, { account: { home, user: server.user } }), 'host.unknownKey')
  })
})

describe('a host that offers only what is weak', () => {
  test.for([
    ['key exchanges over SHA-1', ['KexAlgorithms diffie-hellman-group14-sha1'], /SHA-1/],
    ['CBC ciphers', ['Ciphers aes128-cbc,aes256-cbc'], /CBC/],
    ['chacha20-poly1305', ['Ciphers chacha20-poly1305@openssh.com'], /Terrapin/],
    [
      'checksums over SHA-1',
      ['Ciphers aes128-ctr', 'MACs hmac-sha1,hmac-sha1-etm@openssh.com'],
      /MD5 or SHA-1/,
    ],
    ['host keys signed over SHA-1', ['HostKeyAlgorithms ssh-rsa'], /ssh-rsa/],
  ] as const)('(%s) is host.weak, with the reason', async ([, config, reason], context) => {
    const rsa = join(lab(context).folder, 'weak-rsa')
    if (!existsSync(rsa)) execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', rsa])
    const server = await another(context, { config: [...config, `HostKey ${rsa}`] })
    const error = await failure(reach(server), 'host.weak')
    expect(error.text.why).toMatch(reason)
  })
})

describe('the login', () => {
  test('answers no question in words, so no stored password can be asked for', async (context) => {
    const server = await another(context, {
      config: [
        'UsePAM yes',
        'KbdInteractiveAuthentication yes',
        'AuthenticationMethods keyboard-interactive',
        'LogLevel DEBUG1',
      ],
    })
    await failure(reach(server, { sudoPassword: 'canary' }), 'host.authentication')
    expect(server.log()).not.toContain('method keyboard-interactive')
    expect(server.log()).not.toContain('method password')
  })

  test('takes a key from an ssh-agent, which is not forwarded', async (context) => {
    const server = lab(context)
    const socket = join(server.folder, 'agent.sock')
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] })
    try {
      await once(agent.stdout, 'data')
      execFileSync('ssh-add', ['-q', server.keyFile], { env: { ...process.env, SSH_AUTH_SOCK: socket } })
      const host = await reach(server, { credentials: { agentSocket: socket, keyFiles: null } })
      expect(await answer(host, 'sh', '-c', 'echo "[$SSH_AUTH_SOCK]"')).toBe('[]\n')
      expect(server.log()).not.toContain('auth-agent-req')
    } finally {
      agent.kill()
    }
  })

  test('opens an encrypted key with its passphrase', async (context) => {
    const server = lab(context)
    const sealed = join(server.folder, 'sealed')
    execFileSync('cp', [server.keyFile, sealed])
    execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'secret words', '-f', sealed])
    const credentials = { agentSocket: null, keyFiles: [sealed] }
    await failure(reach(server, { credentials }), 'host.authentication')
    const wrong = await failure(
      reach(server, { credentials: { ...credentials, passphrase: 'other words' } }),
      'host.authentication',
    )
    expect(wrong.message).not.toContain('other words')
    await reach(server, { credentials: { ...credentials, passphrase: 'secret words' } })
  })

  test('that is refused names the user and the host, and what was not done', async (context) => {
    const server = lab(context)
    const keyFile = join(server.folder, 'host_ecdsa')
    const error = await failure(
      reach(server, { credentials: { agentSocket: null, keyFiles: [keyFile] } }),
      'host.authentication',
    )
    expect(error.text).toEqual({
      what: `The login as ${server.user} to 127.0.0.1 port ${server.port} over SSH failed.`,
      why: `The host accepted none of the keys. The key file ${keyFile} was tried.`,
      unchanged: 'Nothing was done there.',
      next: expect.stringContaining('authorized_keys'),
    })
  })

  test('to a port where nothing listens is host.unreachable', async (context) => {
    const error = await failure(reach(lab(context), { address: 'root@127.0.0.1:1' }), 'host.unreachable')
    expect(error.text).toEqual({
      what: 'The host 127.0.0.1 port 1 could not be reached over SSH.',
      why: 'Nothing listens there.',
      unchanged: 'Nothing was done there.',
      next: expect.any(String),
    })
  })

  test('to a host that takes the connection and never speaks is given up in its time', async (context) => {
    const silent = createServer(() => undefined)
    const sockets = new Set<Socket>()
    silent.on('connection', (socket: Socket) => sockets.add(socket))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const address = silent.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    try {
      const reaching = reach(lab(context), {
        address: `root@127.0.0.1:${address.port}`,
        connectTimeoutMs: 200,
      })
      const error = await failure(reaching, 'host.unreachable')
      expect(error.text.why).toBe('It did not answer in time.')
    } finally {
      for (const socket of sockets) socket.destroy()
      silent.close()
    }
  })

  test('refuses what is no address', async (context) => {
    for (const address of ['-oProxyCommand=id', 'a b', 'root@-x', 'host:0', 'host:99999', ''])
      await failure(reach(lab(context), { address }), 'host.unreachable')
  })
})

test('A host that lets this user in and runs nothing is told as that, with what was not done', async (context) => {
  const server = await another(context, { config: ['MaxSessions 0'] })
  const error = await failure(answer(await reach(server), 'true'), 'host.badAnswer')
  expect(error.text).toEqual({
    what: `true was not run on ${server.user}@127.0.0.1:${server.port}: the host refused to run anything.`,
    why: 'It allows fewer commands at the same time (MaxSessions), or no commands.',
    unchanged: 'Nothing was run.',
    next: expect.stringContaining('sshd_config'),
  })
})

describe('~/.ssh/config', () => {
  async function byConfig(
    server: Sshd,
    address: string,
    config: string,
    known = server.knownHosts,
  ): Promise<RemoteHost> {
    const home = await makeHome(server, config, known)
    return reach(server, {
      address,
      account: { home, user: 'nobody-here' },
      credentials: { agentSocket: null, keyFiles: null },
    })
  }
  const hostLines = (name: string, { host, port, user, keyFile }: Sshd): string =>
    `Host ${name}\n  HostName ${host}\n  Port ${port}\n  User ${user}\n  IdentityFile ${keyFile}\n  IdentitiesOnly yes\n`

  test('names the address, the port, the user and the key', async (context) => {
    const server = lab(context)
    const host = await byConfig(server, 'backup', hostLines('backup', server))
    expect(await portOf(host)).toBe(server.port)
    expect(await answer(host, 'id', '-un')).toBe(`${server.user}\n`)
  })

  test('names the known hosts and the name in them', async (context) => {
    const server = lab(context)
    const file = join(server.folder, 'other-known-hosts')
    await writeFile(file, `the-alias ${server.hostKeys.ed25519}\n`)
    const config = `${hostLines('backup', server)}  HostKeyAlias the-alias\n  UserKnownHostsFile ${file}\n`
    expect(await portOf(await byConfig(server, 'backup', config, ''))).toBe(server.port)
    await writeFile(file, '')
    const error = await failure(byConfig(server, 'backup', config, server.knownHosts), 'host.unknownKey')
    expect(error.message).toContain('the-alias')
  })

  test('may include other files', async (context) => {
    const server = lab(context)
    const home = await makeHome(server, 'Include conf.d/*.conf\nHost backup\n  Port 1\n')
    await mkdir(join(home, '.ssh', 'conf.d'))
    await writeFile(join(home, '.ssh', 'conf.d', 'a.conf'), hostLines('backup', server))
    const host = await reach(server, {
      address: 'backup',
      account: { home, user: 'x' },
      credentials: { agentSocket: null, keyFiles: null },
    })
    expect(await portOf(host)).toBe(server.port)
  })

  test('executes nothing: Match exec does not match, ProxyCommand is refused', async (context) => {
    const server = lab(context)
    const trace = join(server.folder, 'executed')
    const exec = `Match exec "touch ${trace}"\n  Port 1\n${hostLines('backup', server)}`
    await byConfig(server, 'backup', exec)
    const proxy = `${hostLines('backup', server)}  ProxyCommand touch ${trace}\n`
    const error = await failure(byConfig(server, 'backup', proxy), 'host.unreachable')
    expect(error.text.what).toContain('ProxyCommand')
    expect(existsSync(trace)).toBe(false)
  })

  test('leads through several jump hosts, each judged by its own key', async (context) => {
    const server = lab(context)
    const first = await another(context, { config: ['LogLevel DEBUG1'] })
    const second = await another(context, { config: ['LogLevel DEBUG1'] })
    const config = [
      hostLines('first', first),
      hostLines('second', second),
      hostLines('backup', server),
      '  ProxyJump first,second\n',
    ].join('')
    const known = [server, first, second].map(({ knownHosts }) => knownHosts)
    const host = await byConfig(server, 'backup', config, known.join(''))
    expect(await portOf(host)).toBe(server.port)
    expect(first.log()).toContain('direct-tcpip')
    expect(second.log()).toContain('direct-tcpip')
    const error = await failure(
      byConfig(server, 'backup', config, `${known[0]}${known[1]}`),
      'host.unknownKey',
    )
    expect(error.message).toContain(`[127.0.0.1]:${second.port}`)
    await host.close()
    await failure(host.run({ argv: ['true'], deadlineMs: 60_000 }), 'host.lost')
  })

  test('does not let a jump host lead to another host', async (context) => {
    const server = lab(context)
    const jump = await another(context)
    const stranger = await another(context)
    const config = [
      hostLines('jump', jump),
      hostLines('backup', stranger),
      '  HostKeyAlias the-backup\n  ProxyJump jump\n',
    ].join('')
    const known = `${jump.knownHosts}the-backup ${server.hostKeys.ed25519}\n`
    const error = await failure(byConfig(server, 'backup', config, known), 'host.changedKey')
    expect(error.message).toContain(fingerprint(stranger.hostKeys.ed25519))
  })

  test('a jump host that hangs after the login is given up in its time, and the other host got nothing', async (context) => {
    const server = lab(context)
    const jump = await another(context)
    const config = `${hostLines('jump', jump)}${hostLines('backup', server)}  ProxyJump jump\n`
    const home = await makeHome(server, config, `${jump.knownHosts}${server.knownHosts}`)
    const files = [join(home, '.ssh', 'known_hosts')]
    const before = server.log().length
    const reaching = reach(server, {
      address: 'backup',
      account: { home, user: 'nobody-here' },
      credentials: { agentSocket: null, keyFiles: null },
      connectTimeoutMs: 2_000,
      // Asked once the jump host is logged in to.
      async hostKeys({ isEnd }) {
        if (isEnd) jump.haltSessions()
        return readKnownHosts(files)
      },
    })
    const error = await failure(reaching, 'host.unreachable')
    expect(error.text).toMatchObject({
      what: `The host 127.0.0.1 port ${server.port} could not be reached through jump.`,
      why: 'The jump host did not answer in time.',
      unchanged: 'Nothing was sent to it.',
    })
    expect(server.log().slice(before)).not.toContain('Connection from')
  })

  test('a jump host that does not forward is host.unreachable', async (context) => {
    const server = lab(context)
    const jump = await another(context, { config: ['AllowTcpForwarding no'] })
    const config = `${hostLines('jump', jump)}${hostLines('backup', server)}  ProxyJump jump\n`
    const error = await failure(
      byConfig(server, 'backup', config, `${jump.knownHosts}${server.knownHosts}`),
      'host.unreachable',
    )
    expect(error.message).toContain('through jump')
  })
})
