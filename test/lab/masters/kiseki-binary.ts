import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, readdirSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listening } from '../wire.ts'

/** One real node, alone, whose snapshots go into a folder. */
export interface KisekiBinary {
  readonly origin: string
  readonly dataPort: string
  readonly backupFolder: string
  /** What it has said, to explain a failure. */
  log(): string
  /** Snapshots that it has begun, and requests that its admin port has noted. */
  changes(): number
  /** The next answer to a call on either port is lost: the connection ends in front of it. */
  breakNextAnswer(): void
  kill(): Promise<void>
  close(): Promise<void>
}

/** Why the interop gate is closed; null where a binary was named that can be run. */
export function kisekiProblem(binary: string | undefined): string | null {
  if (binary === undefined || binary === '') return 'KISEKI_BIN names no kiseki-server'
  try {
    accessSync(binary, constants.X_OK)
    return null
  } catch {
    return `KISEKI_BIN names ${binary}, which cannot be run`
  }
}

/** The ports that a node listens on (source: config.rs). */
const ports = [
  'KISEKI_DATA_ADDR',
  'KISEKI_METRICS_ADDR',
  'KISEKI_ADVISORY_ADDR',
  'KISEKI_ADVISORY_STREAM_ADDR',
  'KISEKI_S3_ADDR',
  'KISEKI_NFS_ADDR',
  'KISEKI_DS_ADDR',
] as const

/**
 * Starts a node as its examples do, with both switches without which it refuses to start when it has no certificates
 * (source: nfs_security.rs). Throws with what it said where it does not serve within a minute.
 */
export async function startKisekiBinary(binary: string): Promise<KisekiBinary> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-kiseki-bin-'))
  const backupFolder = join(folder, 'backups')
  await mkdir(backupFolder)
  const free = new Map<string, number>()
  for (const name of ports) free.set(name, await freePort())
  const child = spawn(binary, [], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      KISEKI_DATA_DIR: join(folder, 'data'),
      KISEKI_BOOTSTRAP: 'true',
      KISEKI_ALLOW_PLAINTEXT_NFS: 'true',
      KISEKI_INSECURE_NFS: 'true',
      KISEKI_PORTMAP_ADDR: 'disabled',
      KISEKI_BACKUP_BACKEND: 'fs',
      KISEKI_BACKUP_DIR: backupFolder,
      ...Object.fromEntries([...free].map(([name, port]) => [name, `127.0.0.1:${port}`])),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const output of [child.stdout, child.stderr])
    output.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-8_000)
    })
  const state = { breaksNext: false, noted: 0 }
  const admin = await proxyTo(free.get('KISEKI_METRICS_ADDR') ?? 0, {
    asked: (bytes) => {
      if (bytes.subarray(0, 5).toString('latin1') === 'POST ') state.noted += 1
    },
    // Looking is answered; what was meant to change something is not.
    losesAnswer: (asked) => state.breaksNext && asked.subarray(0, 5).toString('latin1') === 'POST ',
  })
  const data = await proxyTo(free.get('KISEKI_DATA_ADDR') ?? 0, {
    asked: () => undefined,
    losesAnswer: (_asked, answer) => state.breaksNext && hasHeaders(answer),
  })
  const stop = async (): Promise<void> => {
    await Promise.all([admin.close(), data.close()])
    if (child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
  }
  const origin = `http://127.0.0.1:${admin.port}`
  const isServing = await serves(origin, () => child.exitCode !== null)
  if (!isServing) {
    await stop()
    await rm(folder, { recursive: true, force: true })
    throw new Error(`${binary} does not serve: ${said.slice(-2_000)}`)
  }
  return {
    origin,
    dataPort: `http://127.0.0.1:${data.port}`,
    backupFolder,
    log: () => said,
    changes: () => readdirSync(backupFolder).length + state.noted,
    breakNextAnswer() {
      state.breaksNext = true
    },
    kill: stop,
    async close() {
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Its own ready check (docker-compose.yml) and its health question, until a minute has passed. */
async function serves(origin: string, hasEnded: () => boolean): Promise<boolean> {
  const deadline = AbortSignal.timeout(60_000)
  while (!deadline.aborted && !hasEnded()) {
    const isUp = await fetch(`${origin}/cluster/info`, { signal: deadline }).then(
      async (reply) => reply.ok && /"leader_id":\s*\d/.test(await reply.text()),
      () => false,
    )
    if (isUp) return true
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  return false
}

interface Proxy {
  readonly port: number
  close(): Promise<void>
}

/** A way to a port that sees what is asked, and can lose an answer: the connection ends in front of it. */
async function proxyTo(
  port: number,
  watch: {
    readonly asked: (bytes: Buffer) => void
    readonly losesAnswer: (asked: Buffer, answer: Buffer) => boolean
  },
): Promise<Proxy> {
  const sockets = new Set<Socket>()
  const server = createServer((inward) => {
    const outward = connect(port, '127.0.0.1')
    let asked: Buffer = Buffer.alloc(0)
    for (const [one, other] of [
      [inward, outward],
      [outward, inward],
    ] as const) {
      sockets.add(one)
      one.on('error', () => undefined)
      one.once('close', () => {
        sockets.delete(one)
        other.destroy()
      })
    }
    inward.on('data', (bytes: Buffer) => {
      asked = bytes
      watch.asked(bytes)
      outward.write(bytes)
    })
    outward.on('data', (bytes: Buffer) => {
      if (watch.losesAnswer(asked, bytes)) inward.destroy()
      else inward.write(bytes)
    })
  })
  const own = await listening(server)
  return {
    port: own,
    async close() {
      for (const socket of sockets) socket.destroy()
      if (server.listening) await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Whether HTTP/2 frames (RFC 9113, 4.1) hold HEADERS: the beginning of an answer, which settings and pings are not. */
function hasHeaders(frames: Buffer): boolean {
  for (let at = 0; at + 9 <= frames.byteLength; at += 9 + frames.readUIntBE(at, 3))
    if (frames[at + 3] === 1) return true
  return false
}

async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listening(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}
