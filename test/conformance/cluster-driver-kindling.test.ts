import { pathToFileURL } from 'node:url'
import { afterAll, test } from 'vitest'
import { openFolderStore } from '../../src/main/adapters/folder/folder-store.ts'
import { kindlingDriver } from '../../src/main/systems/kindling/live/driver.ts'
import { kindlingSchema, kindlingSecrets, startKindling } from '../lab/masters/kindling.ts'
import { labSessions } from '../lab/masters/lab-session.ts'
import { postgresProblem, postgresTemplate, type PostgresTemplate } from '../lab/postgres.ts'
import { describeClusterDriver, type LabCluster } from './cluster-driver.ts'

const wrongToken = 'knd_another'
const wrongSudo = 'another sudo password'

let template: Promise<PostgresTemplate> | null = null

async function start(): Promise<LabCluster> {
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

const problem = postgresProblem()
if (problem === null) {
  describeClusterDriver({ driver: kindlingDriver, start })
  afterAll(async () => (await template)?.remove())
} else {
  test('The driver of kindling on its lab', ({ skip }) => skip(problem))
}
