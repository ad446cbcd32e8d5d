import { expect, test } from 'vitest'
import { startPostgresClosed } from '../../../../../src/main/systems/kindling/restore/postgres-server.ts'
import type { Site } from '../../../../../src/main/systems/kindling/restore/site.ts'
import { fakeClock } from '../../../../fakes/fake-clock.ts'
import { fakeHost, type FakeAnswer } from '../../../../fakes/remote-host.ts'

/** A server that was started closed, and how it answers those who ask, one after the other; it is gone with the last answer. */
function serverThat(answers: readonly FakeAnswer[], log: string) {
  const left = [...answers]
  const clock = fakeClock()
  const host = fakeHost(
    ({ argv: [program, , script = ''] }) => {
      if (program === 'psql') return left.shift() ?? { code: 2, stderr: 'connection refused' }
      if (script.includes('status -D')) return { stdout: left.length > 0 ? 'running\n' : 'stopped\n' }
      if (script.startsWith('tail')) return { stdout: log }
      throw new Error(`not asked for: ${script}`)
    },
    { clock },
  )
  const config = {
    hosts: ['db'],
    databaseHost: '',
    dataFolder: '/pg/data',
    postgres: 'dbname=kindling',
    tool: 'pgbackrest',
    toolUser: '',
    postgresConfig: '',
  }
  const session = { clock, signal: new AbortController().signal, host: async () => Promise.resolve(host) }
  const site = { session, config, line: () => undefined } as unknown as Site
  return { start: async () => clock.run(startPostgresClosed(site)) }
}

const replaying = { stdout: '{"isClosed":true,"inRecovery":true,"replayed":"0/30000A0"}\n' }
const torn = { code: 2, stderr: 'WARNING: terminating connection because of crash of another server process' }

test('A server that takes the connection along when its recovery ends is told as that, with its own words', async () => {
  const words = 'FATAL: recovery ended before configured recovery target was reached'
  const { start } = serverThat([replaying, torn, torn, replaying, torn], `LOG: starting\n${words}\n`)
  expect(await start()).toMatchObject({
    state: 'failed',
    sentence: `PostgreSQL ended while it replayed WAL. Its log says: ${words}`,
  })
})

test('A server that runs and never answers is not waited for without end', async () => {
  const { start } = serverThat(
    Array.from({ length: 100 }, () => torn),
    '',
  )
  expect(await start()).toMatchObject({ state: 'unknown' })
})
