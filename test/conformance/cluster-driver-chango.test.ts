import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { openFolderStore } from '../../src/main/adapters/folder/folder-store.ts'
import { HeldMasterKey } from '../../src/main/engine/master-key.ts'
import { changoDriver } from '../../src/main/systems/chango/live/driver.ts'
import { keyFingerprint } from '../../src/main/systems/chango/key-fingerprint.ts'
import type { Probe } from '../../src/shared/contract/masters.ts'
import { makeChangoArchive } from '../lab/chango.ts'
import { sshdProblem, startChangoHost } from '../lab/masters/chango-host.ts'
import { startChangoMasters, type ChangoMasters, type ChangoMastersOptions } from '../lab/masters/chango.ts'
import { labSessions } from '../lab/masters/lab-session.ts'
import { describeClusterDriver, type LabCluster } from './cluster-driver.ts'

const password = 'a password that is shown nowhere'
const masterKey = 'the master key of this lab, which protects nothing'
const fingerprint = keyFingerprint(new HeldMasterKey(Buffer.from(masterKey), 'lab'))

interface Lab extends LabCluster {
  readonly masters: ChangoMasters
}

async function start(
  dialect: ChangoMastersOptions['dialect'],
  options: { readonly masterKey?: string; readonly listed?: () => readonly string[] } = {},
): Promise<Lab> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-chango-'))
  const backups = join(folder, 'backups')
  await mkdir(backups)
  const store = await openFolderStore(backups)
  let made = 0
  const masters = await startChangoMasters({
    users: { admin: { password } },
    dialect,
    keyFingerprint: fingerprint,
    ...(options.listed && { listed: options.listed }),
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
      masterKeys: { 'key-1': options.masterKey ?? masterKey },
    },
  )
  const host = sshdProblem() === null ? await startChangoHost(masterKey) : null
  const values = { masters: [...masters.origins], login: 'login-1', ...host?.values }
  return {
    masters,
    values,
    wrongCredentials: { ...values, login: 'login-2' },
    secrets: [password, 'another one', masterKey, fingerprint, 'the cluster keeps this secret key'],
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

/** An archive that this console makes takes a real SSH server. */
const ways = sshdProblem() === null ? ['asked', 'stopped'] : ['asked']

describeClusterDriver({
  driver: changoDriver,
  ways,
  start: async () => start('chango/2'),
  change: { name: 'backup.retention.days', to: '14' },
})
describeClusterDriver({ driver: changoDriver, ways, start: async () => start('chango/1') })

async function probesOf(lab: Lab): Promise<readonly Probe[]> {
  const session = lab.session()
  const probes: Probe[] = []
  for await (const probe of changoDriver.connect(lab.values).probe(session)) probes.push(probe)
  await session.close()
  return probes
}

const silent = { progress: () => undefined, log: () => undefined }

test('A master that waits names what it waits for', async () => {
  const lab = await start('chango/2')
  lab.masters.waitFor('/chango/leader-ready')
  const ready = (await probesOf(lab)).filter(({ id }) => id === 'ready')
  expect(ready).toHaveLength(2)
  for (const { state, answer } of ready) {
    expect(state).toBe('bad')
    expect(answer).toContain('/chango/leader-ready')
  }
  await lab.close()
})

test('A master key that is not the cluster’s is told while the cluster still lives', async () => {
  const lab = await start('chango/2', { masterKey: 'a key of another cluster, which opens nothing here' })
  const key = (await probesOf(lab)).find(({ id }) => id === 'key')
  expect(key).toMatchObject({ state: 'bad' })
  expect(key?.next).toContain('vault')
  await lab.close()
})

test('The hash in the reply of the older dialect is kept; it appears nowhere else', async () => {
  const lab = await start('chango/1')
  const session = lab.session()
  const outcome = await changoDriver.connect(lab.values).snapshot(session, 'asked', silent)
  await session.close()
  expect(outcome).toMatchObject({
    kind: 'made',
    hash: { object: expect.stringMatching(/\.tar\.gz$/), sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  })
  await lab.close()
})

test('A bucket that cannot encrypt is explained, and the choice is left to the operator', async () => {
  const lab = await start('chango/2')
  lab.masters.refuseEncryption()
  const session = lab.session()
  await expect(changoDriver.connect(lab.values).snapshot(session, 'asked', silent)).rejects.toMatchObject({
    code: 'master.refused',
    text: { next: expect.stringContaining('Encryption at rest') },
  })
  await session.close()
  expect(lab.masters.setting('backup.s3.sse')).toBe('AES256')
  await lab.close()
})

test('The settings of the older dialect are not changed from here', async () => {
  const lab = await start('chango/1')
  const { changeSettings } = changoDriver.connect(lab.values)
  const session = lab.session()
  await expect(changeSettings?.(session, { 'backup.cron': '0 4 * * *' })).rejects.toMatchObject({
    code: 'usage',
  })
  await session.close()
  expect(lab.masters.changes()).toBe(0)
  await lab.close()
})

test('What the cluster lists is compared with its repository, where it offers a list', async () => {
  const lab = await start('chango/2', { listed: () => ['chango-backups/20261119T020000-59e9eb89.tar.gz'] })
  const listed = async () => (await probesOf(lab)).find(({ id }) => id === 'listed')
  expect(await listed()).toMatchObject({ state: 'warning', answer: expect.stringContaining('None of the 1') })
  const store = await lab.repository()
  await store.put('20261119T020000-59e9eb89.tar.gz', Buffer.from('x'))
  expect(await listed()).toMatchObject({ state: 'ok' })
  await store.close()
  await lab.close()
})
