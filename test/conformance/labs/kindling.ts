import { pathToFileURL } from 'node:url'
import { openFolderStore } from '../../../src/main/adapters/folder/folder-store.ts'
import { kindlingSchema, kindlingSecrets, startKindling } from '../../lab/masters/kindling.ts'
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

export async function endKindlingLabs(): Promise<void> {
  const made = template
  template = null
  await (await made)?.remove()
}
