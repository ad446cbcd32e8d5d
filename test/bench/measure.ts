import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

export type Environment = Readonly<Record<string, string>>

/** One run of a command, from its start to its end. */
export interface Measured {
  readonly seconds: number
  readonly stdout: string
}

/** One run of the built command line, with what its process said of itself at its end. */
export interface MeasuredRun extends Measured {
  readonly cpuSeconds: number
  readonly peakBytes: number
  /** How many modules of the AWS SDK were loaded; counted only where `countModules` is true. */
  readonly sdkModules: number
}

const cliFile = fileURLToPath(new URL('../../out/main/cli.js', import.meta.url))

/** Loaded before the command line; tells on descriptor 3 what the process has cost. */
const probe = (countModules: boolean): string => `
  import { writeSync } from 'node:fs'
  import { registerHooks } from 'node:module'
  import { isMainThread } from 'node:worker_threads'
  let sdkModules = 0
  if (${countModules}) registerHooks({ load(url, context, next) {
    if (/@(aws-sdk|smithy)/.test(url)) sdkModules += 1
    return next(url, context)
  } })
  if (isMainThread) process.on('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
    writeSync(3, JSON.stringify({
      peakBytes: maxRSS * 1024, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, sdkModules,
    }))
  })`

/** Runs the built command line; nothing of this machine's settings reaches it, and it remembers nothing. */
export async function holdfast(
  args: readonly string[],
  options: { readonly env?: Environment; readonly countModules?: boolean } = {},
): Promise<MeasuredRun> {
  const state = await mkdtemp(join(tmpdir(), 'holdfast-bench-state-'))
  try {
    const code = probe(options.countModules ?? false)
    const preload = `data:text/javascript,${encodeURIComponent(code)}`
    const run = await measure([process.execPath, '--import', preload, cliFile, ...args], {
      ...options.env,
      HOLDFAST_STATE_DIR: state,
    })
    const told = JSON.parse(run.probe) as Pick<MeasuredRun, 'cpuSeconds' | 'peakBytes' | 'sdkModules'>
    return { seconds: run.seconds, stdout: run.stdout, ...told }
  } finally {
    await rm(state, { recursive: true, force: true })
  }
}

/** Runs a line of the shell; throws where any part of it fails. */
export async function shell(line: string, env: Environment = {}): Promise<Measured> {
  return measure(['bash', '-c', `set -euo pipefail; ${line}`], env)
}

/** Null where it is not installed. */
export function findTool(name: string): string | null {
  const { status, stdout } = spawnSync('which', [name], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : null
}

/** Runs a command with nothing of this machine's settings; throws where it fails. */
export async function measure(
  [command = '', ...args]: readonly string[],
  env: Environment,
): Promise<Measured & { readonly probe: string }> {
  const startedAt = performance.now()
  const child = spawn(command, args, {
    env: { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const { stdout: out, stderr: err } = child
  const own = child.stdio[3]
  if (out === null || err === null || !(own instanceof Readable)) throw new Error('no pipes')
  const ended = once(child, 'close')
  const [stdout, stderr, told] = await Promise.all([text(out), text(err), text(own), ended])
  const seconds = (performance.now() - startedAt) / 1000
  if (child.exitCode !== 0) {
    throw new Error(`${command} ended with ${child.exitCode}.\n${stderr.slice(-2000)}${stdout.slice(-2000)}`)
  }
  return { seconds, stdout, probe: told }
}
