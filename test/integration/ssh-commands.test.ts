import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, type TestContext } from 'vitest'
import { shellWord } from '../../src/main/adapters/ssh/shell-word.ts'
import type { RemoteHost } from '../../src/main/ports/remote-host.ts'
import { failure } from '../conformance/store-helpers.ts'
import { makeHome, reachHost, type Reaching } from '../lab/ssh-home.ts'
import { startSshd, type Sshd } from '../lab/sshd.ts'

const password = 'canary-the-password'
const deadlineMs = 60_000

let lab: Sshd | { readonly skip: string }
const open: RemoteHost[] = []

beforeAll(async () => {
  lab = await startSshd({
    users: [
      { name: 'lab-operator', password, sudo: '(lab-free) NOPASSWD: ALL, (lab-asked) PASSWD: ALL' },
      { name: 'lab-free', password: 'x' },
      { name: 'lab-asked', password: 'y' },
      { name: 'lab-plain', password },
      { name: 'lab-chatty', password, shell: '/bin/bash' },
      { name: 'lab-nologin', password, shell: '/usr/sbin/nologin' },
    ],
  })
})
afterAll(async () => {
  if ('stop' in lab) await lab.stop()
})
afterEach(async () => {
  for (const host of open.splice(0)) await host.close()
})

function server(context: TestContext): Sshd {
  return 'skip' in lab ? context.skip(lab.skip) : lab
}

async function reach(context: TestContext, options: Reaching = {}): Promise<RemoteHost> {
  const host = await reachHost(server(context), {
    user: 'lab-operator',
    sudoPassword: password,
    ...options,
  })
  open.push(host)
  return host
}

/** As which user a command runs: the one who logged in, by a rule without a password, by one with it. */
const users = [{}, { asUser: 'lab-free' }, { asUser: 'lab-asked' }] as const

interface Seen {
  readonly pid: string
  readonly commandLine: string
  readonly environment: string
}

async function processes(): Promise<readonly Seen[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const read = async (pid: string, name: string): Promise<string> =>
    readFile(join('/proc', pid, name), 'latin1').catch(() => '')
  return Promise.all(
    pids.map(async (pid) => ({
      pid,
      commandLine: await read(pid, 'cmdline'),
      environment: await read(pid, 'environ'),
    })),
  )
}

/** All of them once this one has become the program that it runs: while it does, its environment cannot be read. */
async function processesOnceRunning(pid: string, program: string): Promise<readonly Seen[]> {
  for (;;) {
    const seen = await processes()
    const own = seen.find((one) => one.pid === pid)
    if (own?.commandLine.startsWith(`${program}\0`) === true && own.environment !== '') return seen
  }
}

/** A number of seconds that no other process sleeps. */
function longTime(): string {
  return `1000.${randomBytes(4).readUInt32BE()}`
}

async function sleepers(time: string): Promise<number> {
  return (await processes()).filter(({ commandLine }) => commandLine === `sleep\0${time}\0`).length
}

/** Reads until something came, which says that the command runs. */
async function first(stdout: AsyncIterable<Uint8Array>): Promise<string> {
  const { value } = await stdout[Symbol.asyncIterator]().next()
  return Buffer.from(value ?? []).toString()
}

/** Never gives anything, and never ends. */
const silent: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({ next: async () => new Promise<never>(() => undefined) }),
}

describe('what a command is given', () => {
  test('arrives for 10 000 random arguments', async (context) => {
    const host = await reach(context)
    const alphabet = Array.from(`ab '"\\$\`!*?[]{}()<>|&;#~%^=-\n\t\r\u0001\u007fäß日\u{1f600}\u0081\u2028`)
    const word = (): string =>
      [...randomBytes(randomBytes(1).readUInt8() % 12)]
        .map((byte) => alphabet[byte % alphabet.length] ?? '')
        .join('')
    for (let round = 0; round < 10; round += 1) {
      const words = Array.from({ length: 1_000 }, word)
      const { stdout } = await host.run({ argv: ['printf', '%s\\0', ...words], deadlineMs })
      expect(stdout.split('\0').slice(0, -1)).toEqual(words)
    }
  })

  test('is refused where it is longer than the host takes', async (context) => {
    const host = await reach(context)
    await failure(host.run({ argv: ['true', 'x'.repeat(140_000)], deadlineMs }), 'usage')
    await failure(host.run({ argv: ['-x'], deadlineMs }), 'usage')
    await failure(host.run({ argv: ['true'], asUser: '-u root', deadlineMs }), 'usage')
    await failure(host.run({ argv: ['true'], environment: { 'A B': '' }, deadlineMs }), 'usage')
  })

  test('is not mixed with what the login shell says', async (context) => {
    const home = join(server(context).folder, 'lab-chatty')
    await writeFile(join(home, '.bashrc'), 'echo welcome; echo careful >&2\n')
    const host = await reach(context, { user: 'lab-chatty' })
    const answer = await host.run({ argv: ['sh', '-c', 'echo out; echo err >&2'], deadlineMs })
    expect(answer).toEqual({ code: 0, signal: null, stdout: 'out\n', stderr: 'err\n' })
  })

  test('is nothing where the host runs something else', async (context) => {
    const host = await reach(context, { user: 'lab-nologin' })
    const error = await failure(host.run({ argv: ['true'], deadlineMs }), 'host.badAnswer')
    expect(error.text.what).toContain('was not run')
  })

  test('a program that is not there ends with 127', async (context) => {
    const host = await reach(context)
    expect(await host.run({ argv: ['no-such-program'], deadlineMs })).toMatchObject({ code: 127 })
  })

  test.for(users)('a secret is in the environment of the command alone (%j)', async (as, context) => {
    const host = await reach(context)
    for (const input of [{}, { stdin: silent }]) {
      const canary = `canary-${randomBytes(8).toString('hex')}`
      const running = await host.start({
        ...as,
        ...input,
        argv: ['sh', '-c', 'echo $$; exec sleep 1000'],
        secretEnvironment: { TOKEN: canary },
        deadlineMs,
      })
      const pid = (await first(running.stdout)).trim()
      const seen = await processesOnceRunning(pid, 'sleep')
      expect(seen.filter(({ environment }) => environment.includes(canary)).map((one) => one.pid)).toEqual([
        pid,
      ])
      expect(seen.filter(({ commandLine }) => commandLine.includes(canary))).toEqual([])
    }
  })
})

describe('sudo', () => {
  test('with a rule without a password leaves a known password out of the data', async (context) => {
    const host = await reach(context)
    const file = join('/tmp', `holdfast-${randomBytes(8).toString('hex')}`)
    async function* data(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('the data\n')
    }
    const script = 'cat >"$1"; cat "$1"; rm "$1"'
    for (const asUser of ['lab-free', 'lab-asked']) {
      const { stdout } = await host.run({
        argv: ['sh', '-c', script, 'sh', file],
        asUser,
        stdin: data(),
        deadlineMs,
      })
      expect(stdout).toBe('the data\n')
    }
  })

  test('that asks is host.sudo where no password is known', async (context) => {
    const host = await reach(context, { sudoPassword: null })
    const error = await failure(host.run({ argv: ['true'], asUser: 'lab-asked', deadlineMs }), 'host.sudo')
    expect(error.text.why).toContain('none is known')
    expect(await host.run({ argv: ['true'], asUser: 'lab-free', deadlineMs })).toMatchObject({ code: 0 })
  })

  test('that asks twice is host.sudo, and the password was sent once', async (context) => {
    const host = await reach(context, { sudoPassword: 'canary-wrong' })
    const error = await failure(host.run({ argv: ['true'], asUser: 'lab-asked', deadlineMs }), 'host.sudo')
    expect(error.text.why).toContain('sent once')
    expect(error.message).not.toContain('canary')
  })

  test('that refuses is host.sudo with its own words', async (context) => {
    const host = await reach(context, { user: 'lab-plain' })
    const error = await failure(host.run({ argv: ['true'], asUser: 'lab-free', deadlineMs }), 'host.sudo')
    expect(error.text.why).toMatch(/sudo said: .*lab-plain/)
    expect(error.message).not.toContain(password)
  })

  test.for([
    ['asks in the words of something else', 'printf "key passphrase? " >&2', 'key passphrase?'],
    ['says nothing', ':', null],
  ] as const)('that %s is not answered, and is given up', async ([, asks, said], context) => {
    const home = join(server(context).folder, 'lab-chatty')
    // As a module of PAM would ask, or a program in sudo's place.
    await mkdir(join(home, 'bin'), { recursive: true })
    await writeFile(
      join(home, 'bin', 'sudo'),
      `#!/bin/sh\n${asks}\nread -r answer; echo "$answer" >"${home}/answered"\nexec cat >/dev/null\n`,
      { mode: 0o755 },
    )
    await writeFile(join(home, '.bashrc'), `PATH=${home}/bin:$PATH\n`)
    const host = await reach(context, { user: 'lab-chatty' })
    const error = await failure(
      host.run({ argv: ['true'], asUser: 'lab-asked', deadlineMs: 1_500 }),
      'host.sudo',
    )
    await host.close()
    expect(error.text).toMatchObject({
      what: expect.stringMatching(/^true was not run on lab-chatty@.* as lab-asked\.$/),
      why: said === null ? 'sudo did not start it in time.' : expect.stringContaining(`It said: ${said}`),
      unchanged: 'Nothing was run.',
      next: expect.stringContaining('sudo -l'),
    })
    const answered = await readFile(join(home, 'answered'), 'utf8').catch(() => '')
    expect(answered.trim()).toBe('')
  })

  test('is not answered once the command runs, whatever it prints', async (context) => {
    const host = await reach(context)
    // The prompt stands in the list of processes, where the command finds it.
    const phish =
      'tr "\\0" "\\n" </proc/$PPID/cmdline | grep ^holdfast- >&2; read -r answer; echo "got [$answer]"'
    const { stdout, stderr } = await host.run({
      argv: ['sh', '-c', phish],
      asUser: 'lab-asked',
      deadlineMs,
    })
    expect(stderr).toMatch(/^holdfast-[0-9a-f]{32}\n/)
    expect(stdout).toBe('got []\n')
  })

  test('has the password in no list of processes and no environment', async (context) => {
    const host = await reach(context)
    const running = await host.start({
      argv: ['sh', '-c', 'echo started; sleep 1000'],
      asUser: 'lab-asked',
      deadlineMs,
    })
    expect(await first(running.stdout)).toBe('started\n')
    const seen = (await processes()).filter(({ commandLine, environment }) =>
      `${commandLine}${environment}`.includes(password),
    )
    expect(seen).toEqual([])
  })
})

describe('a command that is given up', () => {
  test.for(users)('ends on the host with all that it has started (%j)', async (as, context) => {
    const host = await reach(context)
    for (const input of [{}, { stdin: silent }]) {
      const time = longTime()
      const cancel = new AbortController()
      const running = await host.start(
        { ...as, ...input, argv: ['sh', '-c', `sleep ${time} & echo started; sleep ${time}`], deadlineMs },
        cancel.signal,
      )
      expect(await first(running.stdout)).toBe('started\n')
      await expect.poll(() => sleepers(time)).toBe(2)
      cancel.abort()
      await failure(running.ended, 'cancelled')
      await expect.poll(() => sleepers(time), { timeout: 30_000 }).toBe(0)
    }
  })

  test.for(users)('ends on the host even where it does not want to (%j)', async (as, context) => {
    const host = await reach(context)
    const time = longTime()
    const running = await host.start({
      ...as,
      argv: ['sh', '-c', `trap "" HUP INT TERM PIPE; echo started; sleep ${time}; sleep ${time}`],
      deadlineMs: 2_000,
    })
    expect(await first(running.stdout)).toBe('started\n')
    await failure(running.ended, 'host.timedOut')
    await expect.poll(() => sleepers(time), { timeout: 30_000 }).toBe(0)
  })

  test('leaves alone what it has put into the background, once it has ended by itself', async (context) => {
    const host = await reach(context)
    const time = longTime()
    const { code } = await host.run({
      argv: ['sh', '-c', `sleep ${time} >/dev/null 2>&1 & echo started`],
      deadlineMs,
    })
    expect(code).toBe(0)
    expect(await sleepers(time)).toBe(1)
    await host.run({ argv: ['sh', '-c', `pkill -f "^sleep ${time}$"`], deadlineMs })
    await expect.poll(() => sleepers(time)).toBe(0)
  })
})

/** A way to the server that can be cut, or go silent. */
async function wayTo({ port, host }: Sshd) {
  const pairs: [Socket, Socket][] = []
  const listener = createServer((near) => {
    const far = connect(port, host)
    pairs.push([near, far])
    for (const socket of [near, far]) socket.on('error', () => undefined)
    near.pipe(far)
    far.pipe(near)
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const address = listener.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    cut: (): void => pairs.flat().forEach((socket) => socket.destroy()),
    goSilent: (): void => pairs.forEach(([near, far]) => void far.unpipe(near)),
    async close(): Promise<void> {
      this.cut()
      await new Promise((resolve) => listener.close(resolve))
    },
  }
}

describe('a connection that is lost', () => {
  async function over(
    context: TestContext,
    options: Reaching,
    act: (host: RemoteHost, way: Awaited<ReturnType<typeof wayTo>>) => Promise<void>,
  ): Promise<void> {
    const under = server(context)
    const way = await wayTo(under)
    try {
      const home = await makeHome(under, '', `[127.0.0.1]:${way.port} ${under.hostKeys.ed25519}\n`)
      const host = await reach(context, {
        address: `lab-operator@127.0.0.1:${way.port}`,
        account: { home, user: 'x' },
        ...options,
      })
      await act(host, way)
    } finally {
      await way.close()
    }
  }

  test.for(users)('while a command runs is host.lost, and the host ends it (%j)', async (as, context) => {
    await over(context, {}, async (host, way) => {
      const time = longTime()
      const running = await host.start({
        ...as,
        argv: ['sh', '-c', `echo started; sleep ${time}`],
        deadlineMs,
      })
      const reading = (async () => {
        for await (const piece of running.stdout) if (piece.byteLength > 0) way.cut()
      })()
      await failure(reading, 'host.lost')
      await failure(running.ended, 'host.lost')
      await failure(host.run({ argv: ['true'], deadlineMs }), 'host.lost')
      await expect.poll(() => sleepers(time), { timeout: 30_000 }).toBe(0)
    })
  })

  test('while data is sent never looks like the end of the data', async (context) => {
    await over(context, {}, async (host, way) => {
      const under = server(context)
      const trace = join(under.folder, 'lab-operator', 'whole')
      async function* data(): AsyncGenerator<Uint8Array> {
        yield new Uint8Array(200_000)
        way.cut()
        yield new Uint8Array(200_000)
        await new Promise<never>(() => undefined)
      }
      const time = longTime()
      const script = `sleep ${time} & cat >/dev/null; touch "$1"`
      const running = host.run({ argv: ['sh', '-c', script, 'sh', trace], stdin: data(), deadlineMs })
      await failure(running, 'host.lost')
      await expect.poll(() => sleepers(time), { timeout: 30_000 }).toBe(0)
      expect(await readdir(join(under.folder, 'lab-operator'))).toEqual([])
    })
  })

  test('without a word is noticed by the missing signs of life', async (context) => {
    await over(context, { keepAliveMs: 100 }, async (host, way) => {
      const running = await host.start({ argv: ['sh', '-c', 'echo started; sleep 1000'], deadlineMs })
      expect(await first(running.stdout)).toBe('started\n')
      way.goSilent()
      await failure(running.ended, 'host.lost')
    })
  })
})

test('the quoting is read back by sh as it was, also by itself', () => {
  expect(shellWord('')).toBe(`''`)
  expect(shellWord(`it's`)).toBe(`'it'\\''s'`)
})
