import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openFolderStore } from '../../../src/main/adapters/folder/folder-store.ts'
import type { OpenSession } from '../../../src/main/desk/live/open-session.ts'
import type { ObjectStore } from '../../../src/main/ports/object-store.ts'
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
  { tls, version = 2 }: { readonly tls?: Certificate; readonly version?: 1 | 2 } = {},
): Promise<ArmadaCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-armada-'))
  const backups = join(folder, 'backups')
  await mkdir(backups)
  const server = await startArmadaServer({
    tables,
    version,
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
