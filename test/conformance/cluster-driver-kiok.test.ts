import { expect, test } from 'vitest'
import { kiokDriver } from '../../src/main/systems/kiok/live/driver.ts'
import { describeClusterDriver } from './cluster-driver.ts'
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
