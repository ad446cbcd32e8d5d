import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openFolderStore } from '../../../src/main/adapters/folder/folder-store.ts'
import type { OpenSession } from '../../../src/main/desk/live/open-session.ts'
import type { ObjectStore } from '../../../src/main/ports/object-store.ts'
import { manifestBytes } from '../../../src/main/systems/armada/writer.ts'
import { systemClock } from '../../../src/main/adapters/system/clock.ts'
import { fakeHost, type FakeHost } from '../../fakes/remote-host.ts'
import { armadaTable } from '../armada.ts'
import type { Certificate } from '../certificates.ts'
import { startArmadaServer, type ArmadaLabServer } from './armada.ts'
import { labSessions } from './lab-session.ts'

export const armadaTokens = {
  maintenance: 'a token for backups that is shown nowhere',
  tables: 'a token for tables that is shown nowhere',
  wrong: 'a token of somebody else',
} as const

export interface ArmadaCluster {
  readonly server: ArmadaLabServer
  session(signal?: AbortSignal): OpenSession
  repository(): Promise<ObjectStore>
  close(): Promise<void>
}

/** One server and an empty repository; with TLS also tokens, as none is sent over plaintext. */
export async function startArmadaCluster(
  tables: Readonly<Record<string, number>>,
  {
    tls,
    version = 2,
    logBytes,
    seed,
  }: {
    readonly tls?: Certificate
    readonly version?: 1 | 2
    readonly logBytes?: number
    readonly seed?: string
  } = {},
): Promise<ArmadaCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-armada-'))
  const backups = join(folder, 'backups')
  await mkdir(backups)
  const server = await startArmadaServer({
    tables,
    version,
    ...(logBytes !== undefined && { logBytes }),
    ...(seed !== undefined && { seed }),
    ...(tls !== undefined && {
      tls,
      maintenanceToken: armadaTokens.maintenance,
      tablesToken: armadaTokens.tables,
    }),
  })
  return {
    server,
    session: labSessions(
      { name: 'armada-lab', system: 'armada', address: pathToFileURL(backups).href },
      { tokens: armadaTokens },
    ),
    repository: async () => openFolderStore(backups),
    async close() {
      await server.stop()
      await rm(folder, { recursive: true })
    },
  }
}

export interface ArmadaHostOptions {
  /** Null: neither is there. */
  readonly program: 'arctl' | 'armada' | null
  readonly tables: Readonly<Record<string, number>>
  /** Changes a file on its way. */
  readonly spoil?: (name: string, file: Buffer) => Buffer
  /** What the tool says instead of making a backup. */
  readonly fails?: string
  /** No folder can be made on its temporary disk. */
  readonly isFull?: boolean
}

export const hostFolder = '/tmp/holdfast-armada.AbCdEf0123'

/** A host with the system's own tool, which wants a token; its folder is gone again when `rm` was called. */
export function armadaHost({
  program,
  tables,
  spoil = (_, file) => file,
  fails,
  isFull = false,
}: ArmadaHostOptions): FakeHost {
  const version = program === 'arctl' ? 2 : 1
  const fileOf = async (table: string): Promise<Buffer> => {
    const parts: Uint8Array[] = []
    for await (const piece of armadaTable('host', table, tables[table] ?? 0, version)) parts.push(piece)
    return Buffer.concat(parts)
  }
  const manifest = async (): Promise<Buffer> => {
    const entries = Object.keys(tables).map(async (table) => {
      const md5 = createHash('md5')
        .update(await fileOf(table))
        .digest('hex')
      return { table, fileName: `${table}.bak`, md5 }
    })
    const [startedAt, finishedAt] = ['2026-11-20T02:00:00Z', '2026-11-20T02:00:04Z']
    return Buffer.from(manifestBytes({ startedAt, finishedAt, version, tables: await Promise.all(entries) }))
  }
  return fakeHost(
    async ({ argv: [asked, ...rest], secretEnvironment }) => {
      if (asked === 'mktemp' && isFull)
        return { code: 1, stderr: 'mktemp: failed to create directory: No space left on device\n' }
      if (asked === 'mktemp') return { stdout: `${hostFolder}\n` }
      if (asked === 'rm') return {}
      if (asked === 'cat') {
        const name = (rest.at(-1) ?? '').slice(hostFolder.length + 1)
        const file = name === 'manifest.json' ? await manifest() : await fileOf(name.replace(/\.bak$/, ''))
        return { stdout: only(spoil(name, file)) }
      }
      if (asked !== program) return null
      if (rest[0] === 'version') return { stdout: 'Regatta\nVersion: v0.10.0\n' }
      const token = secretEnvironment?.[program === 'arctl' ? 'ARMADA_TOKEN' : 'TOKEN']
      if (fails !== undefined) return { code: 1, stderr: `Error: ${fails} ${token ?? ''}` }
      return token === armadaTokens.maintenance ? {} : { code: 1, stderr: 'Error: Invalid token' }
    },
    { clock: systemClock, name: 'armada-1' },
  )
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
