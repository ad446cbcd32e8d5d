import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buffer } from 'node:stream/consumers'
import { openFolderStore } from '../../../src/main/adapters/folder/folder-store.ts'
import { HeldMasterKey } from '../../../src/main/engine/master-key.ts'
import { keyFingerprint } from '../../../src/main/systems/chango/key-fingerprint.ts'
import { makeChangoArchive } from '../../lab/chango.ts'
import { sshdProblem, startChangoHost } from '../../lab/masters/chango-host.ts'
import {
  startChangoMasters,
  type ChangoMasters,
  type ChangoMastersOptions,
} from '../../lab/masters/chango.ts'
import { labSessions } from '../../lab/masters/lab-session.ts'
import type { LabCluster } from '../cluster-driver.ts'

const password = 'a password that is shown nowhere'
export const clusterSecret = 'the cluster keeps this secret key'
const masterKey = 'the master key of this lab, which protects nothing'
const fingerprint = keyFingerprint(new HeldMasterKey(Buffer.from(masterKey), 'lab'))

export interface ChangoLab extends LabCluster {
  readonly masters: ChangoMasters
}

export async function startChangoLab(
  dialect: ChangoMastersOptions['dialect'],
  options: {
    readonly masterKey?: string
    readonly listed?: () => readonly string[]
    readonly unpublished?: ChangoMastersOptions['unpublished']
    readonly nodes?: ChangoMastersOptions['nodes']
  } = {},
): Promise<ChangoLab> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-chango-'))
  const backups = join(folder, 'backups')
  await mkdir(backups)
  const store = await openFolderStore(backups)
  let made = 0
  const masters = await startChangoMasters({
    users: { admin: { password } },
    dialect,
    keyFingerprint: fingerprint,
    ...(options.nodes && { nodes: options.nodes }),
    ...(options.unpublished && { unpublished: options.unpublished }),
    ...(options.listed && { unpublished: { '/admin/api/backup/list': options.listed } }),
    async takeBackup() {
      made += 1
      const archive = await makeChangoArchive({
        dialect: dialect === 'chango/1' ? 1 : 2,
        seed: `lab ${made}`,
        when: `2026-11-20T02:00:0${made}Z`,
        masterKey,
        sizes: { kms: 200, iam: 200, metadata: 200 },
      })
      const bytes = await buffer(archive.pieces())
      await store.put(archive.key, bytes)
      return {
        backupId: archive.backupId,
        objectKey: `chango-backups/${archive.key}`,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        sizeBytes: bytes.length,
      }
    },
  })
  const session = labSessions(
    { name: 'chango-lab', system: 'chango', address: pathToFileURL(backups).href },
    {
      logins: {
        'login-1': { user: 'admin', password },
        'login-2': { user: 'admin', password: 'another one' },
      },
      s3: { 'keys-1': { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: clusterSecret, sessionToken: null } },
      masterKeys: { 'key-1': options.masterKey ?? masterKey },
    },
  )
  const host = sshdProblem() === null ? await startChangoHost(masterKey) : null
  const values = { masters: [...masters.origins], login: 'login-1', ...host?.values }
  return {
    masters,
    values,
    wrongCredentials: { ...values, login: 'login-2' },
    secrets: [password, 'another one', masterKey, fingerprint, clusterSecret],
    session,
    repository: async () => openFolderStore(backups),
    changes: () => masters.changes() + (host?.changes() ?? 0),
    breakNextSnapshot() {
      masters.breakNextBackup()
      host?.breakNextStop()
    },
    keptSecret: () => masters.setting('backup.s3.secret-key') ?? null,
    async kill() {
      await Promise.all([masters.kill(), host?.kill()])
    },
    async close() {
      await masters.kill()
      await host?.close()
      await store.close()
      await rm(folder, { recursive: true })
    },
  }
}
