import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { join } from 'node:path'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { openFolderStore } from '../../src/main/adapters/folder/folder-store.ts'
import { kiokDriver } from '../../src/main/systems/kiok/live/driver.ts'
import { startKiokMasters } from '../lab/masters/kiok.ts'
import { labSessions } from '../lab/masters/lab-session.ts'
import { describeClusterDriver, type LabCluster } from './cluster-driver.ts'

const password = 'a password that is shown nowhere'

async function start(listed?: () => readonly string[]): Promise<LabCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-kiok-'))
  await mkdir(join(folder, 'backups'))
  const address = pathToFileURL(join(folder, 'backups')).href
  const store = await openFolderStore(join(folder, 'backups'))
  let count = 0
  const masters = await startKiokMasters({
    users: { admin: { password } },
    ...(listed && { listed }),
    async takeBackup() {
      count += 1
      const backupId = `20261120T02000${count}Z-0000000${count}`
      await store.put(`${backupId}/manifest.json`, Buffer.from('{}'))
      return backupId
    },
  })
  const sessions = labSessions(
    { name: 'kiok-lab', system: 'kiok', address },
    {
      logins: {
        'login-1': { user: 'admin', password },
        'login-2': { user: 'admin', password: 'another one' },
      },
    },
  )
  const values = { masters: [...masters.origins], login: 'login-1' }
  return {
    values,
    wrongCredentials: { ...values, login: 'login-2' },
    secrets: [password, 'another one'],
    session: sessions,
    repository: async () => openFolderStore(join(folder, 'backups')),
    changes: () => masters.changes(),
    breakNextSnapshot: () => masters.breakNextBackup(),
    keptSecret: () => null,
    kill: async () => masters.kill(),
    async close() {
      await masters.kill()
      await store.close()
      await rm(folder, { recursive: true })
    },
  }
}

describeClusterDriver({
  driver: kiokDriver,
  start: async () => start(),
  change: { name: 'cron', to: '30 3 * * 1' },
})

test('What the cluster lists is compared with its repository, where it offers a list', async () => {
  const [there, gone, alone] = ['20261118T020000Z-aa', '20261119T020000Z-bb', '20261120T020000Z-cc'] as const
  const lab = await start(() => [there, gone])
  const store = await lab.repository()
  for (const id of [there, alone]) await store.put(`${id}/manifest.json`, Buffer.from('{}'))
  // Without its manifest a folder is no backup.
  await store.put('20261120T030000Z-dd/kms.enc', Buffer.from('x'))
  const session = lab.session()
  const answers: string[] = []
  for await (const { id, answer } of kiokDriver.connect(lab.values).probe(session))
    if (id === 'listed') answers.push(answer)
  expect(answers).toEqual([
    `The cluster lists ${gone}, which this repository does not hold. This repository holds ${alone}, which the cluster does not list.`,
  ])
  expect(lab.changes()).toBe(0)
  await session.close()
  await store.close()
  await lab.close()
})
