import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/** How far the loop of the main process was behind, since it was asked before. */
export interface LoopDelay {
  readonly maxMs: number
  /** 99 of 100 turns were quicker. */
  readonly usualMs: number
  /** The most that one turn of its own thread computed: what other processes take from it is not in this. */
  readonly workMs: number
}

/** A built `holdfast serve` in its own process. */
export interface Serving {
  /** The page that opens the window, once. */
  readonly link: string
  /** From the start of the process until the link was told. */
  readonly readyMs: number
  loopDelay(): Promise<LoopDelay>
  /** The most memory that was in use since the start, worker threads included. */
  peakBytes(): Promise<number>
  stop(): Promise<void>
}

const cliFile = fileURLToPath(new URL('../../out/main/cli.js', import.meta.url))
const resolutionMs = 2

/** Loaded before the command line; tells on descriptor 3, each time it is asked by a signal. */
const probe = `
  import { writeSync } from 'node:fs'
  import { monitorEventLoopDelay } from 'node:perf_hooks'
  import { isMainThread } from 'node:worker_threads'
  if (isMainThread) {
    const delay = monitorEventLoopDelay({ resolution: ${resolutionMs} })
    delay.enable()
    const spent = () => { const { user, system } = process.threadCpuUsage(); return (user + system) / 1e3 }
    let before = spent()
    let work = 0
    setInterval(() => {
      const now = spent()
      work = Math.max(work, now - before)
      before = now
    }, ${resolutionMs}).unref()
    process.on('SIGUSR2', () => {
      const told = { max: delay.max / 1e6, usual: delay.percentile(99) / 1e6, work }
      delay.reset()
      work = 0
      writeSync(3, JSON.stringify(told) + '\\n')
    })
  }`

export async function serve(stateFolder: string, dir: string): Promise<Serving> {
  const home = join(dir, 'home')
  await mkdir(home, { recursive: true })
  const startedAt = performance.now()
  const preload = `data:text/javascript,${encodeURIComponent(probe)}`
  const child = spawn(process.execPath, ['--import', preload, cliFile, 'serve', '--no-open'], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', HOME: home, TMPDIR: dir, HOLDFAST_STATE_DIR: stateFolder },
  })
  const { stdout, stderr, pid } = child
  const told = child.stdio[3]
  if (stdout === null || stderr === null || pid === undefined || !(told instanceof Readable))
    throw new Error('no pipes')
  const errors = text(stderr)
  const delays = createInterface({ input: told })[Symbol.asyncIterator]()
  const link = await new Promise<string>((resolve, reject) => {
    createInterface({ input: stdout }).on('line', (line) => {
      const found = /: (\/\S+\.html)$/.exec(line)?.[1]
      if (found !== undefined) resolve(found)
    })
    child.once('exit', (code) => {
      void errors.then((said) => reject(new Error(`holdfast serve ended with ${code}.\n${said}`)))
    })
  })
  return {
    link: `file://${link}`,
    readyMs: performance.now() - startedAt,
    async loopDelay() {
      child.kill('SIGUSR2')
      const line = await delays.next()
      const told = JSON.parse(line.value ?? '{}') as { max: number; usual: number; work: number }
      return { maxMs: told.max - resolutionMs, usualMs: told.usual - resolutionMs, workMs: told.work }
    },
    async peakBytes() {
      const status = await readFile(`/proc/${pid}/status`, 'utf8')
      return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
    },
    async stop() {
      const exit = once(child, 'exit')
      child.kill('SIGINT')
      await exit
    },
  }
}
