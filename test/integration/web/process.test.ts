import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { cliFile, runCli, temporaryFolder } from '../cli/run-cli.ts'

const home = temporaryFolder()
const startFile = join(cliFile, '../start.js')

const running: ChildProcessWithoutNullStreams[] = []
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const ended = new Promise((resolve) => child.once('close', resolve))
    child.kill('SIGKILL')
    await ended
  }
})

interface Running {
  readonly child: ChildProcessWithoutNullStreams
  /** All that it said so far. */
  said(): string
  /** Waits until it has said this so many times; gives what the first group of the last one matched. */
  hears(what: RegExp, times?: number): Promise<string>
  readonly ended: Promise<number | null>
}

/** A program with nothing of this machine's settings: no display, and a state of its own. */
function run(program: string, args: readonly string[], name: string): Running {
  const child = spawn(program, args, {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      TERM: 'xterm',
      HOLDFAST_STATE_DIR: join(home, name),
    },
  })
  running.push(child)
  let text = ''
  let look: () => void = () => undefined
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (piece: Buffer) => {
      text += piece.toString()
      look()
    })
  }
  return {
    child,
    said: () => text,
    hears: async (what, times = 1) =>
      new Promise((resolve, reject) => {
        look = () => {
          const found = [...text.matchAll(new RegExp(what, 'g'))]
          if (found.length >= times) resolve(found.at(-1)?.[1] ?? '')
        }
        child.once('close', () => reject(new Error(`It ended:\n${text}`)))
        look()
      }),
    ended: new Promise((resolve) => child.once('close', resolve)),
  }
}

const page = /: (\/\S+\.html)/
const linkOf = (path: string): URL =>
  new URL(/url=([^"]+)"/.exec(readFileSync(path, 'utf8'))?.[1] ?? expect.fail(`No link in ${path}`))

async function statusOf(link: URL): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: link.port, path: '/', headers: { host: link.host } })
    asked.on('response', (answer) => resolve(answer.resume().statusCode)).on('error', reject)
    asked.end()
  })
}

test('Without a terminal nobody is told to press a key', async () => {
  const served = run(process.execPath, [cliFile, 'serve', '--no-open'], 'no-terminal')
  await served.hears(/start it again/)
  expect(served.said()).not.toContain('press Enter')
})

test('SIGUSR1 opens no inspector and ends nothing', async () => {
  const served = run(process.execPath, [cliFile, 'serve', '--no-open'], 'usr1')
  const link = linkOf(await served.hears(page))
  served.child.kill('SIGUSR1')
  // Handled in order: what is answered now is answered after the signal.
  expect(await statusOf(link)).toBe(200)
  const inspector = await new Promise<string>((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: 9229 }, () => {
      socket.destroy()
      resolve('open')
    })
    socket.on('error', () => resolve('closed'))
  })
  expect(inspector).toBe('closed')
  expect(served.said()).not.toContain('Debugger')
})

const strace = '/usr/bin/strace'

test.skipIf(!existsSync(strace))(
  'It sends nothing to anybody where nothing was asked for: not for an update, not for anything else',
  async () => {
    const trace = join(home, 'trace')
    const calls = ['-D', '-f', '-qq', '-o', trace, '-e', 'trace=listen,connect,sendto,sendmsg,sendmmsg']
    const served = run(strace, [...calls, process.execPath, cliFile, 'serve', '--no-open'], 'silent')
    const link = linkOf(await served.hears(page))
    expect(await statusOf(link)).toBe(200)
    served.child.kill('SIGTERM')
    await served.ended
    const seen = readFileSync(trace, 'utf8').split('\n')
    expect(seen.filter((call) => call.includes('listen('))).not.toEqual([])
    expect(seen.filter((call) => /AF_INET|:53\b/.test(call))).toEqual([])
  },
)

test.skipIf(!existsSync('/proc/self/coredump_filter'))(
  'Of what it holds in memory nothing is written where it crashes',
  async () => {
    const served = run(process.execPath, [cliFile, 'serve', '--no-open'], 'core')
    await served.hears(page)
    expect(readProc(String(served.child.pid), 'coredump_filter').trim()).toBe('00000000')
  },
)

test('Beside an inspector nothing is served', async () => {
  for (const options of [
    { nodeOptions: ['--inspect=127.0.0.1:0'] },
    { env: { NODE_OPTIONS: '--inspect=0' } },
  ]) {
    const { status, stdout, stderr } = await runCli(home, ['serve', '--no-open'], options)
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain("The window is not served while Node's inspector is open.")
  }
})

test('The token of a link is in no argument, no output and no log', async () => {
  const served = run(process.execPath, [cliFile, 'serve', '--no-open'], 'token')
  const token = linkOf(await served.hears(page)).hash.replace('#token=', '')
  expect(token).toHaveLength(43)
  expect(served.said()).not.toContain(token)
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    for (const file of ['cmdline', 'environ']) expect(readProc(name, file)).not.toContain(token)
  }
  const files = readdirSync(join(home, 'token'), { recursive: true, withFileTypes: true })
  for (const file of files) {
    const path = join(file.parentPath, file.name)
    if (file.isFile() && file.name !== 'holdfast.html')
      expect(readFileSync(path, 'latin1')).not.toContain(token)
  }
})

test('An end by the operator leaves no link and no open port', async () => {
  const served = run(process.execPath, [cliFile, 'serve', '--no-open'], 'end')
  const path = await served.hears(page)
  const link = linkOf(path)
  served.child.kill('SIGINT')
  expect(await served.ended).toBe(0)
  expect(existsSync(path)).toBe(false)
  await expect(statusOf(link)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

test('Enter in the terminal makes a new link, and the one before it is void', async (context) => {
  if (spawnSync('script', ['--version']).status !== 0)
    return context.skip('no "script" here to make a terminal')
  const command = [process.execPath, cliFile, 'serve', '--no-open'].map((part) => `'${part}'`).join(' ')
  const served = run('script', ['-qec', command, '/dev/null'], 'enter')
  const first = await served.hears(page)
  expect(existsSync(first)).toBe(true)
  await served.hears(/press (Enter)/)
  served.child.stdin.write('\r')
  const second = await served.hears(page, 2)
  expect(second).not.toBe(first)
  expect(existsSync(first)).toBe(false)
  expect(await statusOf(linkOf(second))).toBe(200)
})

test('Ctrl-C in the terminal ends it at once while nothing runs', async (context) => {
  if (spawnSync('script', ['--version']).status !== 0)
    return context.skip('no "script" here to make a terminal')
  const command = [process.execPath, cliFile, 'serve', '--no-open'].map((part) => `'${part}'`).join(' ')
  // The shell that starts it would be interrupted as well.
  const served = run('script', ['-qec', `exec ${command}`, '/dev/null'], 'interrupted')
  const first = await served.hears(page)
  await served.hears(/press (Enter)/)
  served.child.stdin.write('\u0003')
  expect(await served.ended).toBe(0)
  expect(existsSync(first)).toBe(false)
})

test('Where there is no display the start says so in one sentence and serves the window', async () => {
  const started = run(process.execPath, [startFile, '--no-open'], 'start')
  const link = linkOf(await started.hears(page))
  expect(started.said().split('\n')[0]).toBe(
    'There is no desktop window because there is no display: the window opens in the browser.',
  )
  expect(await statusOf(link)).toBe(200)
  started.child.kill('SIGTERM')
  expect(await started.ended).toBe(0)
})

function readProc(id: string, file: string): string {
  try {
    return readFileSync(join('/proc', id, file), 'latin1')
  } catch {
    return ''
  }
}
