import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, type TestContext } from 'vitest'
import {
  fingerprintOf,
  knownHosts,
  readKnownHosts,
  type HostKeyPolicy,
} from '../../src/main/adapters/ssh-login/known-hosts.ts'
import { openSftpStore, type SftpStoreOptions } from '../../src/main/adapters/sftp/sftp-store.ts'
import type { ObjectStore } from '../../src/main/ports/object-store.ts'
import { collect, failure, names, read, sha256, utf8 } from '../conformance/store-helpers.ts'
import { seededBytes } from '../fakes/seeded-bytes.ts'
import { startSshd, type Sshd } from '../lab/sshd.ts'

let server: Sshd | null = null
let skip = ''
let folder: string
let outside: string
const open: ObjectStore[] = []

beforeAll(async () => {
  const started = await startSshd()
  if ('skip' in started) skip = started.skip
  else server = started
})
afterAll(() => server?.stop())
beforeEach(async () => {
  if (server === null) return
  folder = join(server.folder, 'repository')
  outside = join(server.folder, 'outside')
  await mkdir(folder)
  await mkdir(outside)
})
afterEach(async () => {
  for (const store of open.splice(0)) await store.close()
  if (server === null) return
  await rm(folder, { recursive: true })
  await rm(outside, { recursive: true })
})

function lab(context: TestContext): Sshd {
  return server ?? context.skip(skip)
}

function keyOf(hostKey: string): Buffer {
  return Buffer.from(hostKey.split(' ')[1] ?? '', 'base64')
}

interface Reaching extends Partial<Omit<SftpStoreOptions, 'hostKeys'>> {
  readonly hostKeys?: HostKeyPolicy
  readonly port?: number
  readonly user?: string
  readonly at?: string
}

async function reach(
  under: Sshd,
  { port, user, at, hostKeys, ...options }: Reaching = {},
): Promise<ObjectStore> {
  const store = await openSftpStore(
    {
      kind: 'sftp',
      user: user ?? under.user,
      host: under.host,
      port: port ?? under.port,
      folder: at ?? folder,
    },
    {
      account: { home: under.folder, user: under.user },
      hostKeys: async () => hostKeys ?? readKnownHosts([under.knownHostsFile]),
      credentials: { agentSocket: null, keyFiles: [under.keyFile] },
      ...options,
    },
  )
  open.push(store)
  return store
}

async function file(path: string, text = path): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), text)
}

describe('the key of an SSH host', () => {
  test('that nobody vouches for is host.unknownKey, with its fingerprint and what to do', async (context) => {
    const under = lab(context)
    const error = await failure(reach(under, { hostKeys: knownHosts('') }), 'host.unknownKey')
    expect(error.message).toContain(fingerprintOf(keyOf(under.hostKeys.ed25519)))
    expect(error.text.next).toContain('ssh-keygen -l')
  })

  test('has the fingerprint that ssh-keygen shows', (context) => {
    const under = lab(context)
    const shown = execFileSync('ssh-keygen', ['-l', '-f', join(under.folder, 'host_ed25519.pub')], {
      encoding: 'utf8',
    })
    expect(shown.split(' ')[1]).toBe(fingerprintOf(keyOf(under.hostKeys.ed25519)))
  })

  test('that is another one than before is host.changedKey, with both fingerprints', async (context) => {
    const under = lab(context)
    // The server's own key file, but for another server.
    const stranger = execFileSync('ssh-keygen', ['-y', '-f', under.keyFile], { encoding: 'utf8' })
    const hostKeys = knownHosts(`[127.0.0.1]:${under.port} ${stranger}`)
    const error = await failure(reach(under, { hostKeys }), 'host.changedKey')
    expect(error.message).toContain(fingerprintOf(keyOf(under.hostKeys.ed25519)))
    expect(error.message).toContain(fingerprintOf(keyOf(stranger)))
  })

  test('is asked for in the types that are known, so a host known by one key of several is known', async (context) => {
    const under = lab(context)
    const hostKeys = knownHosts(`[127.0.0.1]:${under.port} ${under.hostKeys.ecdsa}`)
    expect(await names(await reach(under, { hostKeys }))).toEqual([])
  })

  test('that is revoked is refused', async (context) => {
    const under = lab(context)
    const hostKeys = knownHosts(`@revoked * ${under.hostKeys.ed25519}`)
    const error = await failure(reach(under, { hostKeys }), 'host.changedKey')
    expect(error.message).toContain('revoked')
  })

  test('is accepted by its fingerprint', async (context) => {
    const under = lab(context)
    const hostKeys = knownHosts('', fingerprintOf(keyOf(under.hostKeys.ed25519)))
    expect(await names(await reach(under, { hostKeys }))).toEqual([])
  })

  test('is judged before any key of the user is sent', async (context) => {
    const under = lab(context)
    const missing = { agentSocket: null, keyFiles: [join(under.folder, 'host_ecdsa')] }
    await failure(reach(under, { hostKeys: knownHosts(''), credentials: missing }), 'host.unknownKey')
  })
})

describe('reaching an SFTP folder', () => {
  test('with a key that the host does not know is host.authentication', async (context) => {
    const under = lab(context)
    const keyFile = join(under.folder, 'host_ecdsa')
    const error = await failure(
      reach(under, { credentials: { agentSocket: null, keyFiles: [keyFile] } }),
      'host.authentication',
    )
    expect(error.message).toContain(keyFile)
  })

  test('with a key from an ssh-agent', async (context) => {
    const under = lab(context)
    const socket = join(under.folder, 'agent.sock')
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] })
    try {
      await once(agent.stdout, 'data')
      execFileSync('ssh-add', ['-q', under.keyFile], { env: { ...process.env, SSH_AUTH_SOCK: socket } })
      const store = await reach(under, { credentials: { agentSocket: socket, keyFiles: [] } })
      expect(await names(store)).toEqual([])
    } finally {
      agent.kill()
    }
  })

  test('with an encrypted key and its passphrase', async (context) => {
    const under = lab(context)
    const sealed = join(under.folder, 'sealed')
    execFileSync('cp', [under.keyFile, sealed])
    execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'secret words', '-f', sealed])
    const credentials = { agentSocket: null, keyFiles: [sealed] }
    const error = await failure(reach(under, { credentials }), 'host.authentication')
    expect(error.message).toContain('encrypted')
    const store = await reach(under, { credentials: { ...credentials, passphrase: 'secret words' } })
    expect(await names(store)).toEqual([])
  })

  test('that is not there, or is a file, is repository.notFound', async (context) => {
    const under = lab(context)
    await file('x')
    await failure(reach(under, { at: join(folder, 'none') }), 'repository.notFound')
    await failure(reach(under, { at: join(folder, 'none/deeper') }), 'repository.notFound')
    await failure(reach(under, { at: join(folder, 'x') }), 'repository.notFound')
    const store = await reach(under)
    await rm(folder, { recursive: true })
    await failure(names(store), 'repository.notFound')
    await mkdir(folder)
  })

  test('that goes while it is listed is repository.notFound, and the part that was seen is not taken for all', async (context) => {
    const store = await reach(lab(context))
    for (const key of ['a/1', 'b/1', 'c/1']) await file(key)
    const listed = store.list()[Symbol.asyncIterator]()
    expect((await listed.next()).value).toMatchObject({ key: 'a/1' })
    await rename(folder, `${folder} away`)
    const rest = async (): Promise<void> => {
      while ((await listed.next()).done !== true);
    }
    try {
      await failure(rest(), 'repository.notFound')
    } finally {
      await rename(`${folder} away`, folder)
      for (const part of ['a', 'b', 'c']) await rm(join(folder, part), { recursive: true })
    }
  })

  test('where nothing listens, or something never answers, is repository.unreachable', async (context) => {
    const under = lab(context)
    const silent = createServer(() => undefined)
    const port = await listen(silent)
    await failure(reach(under, { port, connectTimeoutMs: 300 }), 'repository.unreachable')
    await failure(reach(under, { port, signal: AbortSignal.timeout(100) }), 'cancelled')
    await new Promise((resolve) => {
      silent.close(resolve)
      for (const socket of sockets.get(silent) ?? []) socket.destroy()
    })
    await failure(reach(under, { port }), 'repository.unreachable')
  })
})

const sockets = new Map<Server, Set<Socket>>()

async function listen(listener: Server): Promise<number> {
  const own = new Set<Socket>()
  sockets.set(listener, own)
  listener.on('connection', (socket: Socket) => own.add(socket))
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const address = listener.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** A way to the server that can be cut, or go silent. */
async function wayTo(under: Sshd) {
  let pairs: [Socket, Socket][] = []
  const listener = createServer((near) => {
    const far = connect(under.port, under.host)
    pairs.push([near, far])
    for (const socket of [near, far]) socket.on('error', () => undefined)
    near.pipe(far)
    far.pipe(near)
  })
  const port = await listen(listener)
  const hostKeys: HostKeyPolicy = knownHosts('', fingerprintOf(keyOf(under.hostKeys.ed25519)))
  const cut = (): void => {
    for (const socket of pairs.flat()) socket.destroy()
    pairs = []
  }
  return {
    port,
    hostKeys,
    cut,
    goSilent(): void {
      for (const [near, far] of pairs) far.unpipe(near)
    },
    async close(): Promise<void> {
      cut()
      await new Promise((resolve) => listener.close(resolve))
    },
  }
}

describe('a connection that is lost', () => {
  test('while an object is read is repository.unreachable, and the next call connects anew', async (context) => {
    const under = lab(context)
    const way = await wayTo(under)
    try {
      const body = seededBytes('cut', 30_000_000)
      await writeFile(join(folder, 'x'), body)
      const store = await reach(under, { port: way.port, hostKeys: way.hostKeys })
      const { pieces } = await store.get('x')
      const reading = (async () => {
        for await (const piece of pieces) if (piece.byteLength > 0) way.cut()
      })()
      await failure(reading, 'repository.unreachable')
      expect(sha256(await read(store, 'x'))).toBe(sha256(body))
      way.cut()
      const again = await Promise.allSettled([names(store), names(store), store.head('x')])
      for (const one of again) {
        if (one.status === 'rejected')
          await failure(Promise.reject(one.reason as Error), 'repository.unreachable')
      }
      expect(await names(store)).toEqual(['x'])
    } finally {
      await way.close()
    }
  })

  test('while an object is written is repository.unreachable, and leaves the old state', async (context) => {
    const under = lab(context)
    const way = await wayTo(under)
    try {
      const store = await reach(under, { port: way.port, hostKeys: way.hostKeys })
      await store.put('x', utf8('old'))
      async function* cutting(): AsyncGenerator<Uint8Array> {
        yield seededBytes('first', 1_000_000)
        way.cut()
        yield seededBytes('second', 8_000_000)
      }
      await failure(store.putStream('x', cutting()), 'repository.unreachable')
      expect(await read(store, 'x')).toEqual(utf8('old'))
      expect(await names(store)).toEqual(['x'])
    } finally {
      await way.close()
    }
  })

  test('without a word is noticed by the answer that does not come', async (context) => {
    const under = lab(context)
    const way = await wayTo(under)
    try {
      const store = await reach(under, { port: way.port, hostKeys: way.hostKeys, requestTimeoutMs: 500 })
      await file('x')
      way.goSilent()
      await failure(store.head('x'), 'repository.unreachable')
      expect(await read(store, 'x')).toEqual(utf8('x'))
    } finally {
      await way.close()
    }
  })

  test('without a word is noticed by the missing signs of life', async (context) => {
    const under = lab(context)
    const way = await wayTo(under)
    try {
      const store = await reach(under, { port: way.port, hostKeys: way.hostKeys, keepAliveMs: 100 })
      await file('x')
      way.goSilent()
      await failure(store.head('x'), 'repository.unreachable')
    } finally {
      await way.close()
    }
  })

  test('and a server that refuses to serve SFTP is repository.badAnswer', async (context) => {
    lab(context)
    const bare = await startSshd({ config: ['ForceCommand false'] })
    if ('skip' in bare) return context.skip(bare.skip)
    try {
      await failure(reach(bare), 'repository.badAnswer')
    } finally {
      await bare.stop()
    }
  })
})

describe('an SFTP folder keeps the rules of a local one', () => {
  test('a colon may stand as %3A; where both exist the colon counts', async (context) => {
    const store = await reach(lab(context))
    await file('2026%3A11/a%3Ab', 'escaped')
    expect(await names(store)).toEqual(['2026:11/a:b'])
    expect(await names(store, { prefix: '2026:11/a' })).toEqual(['2026:11/a:b'])
    expect(await read(store, '2026:11/a:b')).toEqual(utf8('escaped'))
    await failure(store.put('2026:11/a:b', utf8('x'), { ifAbsent: true }), 'object.changed')
    await file('2026%3A11/a:b', 'literal')
    expect(await read(store, '2026:11/a:b')).toEqual(utf8('literal'))
    await store.delete('2026:11/a:b')
    expect(await readdir(folder)).toEqual([])
  })

  test('a name that leads outside does not exist, and nothing is written through it', async (context) => {
    const store = await reach(lab(context))
    await writeFile(join(outside, 'secret'), 'secret')
    await symlink(join(outside, 'secret'), join(folder, 'file'))
    await symlink('../outside', join(folder, 'folder'))
    await symlink('nowhere', join(folder, 'broken'))
    await symlink('itself', join(folder, 'itself'))
    expect(await names(store)).toEqual([])
    expect(await names(store, { delimiter: '/' })).toEqual([])
    for (const key of ['file', 'folder/secret', 'broken', 'itself', '../outside/secret']) {
      expect(await store.head(key), key).toBeNull()
      await failure(store.get(key), 'object.missing')
      await store.delete(key)
    }
    await failure(store.put('folder/new', utf8('x')), 'object.badKey')
    await store.put('file', utf8('replaces the link'))
    expect(await readdir(outside)).toEqual(['secret'])
    expect(await read(store, 'file')).toEqual(utf8('replaces the link'))
  })

  test('a link that stays inside is followed, one to a folder above it does not repeat the listing', async (context) => {
    const store = await reach(lab(context))
    await file('real/x', 'inside')
    await symlink('real', join(folder, 'alias'))
    await symlink('..', join(folder, 'real/up'))
    expect(await names(store)).toEqual(['alias/x', 'real/x'])
    expect(await read(store, 'alias/x')).toEqual(utf8('inside'))
    await failure(store.get('real/up/real/x'), 'object.missing')
  })

  test('keys that no folder can hold are object.badKey to write and missing to read', async (context) => {
    const store = await reach(lab(context))
    await file('obj')
    await file('dir/x')
    const keys = [
      '',
      '/a',
      'a/',
      'a//b',
      '.',
      '..',
      '../x',
      'a\0b',
      'a%3Ab',
      '\ud800',
      'y'.repeat(256),
      'a\ufffd',
    ]
    for (const key of keys) {
      expect(await store.head(key), key).toBeNull()
      await failure(store.get(key), 'object.missing')
      await failure(store.put(key, utf8('x')), 'object.badKey')
    }
    for (const key of ['dir', 'obj/x']) await failure(store.put(key, utf8('x')), 'object.badKey')
    expect(await names(store)).toEqual(['dir/x', 'obj'])
  })

  test('an unfinished write is never listed, and one abandoned for a day is swept by the next write', async (context) => {
    const store = await reach(lab(context))
    const old = `.holdfast-${'1'.repeat(32)}.part`
    await file(`d/${old}`)
    await utimes(join(folder, 'd', old), 1_000_000_000, 1_000_000_000)
    expect(await names(store)).toEqual([])
    await store.put('d/x', utf8('x'))
    expect(await readdir(join(folder, 'd'))).toEqual(['x'])
  })

  test('a file that is written to while it is read is object.changed', async (context) => {
    const store = await reach(lab(context))
    await writeFile(join(folder, 'x'), seededBytes('x', 3_000_000))
    const growing = (await store.get('x')).pieces
    await writeFile(join(folder, 'x'), 'more', { flag: 'a' })
    await failure(collect(growing), 'object.changed')
    const shrinking = (await store.get('x')).pieces
    await writeFile(join(folder, 'x'), 'less')
    await failure(collect(shrinking), 'object.changed')
  })

  test('what the server refuses to this user is said, never left out of a listing', async (context) => {
    const under = lab(context)
    if (under.user !== 'root') return context.skip('only root can make a folder for somebody else')
    // Login as root and serve as nobody: the same folder, without the rights.
    const other = await startSshd({
      config: ['ForceCommand setpriv --reuid 65534 --clear-groups /usr/lib/openssh/sftp-server'],
    })
    if ('skip' in other) return context.skip(other.skip)
    try {
      await file('open/x')
      await file('locked/y')
      await symlink('locked/y', join(folder, 'link'))
      execFileSync('chmod', ['755', under.folder, folder, join(folder, 'open')])
      execFileSync('chmod', ['700', join(folder, 'locked')])
      execFileSync('chmod', ['600', join(folder, 'open/x')])
      const store = await reach(other)
      await failure(names(store), 'repository.accessDenied')
      await failure(names(store, { prefix: 'link' }), 'repository.accessDenied')
      await failure(store.get('open/x'), 'object.unreadable')
      expect(await store.head('open/x')).toMatchObject({ sizeBytes: 6 })
      await failure(store.get('locked/y'), 'repository.accessDenied')
      await failure(store.put('open/new', utf8('x')), 'repository.accessDenied')
      await failure(store.delete('open/x'), 'repository.accessDenied')
    } finally {
      for (const one of open.splice(0)) await one.close()
      await other.stop()
    }
  })

  test('a full disk is repository.full, a read-only one repository.readOnly', async (context) => {
    const store = await reach(lab(context))
    const small = join(folder, 'small')
    await mkdir(small)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', small], { stdio: 'ignore' })
    } catch {
      return context.skip('no mount here')
    }
    try {
      const full = await reach(lab(context), { at: small })
      await full.put('x', utf8('old'))
      await writeFile(join(small, 'fill'), new Uint8Array(50_000))
      await failure(full.put('x', new Uint8Array(1_000_000)), 'repository.full')
      expect(await read(full, 'x')).toEqual(utf8('old'))
      expect(await names(full)).toEqual(['fill', 'x'])
      execFileSync('mount', ['-o', 'remount,ro', small])
      await failure(full.put('y', utf8('y')), 'repository.readOnly')
      await failure(full.put('new/y', utf8('y')), 'repository.readOnly')
      expect(await names(store, { prefix: 'small/f' })).toEqual(['small/fill'])
    } finally {
      execFileSync('umount', [small])
    }
  })

  test('it tells its mode and what others may write there, and not what SFTP has no words for', async (context) => {
    const store = await reach(lab(context))
    await file('a/x')
    execFileSync('chmod', ['700', folder])
    execFileSync('chmod', ['777', join(folder, 'a')])
    execFileSync('chmod', ['600', join(folder, 'a/x')])
    expect(await store.facts?.(['a/x', 'gone'])).toMatchObject({
      kind: 'folder',
      where: 'sftp',
      mode: { told: true, value: 0o700 },
      looseParts: [{ name: 'a/', mode: 0o777 }],
      mayWrite: { told: false },
      isOnRootDisk: { told: false },
    })
    expect(await readdir(folder)).toEqual(['a'])
  })
})
