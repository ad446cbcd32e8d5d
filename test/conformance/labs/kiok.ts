import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { openFolderStore } from '../../../src/main/adapters/folder/folder-store.ts'
import { startKiokMasters } from '../../lab/masters/kiok.ts'
import { labSessions } from '../../lab/masters/lab-session.ts'
import type { LabCluster } from '../cluster-driver.ts'

const password = 'a password that is shown nowhere'

export async function startKiokLab(listed?: () => readonly string[]): Promise<LabCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-kiok-'))
  await mkdir(join(folder, 'backups'))
  const address = pathToFileURL(join(folder, 'backups')).href
  const store = await openFolderStore(join(folder, 'backups'))
  let count = 0
  const masters = await startKiokMasters({
    users: { admin: { password } },
    ...(listed && { unpublished: { '/api/v1/admin/backup/list': () => ({ backups: listed() }) } }),
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
