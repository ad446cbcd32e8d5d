import { expect, test } from 'vitest'
import { changoDriver } from '../../src/main/systems/chango/live/driver.ts'
import type { Probe } from '../../src/shared/contract/masters.ts'
import { sshdProblem } from '../lab/masters/chango-host.ts'
import { describeClusterDriver } from './cluster-driver.ts'
import { startChangoLab as start, type ChangoLab } from './labs/chango.ts'

/** An archive that this console makes takes a real SSH server. */
const ways = sshdProblem() === null ? ['asked', 'stopped'] : ['asked']

describeClusterDriver({
  driver: changoDriver,
  ways,
  start: async () => start('chango/2'),
  change: { name: 'backup.retention.days', to: '14' },
})
describeClusterDriver({ driver: changoDriver, ways, start: async () => start('chango/1') })

async function probesOf(lab: ChangoLab): Promise<readonly Probe[]> {
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
