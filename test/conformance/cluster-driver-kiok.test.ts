import { expect, test } from 'vitest'
import { kiokDriver } from '../../src/main/systems/kiok/live/driver.ts'
import { describeClusterDriver } from './cluster-driver.ts'
import { startKiokMasters } from '../lab/masters/kiok.ts'
import { labSessions } from '../lab/masters/lab-session.ts'
import { startKiokLab as start } from './labs/kiok.ts'

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

const keys = { AKIAKIOK: 'a-secret-key-that-is-shown-nowhere' }
const directory = {
  operator: { password: 'a password of the directory', group: 'backup-admins' },
  guest: { password: 'a password of the directory', group: null },
}

test.each<[string, string, { user: string; password: string }, string, RegExp, number]>([
  ['an access key', 'accessKey', { user: 'AKIAKIOK', password: keys.AKIAKIOK }, 'ok', /is accepted/, 0],
  [
    'an access key with another secret',
    'accessKey',
    { user: 'AKIAKIOK', password: 'another-one' },
    'bad',
    /could not be read.*not enough/,
    0,
  ],
  [
    'a user of a directory',
    'directory',
    { user: 'operator', password: directory.operator.password },
    'ok',
    /is accepted/,
    1,
  ],
  [
    'a wrong password of a directory',
    'directory',
    { user: 'operator', password: 'another-one' },
    'bad',
    /The login was refused/,
    1,
  ],
  [
    'a user of a directory without a group here',
    'directory',
    { user: 'guest', password: directory.guest.password },
    'bad',
    /The directory knows guest, but none of the user's groups has rights in this cluster/,
    1,
  ],
])('A login by %s is told as what it is', async (_, loginKind, login, state, answer, logins) => {
  const masters = await startKiokMasters({
    users: {},
    accessKeys: keys,
    directory,
    masters: 1,
    takeBackup: async () => Promise.reject(new Error('nobody asked for a backup')),
  })
  const session = labSessions(
    { name: 'kiok', system: 'kiok', address: 'file:///nowhere' },
    { logins: { login } },
  )()
  const probes = []
  const live = kiokDriver.connect({ masters: [...masters.origins], loginKind, login: 'login' })
  for await (const probe of live.probe(session)) probes.push(probe)
  expect(probes.find(({ id }) => id === 'login')).toMatchObject({
    state,
    answer: expect.stringMatching(answer),
  })
  for (const { password } of [login, ...Object.values(directory)])
    expect(JSON.stringify(probes)).not.toContain(password)
  // An access key logs in to nothing: it goes with each request.
  expect(masters.requests.filter((each) => each.includes('/login'))).toHaveLength(logins)
  await session.close()
  await masters.kill()
})
