import { createServer, type Server } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { createHealths } from '../../../src/main/desk/live/healths.ts'
import { savedCluster } from '../../../src/main/desk/saved.ts'
import { openDeskLab } from './desk-lab.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

/** A master that counts how many connections it has at once. */
async function countingMaster(): Promise<{ readonly origin: string; readonly most: () => number }> {
  let open = 0
  let most = 0
  const server = createServer((_, response) => {
    // Long enough for others to come in meanwhile, if they were let.
    setImmediate(() => setImmediate(() => response.end('{}')))
  })
  server.on('connection', (socket) => {
    open += 1
    most = Math.max(most, open)
    socket.once('close', () => (open -= 1))
  })
  return { origin: await originOf(server), most: () => most }
}

test('Fifty clusters are asked over at most sixteen connections, and dead masters keep no answer of the others back', async () => {
  const lab = await openDeskLab()
  const alive = await countingMaster()
  const { state } = lab.ports
  const known = savedCluster('kiok-stage', state)
  const clusters = Array.from({ length: 50 }, (_, place) => ({
    ...known,
    id: `c${place}`,
    name: `cluster-${place}`,
    // Port 9 of this machine: nothing listens there.
    connection: { masters: place % 10 === 0 ? ['http://127.0.0.1:9'] : [alive.origin, 'http://127.0.0.1:9'] },
  }))
  for (const cluster of clusters) await state.clusters.put(cluster)
  const healths = createHealths(lab.ports)
  await Promise.all(clusters.map(async (cluster) => healths.refresh(cluster, new AbortController().signal)))
  expect(clusters.map(({ id }) => healths.get(id)?.state)).toEqual(
    clusters.map((_, place) => (place % 10 === 0 ? 'down' : 'attention')),
  )
  for (const { id } of clusters.filter((_, place) => place % 10 !== 0)) {
    const answers = healths.get(id)?.probes.filter(({ of }) => alive.origin.endsWith(of)) ?? []
    expect(answers.map(({ id: question, state: answer }) => [question, answer])).toContainEqual([
      'answers',
      'ok',
    ])
  }
  expect(alive.most()).toBeGreaterThan(1)
  expect(alive.most()).toBeLessThanOrEqual(16)
  await lab.close()
})

/** One that takes every connection and says nothing, and the lines of requests that it was sent. */
async function silentMaster(): Promise<{ readonly origin: string; readonly asked: readonly string[] }> {
  const asked: string[] = []
  const server = createServer(({ method, url }) => void asked.push(`${method} ${url}`))
  return { origin: await originOf(server), asked }
}

async function originOf(server: Server): Promise<string> {
  servers.push(server)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}

test('Of fifty clusters one is dead and one never answers: each of the others has its answers, and the silent one’s next master is asked', async () => {
  const lab = await openDeskLab()
  const { state } = lab.ports
  const [alive, silent] = [await countingMaster(), await silentMaster()]
  const asked: string[] = []
  const next = await originOf(
    createServer(({ method, url }, response) => {
      asked.push(`${method} ${url}`)
      response.end('{}')
    }),
  )
  const known = savedCluster('kiok-stage', state)
  const clusters = Array.from({ length: 50 }, (_, place) => ({
    ...known,
    id: `c${place}`,
    name: `cluster-${place}`,
    connection:
      place === 0
        ? { masters: [silent.origin, next], login: 'login-1' }
        : { masters: [place === 1 ? 'http://127.0.0.1:9' : alive.origin] },
  }))
  for (const cluster of clusters) await state.clusters.put(cluster)
  const secrets = {
    ...lab.secrets,
    login: async () => Promise.resolve({ user: 'admin', password: 'of the lab' }),
  }
  const healths = createHealths({ ...lab.ports, secrets })
  await Promise.all(clusters.map(async (cluster) => healths.refresh(cluster, new AbortController().signal)))
  expect(healths.get('c1')?.state).toBe('down')
  for (const { id } of clusters.slice(2)) expect(healths.get(id)?.state, id).toBe('up')
  const first = healths.get('c0')
  expect(first?.state).not.toBe('down')
  const of = (origin: string, id: string) =>
    first?.probes.find((probe) => probe.id === id && origin.endsWith(probe.of))
  expect(of(silent.origin, 'answers')).toMatchObject({ state: 'bad', code: 'master.timedOut' })
  expect(of(next, 'answers')).toMatchObject({ state: 'ok' })
  expect(silent.asked).toContain('GET /healthz')
  // What is asked of the cluster as a whole goes on to the master that answers.
  expect(asked).toContain('POST /api/v1/auth/login')
  expect(alive.most()).toBeLessThanOrEqual(16)
  await lab.close()
})

test('A cluster whose master accepts and never answers is not asked twice at once, and no other waits for it', async () => {
  const lab = await openDeskLab()
  const alive = await countingMaster()
  const hung = await silentMaster()
  const { state } = lab.ports
  const known = savedCluster('kiok-stage', state)
  for (const each of state.clusters.list()) await state.clusters.remove(each.id)
  const connect = async (id: string, origin: string): Promise<void> =>
    state.clusters.put({ ...known, id, name: id, connection: { masters: [origin] } })
  await connect('hung', hung.origin)
  await connect('alive', alive.origin)

  const ends = new AbortController()
  let nextRound = (): void => undefined
  const clock = {
    ...lab.ports.clock,
    // Only the pause between two rounds, which the test ends; what a request may take is counted as ever.
    wait: async (ms: number, signal?: AbortSignal) =>
      signal === ends.signal
        ? new Promise<void>((resolve) => (nextRound = resolve))
        : lab.ports.clock.wait(ms, signal),
  }
  const healths = createHealths({ ...lab.ports, clock })
  const answered = async (): Promise<string> =>
    expect
      .poll(() => healths.get('alive')?.at ?? '')
      .not.toBe('')
      .then(() => healths.get('alive')?.at ?? '')
  const running = healths.run(ends.signal)
  await answered()
  await expect.poll(() => hung.asked.length).toBeGreaterThan(0)
  healths.forget('alive')
  nextRound()
  await answered()
  expect(healths.get('hung')).toBe(null)
  // Each of its questions once: those of one round.
  expect(hung.asked).toEqual([...new Set(hung.asked)])
  ends.abort()
  nextRound()
  await running
  await lab.close()
})
