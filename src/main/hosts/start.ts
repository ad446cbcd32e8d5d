import { spawn, type ChildProcess } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { childEnvironment } from './child-environment.ts'
import { electronIn, whyNoDesktop } from './desktop-way.ts'

/** The package's folder: Electron finds its own entry there. */
const here = fileURLToPath(new URL('../..', import.meta.url))

let window: ChildProcess | null = null
// This process ends when the window does. A terminal interrupts both; other signals are for whoever was named.
process.on('SIGINT', () => {})
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => window?.kill(signal))
process.on('SIGUSR1', () => {})

const reason = await openDesktop()
if (reason !== null) {
  process.stdout.write(`There is no desktop window because ${reason}: the window opens in the browser.\n`)
  const cli = fileURLToPath(new URL('./cli.js', import.meta.url))
  process.exitCode = (await run(process.execPath, [cli, 'serve', ...process.argv.slice(2)])) ?? 1
}

/** Null once the desktop window was there and is closed; else why there is none. */
async function openDesktop(): Promise<string | null> {
  const { platform, env } = process
  const why = whyNoDesktop({ platform, env, uid: process.getuid?.() ?? null })
  if (why !== null) return why
  let electron = electronIn(electronFolder())
  if (electron.kind === 'notFetched') {
    process.stdout.write('Electron is fetched once; that takes a minute.\n')
    await run(process.execPath, [electron.installer], childEnvironment())
    electron = electronIn(electronFolder())
  }
  if (electron.kind === 'unusable') return electron.reason
  if (electron.kind === 'notFetched') return 'Electron could not be fetched'
  const status = await run(electron.program, [here])
  return status === 0 ? null : `Electron ended with ${status === null ? 'a crash' : `status ${status}`}`
}

function electronFolder(): string | null {
  try {
    return dirname(createRequire(import.meta.url).resolve('electron/package.json'))
  } catch {
    return null
  }
}

/** The status of a program that has this terminal while it runs; null where it was ended by a signal or did not start. */
async function run(program: string, args: readonly string[], env = process.env): Promise<number | null> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'inherit', env })
    window = child
    child.once('error', () => resolve(null))
    child.once('close', resolve)
  })
}
