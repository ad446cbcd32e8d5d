import { createRouterClient } from '@orpc/server'
import { expect, test } from 'vitest'
import { createFakeDesk } from '../../fakes/fake-desk/fake-desk.ts'
import { scenarios, type Scenario } from '../../fakes/fake-desk/world.ts'
import { fakeClock } from '../../fakes/fake-clock.ts'
import { memoryLog } from '../../fakes/memory-log.ts'

/** Calls check what is answered against the contract. */
async function open(scenario: Scenario) {
  const clock = fakeClock()
  const log = memoryLog()
  let drawn = 0
  const random = { bytes: (length: number) => Buffer.alloc(length, String((drawn += 1)).padStart(4, '0')) }
  const desk = await createFakeDesk({ scenario, clock, random, log })
  return { clock, desk, client: createRouterClient(desk.router, { context: { shell: 'browser', log } }) }
}

async function all<T>(stream: AsyncIterable<T>): Promise<readonly T[]> {
  const items: T[] = []
  for await (const item of stream) items.push(item)
  return items
}

test.each(scenarios)('everything that a window reads first fits the contract: %s', async (scenario) => {
  const { client, desk } = await open(scenario)
  const clusters = await client.clusters.list()
  const [first] = clusters
  expect(clusters).toHaveLength({ empty: 0, usual: 7, locked: 7, large: 200, hostile: 8 }[scenario])
  const names = new Set(clusters.map(({ id }) => id))
  expect(names.size).toBe(clusters.length)
  for (const read of [
    client.host.info(),
    client.vault.status(),
    client.vault.credentials(),
    client.repositories.list(),
    client.restore.targets(),
    client.jobs.list(),
    client.audit.status(),
    client.audit.list({ limit: 50 }),
    client.settings.get(),
    ...(first === undefined ? [] : [client.backups.chain({ clusterId: first.id })]),
  ]) {
    await expect(read).resolves.toBeDefined()
  }
  await desk.close()
})

test.each(['kiok-prod', 'chango-core', 'prod-iok-b-bold-b'])(
  'every backup of %s shows what the chain says of it',
  async (clusterId) => {
    const { client, desk } = await open('hostile')
    const chain = await client.backups.chain({ clusterId })
    for (const [place, { backupId, restorability, holds }] of chain.backups.slice(0, 24).entries()) {
      const backup = await client.backups.get({ clusterId, backupId })
      expect(backup.restorability).toBe(restorability)
      expect(backup.stores.map(({ key }) => key)).toEqual(holds.map((at) => chain.objects[at ?? -1]?.key))
      expect(backup.older).toBe(chain.backups[place + 1]?.backupId ?? null)
    }
    await desk.close()
  },
)

test('a damaged object is pointed to by as many backups as cannot be restored', async () => {
  const { client, desk } = await open('large')
  const chain = await client.backups.chain({ clusterId: 'kiok-archive' })
  const damaged = chain.objects.filter(({ state }) => state === 'damaged')
  const bad = chain.backups.filter(({ restorability }) => restorability === 'notRestorable')
  expect(chain.backups).toHaveLength(2_000)
  expect(chain.stores).toHaveLength(5)
  expect(damaged.map(({ users }) => users)).toEqual([bad.length])
  await desk.close()
})

test('a restore is prepared, confirmed, run and taken back', async () => {
  const { client, clock, desk } = await open('usual')
  const clusterId = 'chango-core'
  const chain = await client.backups.chain({ clusterId })
  const backupId = chain.backups[0]?.backupId ?? ''
  const targetDir = '/srv/restore/here'
  const events = await clock.run(
    client.restore.prepare({ clusterId, backupId, targetDir }).then(async (stream) => all(stream)),
  )
  const last = events.at(-1)
  if (last?.type !== 'plan') throw new Error('There is no plan.')
  const { hash: planHash, confirm } = last.plan
  const asked = { clusterId, backupId, targetDir, planHash, confirm }
  await expect(client.restore.start(asked)).rejects.toMatchObject({ data: { code: 'cluster.protected' } })
  const { jobId } = await client.restore.start({ ...asked, reason: 'INC-2291' })
  await clock.run(client.jobs.events({ id: jobId, after: 0 }).then(async (stream) => all(stream)))
  expect(await client.jobs.get({ id: jobId })).toMatchObject({
    state: 'done',
    result: { kind: 'restore', targetDir, planHash },
  })
  const back = await client.restore.startRollback({ targetDir, confirm: 'here' })
  await clock.run(client.jobs.events({ id: back.jobId, after: 0 }).then(async (stream) => all(stream)))
  expect(await client.jobs.get({ id: back.jobId })).toMatchObject({
    state: 'done',
    result: { kind: 'rollback' },
  })
  await desk.close()
})

test('jobs are there in every state', async () => {
  const { client, desk } = await open('usual')
  const states = new Set((await client.jobs.list()).map(({ state }) => state))
  expect(states).toEqual(new Set(['running', 'waiting', 'interrupted', 'done', 'failed', 'cancelled']))
  await desk.close()
})
