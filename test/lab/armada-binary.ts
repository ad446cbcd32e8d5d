import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Certificate } from './certificates.ts'

/** Where the program of a real server is, or why it is nowhere. */
export function findArmadaBinary(): { readonly program: string } | { readonly skip: string } {
  const program = process.env['ARMADA_BIN'] ?? ''
  if (program === '') return { skip: 'ARMADA_BIN names no program of armada' }
  return existsSync(program) ? { program } : { skip: `ARMADA_BIN names ${program}, which is not there` }
}

export interface ArmadaProcess {
  readonly port: number
  /** Where followers of this leader connect to. */
  readonly replicationPort: number
  kill(): Promise<void>
  /** Ends it, and removes all that it has written. */
  stop(): Promise<void>
}

export interface ArmadaProcessOptions {
  readonly program: string
  /** With an authority's file. */
  readonly tls?: { readonly certificate: Certificate; readonly caFile: string }
  readonly tokens?: { readonly maintenance: string; readonly tables: string }
  /** Makes it a follower; its certificates are read, and not used over plaintext. */
  readonly leader?: ArmadaProcess
}

/** One node of a real cluster, in a folder of its own. It may still need a moment until it answers. */
export async function startArmadaProcess({
  program,
  tls,
  tokens,
  leader,
}: ArmadaProcessOptions): Promise<ArmadaProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-armada-bin-'))
  const at = (name: string): string => join(folder, name)
  for (const name of ['raft', 'sm', 'tmp']) await mkdir(at(name))
  if (tls !== undefined) {
    await writeFile(at('server.crt'), tls.certificate.cert)
    await writeFile(at('server.key'), tls.certificate.key, { mode: 0o600 })
  }
  const [port, restPort, replicationPort] = [await freeTcp(), await freeTcp(), await freeTcp()]
  const raft = `127.0.0.1:${await freeUdp()}`
  const api = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`
  const certificates = (of: string): readonly string[] =>
    tls === undefined
      ? []
      : [`--${of}.cert-filename=${at('server.crt')}`, `--${of}.key-filename=${at('server.key')}`]
  const child = spawn(
    program,
    [
      leader === undefined ? 'leader' : 'follower',
      '--dev-mode',
      `--raft.address=${raft}`,
      `--raft.initial-members=${raft}`,
      `--raft.node-host-dir=${at('raft')}`,
      `--raft.state-machine-dir=${at('sm')}`,
      `--api.address=${api}`,
      `--api.advertise-address=${api}`,
      ...certificates('api'),
      `--rest.address=http://127.0.0.1:${restPort}`,
      '--maintenance.enabled=true',
      `--maintenance.token=${tokens?.maintenance ?? ''}`,
      '--tables.enabled=true',
      `--tables.token=${tokens?.tables ?? ''}`,
      ...(leader === undefined
        ? ['--replication.enabled=true', `--replication.address=http://127.0.0.1:${replicationPort}`]
        : [
            `--replication.leader-address=http://127.0.0.1:${leader.replicationPort}`,
            '--replication.reconcile-interval=5s',
            ...certificates('replication'),
            `--replication.ca-filename=${tls?.caFile ?? ''}`,
          ]),
    ],
    {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', TMPDIR: at('tmp') },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  const gone = once(child, 'close')
  // Read to its end, so that it never waits for somebody who reads.
  const said = text(child.stderr)
  said.catch(() => undefined)
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await gone
  }
  return {
    port,
    replicationPort,
    kill,
    async stop() {
      await kill()
      await rm(folder, { recursive: true })
    },
  }
}

async function freeTcp(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

async function freeUdp(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  await once(socket, 'close')
  return port
}
