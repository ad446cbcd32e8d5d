import { expect, test } from 'vitest'
import { createOutput } from '../../../../src/main/cli/output.ts'
import type { CommandContext } from '../../../../src/main/cli/context.ts'
import { followRun } from '../../../../src/main/cli/commands/runbook-run.ts'
import type { Client } from '../../../../src/main/cli/with-desk.ts'
import { createBroadcast } from '../../../../src/shared/streams/broadcast.ts'
import { fakeClock } from '../../../fakes/fake-clock.ts'

/** Two rows of an acceptance sheet, one after the other: each goes on until it is stopped. */
function sheet() {
  const rows = ['one', 'two'].map((id) => ({ id, title: id, section: 'accept', kind: 'check', lines: [] }))
  const stopped: string[] = []
  const news = createBroadcast<null>({ key: () => '' })
  const run = () => ({
    id: 'r',
    state: 'open',
    lastEvent: stopped.length,
    current: 'one',
    list: rows.map((row, place) => ({
      ...row,
      doneBytes: null,
      state: place < stopped.length ? 'failed' : place === stopped.length ? 'running' : 'todo',
      endedAt: place < stopped.length ? 'now' : null,
    })),
  })
  const runbooks = {
    get: async () => run(),
    watch: async () =>
      (async function* () {
        const heard = news.subscribe()
        for (;;) {
          yield run()
          await heard.next()
        }
      })(),
    proceed: async ({ step }: { step: string }) => {
      if (stopped.includes(step)) return
      stopped.push(step)
      news.publish(null)
    },
  }
  return { client: { runbooks } as unknown as Client, runbooks, stopped }
}

function context(signal: AbortSignal): CommandContext {
  const stream = { isTerminal: false, columns: 80, write: () => undefined }
  const output = createOutput({ stdout: stream, stderr: stream }, { json: false, colours: false })
  return { ports: { stderr: stream, clock: fakeClock() }, output, signal } as unknown as CommandContext
}

test('Ctrl-C stops each row of the sheet, also where it came before the run was watched', async () => {
  const { client, stopped } = sheet()
  const run = await followRun('r', client, context(AbortSignal.abort()))
  expect(run.list.map(({ state }) => state)).toEqual(['failed', 'failed'])
  expect(stopped).toEqual(['one', 'two'])
})

test('A desk that cannot be asked how the run stands does not end the program', async () => {
  const { client, runbooks } = sheet()
  const stop = new AbortController()
  const end = followRun('r', client, context(stop.signal))
  const refused = { ...runbooks }
  runbooks.get = async () => {
    throw new Error('the connection is gone')
  }
  stop.abort()
  await new Promise((resolve) => setImmediate(resolve))
  runbooks.get = refused.get
  for (const step of ['one', 'two']) await runbooks.proceed({ step })
  await end
})
