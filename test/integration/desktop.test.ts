import { spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cliFile, temporaryFolder } from './cli/run-cli.ts'

/**
 * The ways to the desktop window as a user goes them, on a package whose Electron is a program that stands in for it: the real
 * entry of the main process runs in it, and what it asks of Electron is written down.
 */

const root = join(cliFile, '../../..')
const folder = temporaryFolder()
const electron = join(folder, 'node_modules/electron')
const program = join(import.meta.dirname, '../fakes/electron/program.ts')

beforeAll(() => {
  cpSync(join(root, 'out'), join(folder, 'out'), { recursive: true })
  for (const name of ['package.json', 'resources'])
    cpSync(join(root, name), join(folder, name), { recursive: true })
  mkdirSync(electron, { recursive: true })
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== 'electron') symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  }
  writeFileSync(join(electron, 'package.json'), '{"name":"electron","version":"45.0.0"}')
  mkdirSync(join(electron, 'dist'))
  const start = `exec ${JSON.stringify(process.execPath)} --import ${JSON.stringify(program)} "$1/out/main/electron.js"`
  writeFileSync(join(electron, 'dist/electron'), `#!/bin/sh\n${start}\n`)
  chmodSync(join(electron, 'dist/electron'), 0o755)
  // As its installer: the program is there once it has run.
  writeFileSync(
    join(electron, 'install.js'),
    "require('node:fs').writeFileSync(require('node:path').join(__dirname, 'path.txt'), 'electron')\n",
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Electron keeps its sandbox only for an account that is not root: to the launcher, and to it alone, this is none. */
const otherAccount = 'data:text/javascript,process.getuid=()=>1000'

interface Ended {
  readonly status: number | null
  readonly said: string
}

async function launch(
  entry: 'start.js' | 'cli.js',
  args: readonly string[],
  {
    env,
    onSaid,
  }: {
    readonly env: Readonly<Record<string, string>>
    readonly onSaid?: (said: string, end: () => void) => void
  },
): Promise<Ended> {
  const child = spawn(
    process.execPath,
    ['--import', otherAccount, join(folder, 'out/main', entry), ...args],
    {
      env: { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder, DISPLAY: ':99', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (piece: Buffer) => {
      said += piece.toString()
      onSaid?.(said, () => child.kill('SIGTERM'))
    })
  }
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { status, said }
}

interface Report {
  readonly asked: readonly string[]
  readonly clusters: readonly string[]
  readonly policy: string
  readonly missing: number
}
const readReport = (name: string): Report => JSON.parse(readFileSync(join(folder, name), 'utf8'))

test('The start fetches Electron once, opens the window on the desk of this account, and ends when it is closed', async () => {
  const env = { HOLDFAST_STATE_DIR: join(folder, 'state'), STAND_IN_REPORT: join(folder, 'started.json') }
  const first = await launch('start.js', [], { env })
  expect(first).toEqual({ status: 0, said: 'Electron is fetched once; that takes a minute.\n' })
  const { asked, clusters, policy, missing } = readReport('started.json')
  expect(asked).toContain(`app.setPath userData ${join(folder, 'state/window')}`)
  expect(asked).toContain('loaded 200')
  expect(asked.at(-1)).toBe('app.quit')
  expect(clusters).toEqual([])
  expect(policy).toMatch(/^default-src 'none'; script-src 'self'/)
  expect(missing).toBe(404)
  expect(await launch('start.js', [], { env })).toEqual({ status: 0, said: '' })
})

test('An Electron that cannot show a window leaves the window to the browser, with the reason', async () => {
  const env = { HOLDFAST_STATE_DIR: join(folder, 'state-2'), STAND_IN_FAILS: '7' }
  const { status, said } = await launch('start.js', ['--no-open'], {
    env,
    onSaid: (text, end) => text.includes('.html') && end(),
  })
  expect(said).toContain(
    'There is no desktop window because Electron ended with status 7: the window opens in the browser.',
  )
  expect(said).toMatch(/Open this page in a browser of this machine: \/\S+\.html/)
  expect(status).toBe(0)
})

test('The demonstration opens the same window on its own fleet, whose masters run until it is closed', async () => {
  const dir = join(folder, 'demonstration')
  const { status, said } = await launch('cli.js', ['demo', '--window', '--dir', dir], {
    env: { STAND_IN_REPORT: join(folder, 'demonstrated.json') },
  })
  expect(said).toContain(`They lie in ${dir}; the passphrase of their vault is "demonstration".`)
  expect(said).not.toContain('browser')
  expect(status).toBe(0)
  const { asked, clusters } = readReport('demonstrated.json')
  expect(asked).toContain(`app.setPath userData ${join(dir, 'desk/window')}`)
  expect(clusters).toContain('kiok-prod')
  expect(clusters.length).toBe(7)
})
