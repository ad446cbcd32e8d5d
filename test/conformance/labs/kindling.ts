import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openFolderStore } from '../../../src/main/adapters/folder/folder-store.ts'
import { makePgBackRestRepository } from '../../lab/kindling.ts'
import { kindlingSchema, kindlingSecrets, startKindling } from '../../lab/masters/kindling.ts'
import { takePgBackRestBackup } from '../../lab/masters/kindling-backup.ts'
import { startKindlingHosts } from '../../lab/masters/kindling-hosts.ts'
import { labSessions } from '../../lab/masters/lab-session.ts'
import { postgresTemplate, type PostgresTemplate } from '../../lab/postgres.ts'
import type { LabCluster } from '../cluster-driver.ts'

const wrongToken = 'knd_another'
const wrongSudo = 'another sudo password'

let template: Promise<PostgresTemplate> | null = null

export async function startKindlingLab(): Promise<LabCluster> {
  template ??= postgresTemplate('kindling', kindlingSchema, async (postgres) => {
    await postgres.pgBackRest('stanza-create')
    await postgres.pgBackRest('--type=full', 'backup')
  })
  const lab = await startKindling(await template)
  const { repository } = lab.postgres
  const sessions = labSessions(
    { name: 'kindling-lab', system: 'kindling', address: pathToFileURL(repository).href },
    {
      tokens: { token: kindlingSecrets.token, 'token-2': wrongToken },
      passwords: { sudo: kindlingSecrets.sudo, 'sudo-2': wrongSudo },
    },
  )
  const { values } = lab
  return {
    // The lab's API listens on this host, where its key may go in the open.
    values,
    wrongCredentials: { ...values, token: 'token-2' },
    secrets: [...Object.values(kindlingSecrets), wrongToken, wrongSudo],
    session: sessions,
    repository: async () => openFolderStore(repository),
    changes: () => lab.changes(),
    breakNextSnapshot: () => lab.breakNextBackup(),
    keptSecret: () => null,
    kill: async () => lab.kill(),
    close: async () => lab.close(),
  }
}

/** As `startKindlingLab`, on hosts that only answer: without SSH servers, PostgreSQL and pgBackRest of its own. */
export async function startAnsweringKindlingLab(): Promise<LabCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-answering-kindling-'))
  const repository = join(folder, 'repository')
  await mkdir(repository)
  const store = await openFolderStore(repository)
  const stoppedAt = new Date(Date.now() - 3_600_000).toISOString()
  const stamp = stoppedAt.replace(/[-:]/g, '').slice(0, 15).replace('T', '-')
  await makePgBackRestRepository(store, [
    { label: `${stamp}F`, files: { PG_VERSION: '15\n' }, wal: [2, 3], stoppedAt },
  ])
  const { token } = kindlingSecrets
  const hosts = await startKindlingHosts({
    repository,
    keyFile: join(folder, 'login.key'),
    token,
    takeBackup: async (type) => takePgBackRestBackup(repository, { type, at: new Date() }, store),
  })
  const values = { ...hosts.values, token: 'token' }
  return {
    values,
    wrongCredentials: { ...values, token: 'token-2' },
    secrets: [token, wrongToken],
    session: labSessions(
      { name: 'kindling-answering', system: 'kindling', address: pathToFileURL(repository).href },
      { tokens: { token, 'token-2': wrongToken } },
    ),
    repository: async () => openFolderStore(repository),
    changes: () => hosts.changes(),
    breakNextSnapshot: () => hosts.breakNextBackup(),
    keptSecret: () => null,
    kill: async () => hosts.kill(),
    async close() {
      await hosts.kill()
      await store.close()
      await rm(folder, { recursive: true })
    },
  }
}

export async function endKindlingLabs(): Promise<void> {
  const made = template
  template = null
  await (await made)?.remove()
}
