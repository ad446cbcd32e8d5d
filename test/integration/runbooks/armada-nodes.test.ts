import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, type TestContext } from 'vitest'
import { makeAuthority } from '../../lab/certificates.ts'
import { startArmadaServer } from '../../lab/masters/armada.ts'
import { startDownNode } from '../../lab/runbooks/armada-node.ts'
import { goThrough, openRunLab, stepOf, whereabouts } from './run-lab.ts'

const authority = makeAuthority()
if (authority === null) throw new Error('openssl is needed for these tests')
const certificate = authority.issue('IP:127.0.0.1', 2)
afterAll(() => authority.remove())

/** Two nodes of three that answer, and one that is down. */
async function open(context: TestContext) {
  const of = { tables: { orders: 10 }, members: 3, tls: certificate }
  const servers = [await startArmadaServer(of), await startArmadaServer(of)]
  const node = await startDownNode(Number(new URL(servers[0]?.origin ?? '').port))
  if ('skip' in node) {
    await Promise.all(servers.map(async (server) => server.stop()))
    return context.skip(node.skip)
  }
  const folder = await mkdtemp(join(tmpdir(), 'hf-armada-nodes-'))
  const lab = await openRunLab({
    system: 'armada',
    name: 'armada-nodes',
    folder,
    secrets: {},
    connection: () => ({
      servers: [...servers.map(({ origin }) => origin), `https://127.0.0.1:${node.port}`],
      tls: { caFile: authority?.file ?? '' },
      ssh: node.hosts.ssh,
    }),
  })
  const address = node.hosts.hosts[0]?.address ?? ''
  context.onTestFinished(async () => {
    await lab.close()
    await node.close()
    await Promise.all(servers.map(async (server) => server.stop()))
    await rm(folder, { recursive: true, force: true })
  })
  const run = async (inputs: Readonly<Record<string, string>>) => {
    const { runner, acts } = await lab.cutRunner('after')
    const cluster = lab.running.desk.state.clusters.get(lab.clusterId)
    const { id } = await runner.start({
      scenario: 'AR-1',
      clusterId: lab.clusterId,
      setting: {
        cluster: { name: 'armada-nodes', system: 'armada', connection: cluster?.connection ?? null },
        inputs: { unit: 'armada.service', ...inputs },
      },
      failedAt: new Date().toISOString(),
      answers: [],
      reason: null,
    })
    return { run: await goThrough(runner, id), acts }
  }
  return { address, node, servers, run }
}

test('AR-1 counts the majority, starts a node that is down on its own folders once, and waits until it answers', async (context) => {
  const { address, node, run } = await open(context)
  const { run: ended, acts } = await run({ hosts: address })
  expect(whereabouts(ended)).toBe('all behind')
  expect(stepOf(ended, 'majority')?.sentence).toMatch(/^2 of 3.members answer: a majority\.$/)
  expect(stepOf(ended, 'node-1-folders')?.sentence).toContain('/opt/armada/raft')
  expect(stepOf(ended, 'node-1-answers')?.sentence).toBe(
    '3 servers answer, one more than before, and no table is in error.',
  )
  expect(node.record()).toEqual(['restart armada.service'])
  expect(acts.get('node-1')).toBe(1)
})

test('AR-1 starts no node whose folders are gone', async (context) => {
  const { address, node, run } = await open(context)
  await node.loseFolders()
  const { run: ended } = await run({ hosts: address })
  expect(whereabouts(ended)).toContain('Empty, or not there: /opt/armada/raft, /opt/armada/sm.')
  expect(node.record()).toEqual([])
})

test('AR-1 stops where no majority answers', async (context) => {
  const { address, node, servers, run } = await open(context)
  await servers[1]?.stop()
  const { run: ended } = await run({ hosts: address })
  expect(whereabouts(ended)).toMatch(/1 of 3.members answer: no majority\./)
  expect(node.record()).toEqual([])
})
