import { expect, test } from 'vitest'
import { changoDriver } from '../../src/main/systems/chango/live/driver.ts'
import type { Probe } from '../../src/shared/contract/masters.ts'
import { sshdProblem } from '../lab/masters/chango-host.ts'
import { describeClusterDriver } from './cluster-driver.ts'
import { clusterSecret, startChangoLab as start, type ChangoLab } from './labs/chango.ts'

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

/** As it is told: the secret key is not. */
const older = {
  endpoint: 'http://127.0.0.1:1',
  region: 'us-east-1',
  bucket: 'backups',
  prefix: 'prod/',
  accessKey: 'AKIAEXAMPLE',
  cron: '0 2 * * *',
}

/** Changes the schedule of a lab that tells `told` before it was sent anything; gives how that ended, and what it was sent. */
async function changeOlder(
  told: Readonly<Record<string, unknown>> | null,
  of: { readonly keys?: string | null; readonly echoes?: boolean; readonly loses?: string } = {},
) {
  let lab: ChangoLab | null = null
  const config = (): unknown => {
    const { secretKey: _, ...stored } = lab?.masters.stored() ?? {}
    return {
      ...told,
      ...stored,
      ...(of.loses !== undefined && 'cron' in stored && { [of.loses]: 'elsewhere' }),
    }
  }
  lab = await start('chango/1', {
    ...(told !== null && { unpublished: { '/admin/api/backup/config': config } }),
  })
  const { keys = 'keys-1', echoes = false } = of
  const live = changoDriver.connect({ ...lab.values, clusterKeys: keys })
  const session = lab.session()
  if (echoes) lab.masters.echoNextSettings()
  const { settings } = await live.schedule(session)
  const end = await live
    .changeSettings?.(session, { 'backup.cron': '0 4 * * *' })
    .catch((error: unknown) => error)
  await session.close()
  const sent = lab.masters.stored()
  const changes = lab.masters.changes()
  await lab.close()
  expect(JSON.stringify(settings)).not.toContain(clusterSecret)
  const said = end instanceof Error ? `${end.message} ${JSON.stringify(end)}` : JSON.stringify(end)
  expect(said).not.toContain(clusterSecret)
  return { end, sent, changes, canChange: settings.find(({ name }) => name === 'backup.cron')?.canChange }
}

test('The schedule of the older dialect is written with all that is told, and with the keys of the vault: nothing is blanked', async () => {
  const { end, sent, canChange } = await changeOlder(older)
  expect(canChange).toBe(true)
  expect(sent).toEqual({ ...older, cron: '0 4 * * *', secretKey: clusterSecret })
  expect(end).toMatchObject({
    facts: [
      { name: 'written as it was', value: expect.stringContaining('prefix prod/') },
      { name: 'keys', value: 'access key AKIAEXAMPLE, from the vault' },
    ],
  })
})

test.each<[string, Readonly<Record<string, unknown>> | null, string | null, string]>([
  ['the settings are not told', null, 'keys-1', 'no way to read them'],
  ['one of them is not told', { ...older, prefix: undefined }, 'keys-1', 'the others would be blanked'],
  ['the connection has no keys', older, null, 'which it tells nobody'],
  ['the cluster uses other keys', { ...older, accessKey: 'AKIAOTHER' }, 'keys-1', 'it would be replaced'],
])('It is not written where %s', async (_, told, keys, why) => {
  const { end, changes } = await changeOlder(told, { keys })
  expect(end).toMatchObject({
    code: 'usage',
    text: { why: expect.stringContaining(why), unchanged: 'Nothing was changed.' },
  })
  expect(changes).toBe(0)
})

test('A refusal that repeats what it was sent shows no key, and settings that came out otherwise are told', async () => {
  const { end, changes } = await changeOlder(older, { echoes: true })
  expect(end).toMatchObject({
    code: 'master.refused',
    text: { why: expect.stringContaining('bad settings') },
  })
  expect(changes).toBe(1)
  const lost = await changeOlder(older, { loses: 'bucket' })
  expect(lost.end).toMatchObject({
    code: 'master.outcomeUnknown',
    text: { what: expect.stringContaining('the cluster now tells otherwise: bucket') },
  })
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

test.each<[string, NonNullable<Parameters<typeof start>[1]>['nodes'], string, string, RegExp]>([
  [
    'no master leads',
    { masters: [{ isLeader: false, ready: true }] },
    'leader',
    'bad',
    /^No master leads\.$/,
  ],
  [
    'two say that they lead',
    {
      masters: [
        { isLeader: true, ready: true },
        { isLeader: true, ready: true },
      ],
    },
    'leader',
    'bad',
    /^master-\S+ and master-\S+ both say that they lead\.$/,
  ],
  [
    'one leads and another is not ready',
    {
      masters: [
        { isLeader: true, ready: true },
        { isLeader: false, ready: false },
      ],
    },
    'leader',
    'warning',
    /^master-\S+ leads\. Not ready: master-\S+\.$/,
  ],
  [
    'a node manager is not ready',
    {
      nodeManagers: [
        { nodeId: 'nm-1', ready: true },
        { nodeId: 'nm-2', ready: false },
      ],
    },
    'nodeManagers',
    'warning',
    /^Not ready: nm-2\.$/,
  ],
  [
    'there is no node manager',
    { nodeManagers: [] },
    'nodeManagers',
    'warning',
    /^There is no node manager\.$/,
  ],
])('It is told where %s', async (_, nodes, id, state, answer) => {
  const lab = await start('chango/2', { ...(nodes && { nodes }) })
  const probe = (await probesOf(lab)).find((each) => each.id === id)
  expect(probe).toMatchObject({ state, answer: expect.stringMatching(answer) })
  await lab.close()
})
