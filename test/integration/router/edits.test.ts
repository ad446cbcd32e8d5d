import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clusterInput, openRouterLab, type RouterLab } from './router-lab.ts'
import { noAccess } from '../../../src/shared/contract/repositories.ts'

let lab: RouterLab

beforeAll(async () => {
  lab = await openRouterLab()
})
afterAll(async () => lab.close())

test('A repository that is reached in another way leaves each change in the audit chain, as it was and as it is', async () => {
  const { client } = lab
  const address = pathToFileURL(join(lab.dir, 'a folder of its own')).href
  const { id } = await client.repositories.add({ name: 'bucket', system: 'kiok', address, access: noAccess })
  const access = { ...noAccess, allowHttp: true, caFile: '/etc/ssl/own.pem' }
  await client.repositories.edit({ id, name: 'bucket', address, access })
  const [entry] = (await client.audit.list({ limit: 500 })).entries.filter(
    ({ action }) => action === 'repository.changed',
  )
  expect(entry).toMatchObject({ subject: 'bucket' })
  expect(entry?.facts).toEqual([
    { name: 'caFile', value: 'null → "/etc/ssl/own.pem"' },
    { name: 'allowHttp', value: 'false → true' },
  ])
})

test('Of two windows that give one name at once the second is refused', async () => {
  const names = async () => (await lab.client.clusters.list()).map(({ name }) => name)
  const added = await Promise.allSettled([lab.addCluster({ name: 'twin' }), lab.addCluster({ name: 'twin' })])
  expect(added.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  expect((await names()).filter((name) => name === 'twin')).toHaveLength(1)
})

test('A repository that gets its first cluster while it is removed is not removed below it', async () => {
  const { client } = lab
  const address = pathToFileURL(join(lab.dir, 'nobody uses it')).href
  const { id } = await client.repositories.add({ name: 'lonely', system: 'kiok', address, access: noAccess })
  const input = {
    ...clusterInput({ name: 'first', folder: lab.kiok }),
    repository: { kind: 'saved', id },
  } as const
  const ends = await Promise.allSettled([client.clusters.add(input), client.repositories.remove({ id })])
  expect(ends).toMatchObject([
    { status: 'fulfilled' },
    { status: 'rejected', reason: { data: { code: 'repository.inUse' } } },
  ])
})

test('Of two snapshots of one cluster that are asked for at once the second is refused, with who runs the first since when', async () => {
  const { client } = lab
  const { id, name } = await lab.addConnected()
  const ask = async () => client.masters.snapshot({ id, way: 'asked' })
  const [first, second] = await Promise.allSettled([ask(), ask()])
  expect(first).toMatchObject({ status: 'fulfilled', value: { kind: 'snapshot' } })
  expect(second).toMatchObject({
    status: 'rejected',
    reason: {
      data: {
        code: 'job.refused',
        what: `A snapshot of ${name} runs already.`,
        why: expect.stringMatching(/^This console began it at \d{4}-\S+Z \(job \w+\)\.$/),
      },
    },
  })
})
