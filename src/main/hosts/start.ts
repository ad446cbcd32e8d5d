import { fileURLToPath } from 'node:url'
import { findDesktopWindow, runHere } from './desktop-window.ts'

/** The package's folder: Electron finds its own entry there. */
const here = fileURLToPath(new URL('../..', import.meta.url))

const ends = new AbortController()
// This process ends when the window does. A terminal interrupts both; other signals are for whoever was named.
process.on('SIGINT', () => {})
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ends.abort())
process.on('SIGUSR1', () => {})

const desktop = findDesktopWindow(here)
const reason = desktop.kind === 'none' ? desktop.reason : await desktop.open(process.env, ends.signal)
if (reason !== null) {
  process.stdout.write(`There is no desktop window because ${reason}: the window opens in the browser.\n`)
  const cli = fileURLToPath(new URL('./cli.js', import.meta.url))
  const serve = [cli, 'serve', ...process.argv.slice(2)]
  process.exitCode = (await runHere(process.execPath, serve, { env: process.env, signal: ends.signal })) ?? 1
}
