import { createRouterClient } from '@orpc/server'
import { expect, test } from 'vitest'
import { memoryDeskState } from '../../../fakes/desk-state.ts'
import { givenSecrets } from '../../../fakes/secrets.ts'
import { createJobHandlers } from '../../../../src/main/handlers/jobs.ts'
import { memoryLog } from '../../../fakes/memory-log.ts'
import { collect, openDesk } from '../jobs/fixture.ts'

async function openClient() {
  const desk = await openDesk()
  const context = { shell: 'browser', log: memoryLog() } as const
  return {
    desk,
    client: createRouterClient(
      createJobHandlers({ jobs: desk.runner, state: memoryDeskState(), secrets: givenSecrets({}) }),
      { context },
    ),
  }
}

test('A window lists jobs, follows one from where it left off, and cancels it', async () => {
  const { desk, client } = await openClient()
  const { id } = await desk.start()
  expect((await client.list()).map((job) => job.id)).toEqual([id])
  const listening = collect(await client.events({ id, after: 1 }))
  expect((await client.cancel({ id })).id).toBe(id)
  expect((await listening).map(({ event }) => 'state' in event && event.state)).toEqual([
    'running',
    'cancelled',
  ])
  expect(await client.get({ id })).toMatchObject({ state: 'cancelled', result: null })
  await desk.runner.close()
})

test('A window resumes or dismisses an interrupted job; for any other the refusal arrives with its code', async () => {
  const dead = await openDesk()
  const [one, other] = [await dead.start(), await dead.start()]
  const desk = await openDesk({ place: dead.place })
  const context = { shell: 'browser', log: memoryLog() } as const
  const client = createRouterClient(
    createJobHandlers({ jobs: desk.runner, state: memoryDeskState(), secrets: givenSecrets({}) }),
    { context },
  )
  expect((await client.resume({ id: one.id })).canResume).toBe(false)
  expect((await client.dismiss({ id: other.id })).state).toBe('cancelled')
  await expect(client.dismiss({ id: other.id })).rejects.toMatchObject({ data: { code: 'job.refused' } })
  await expect(client.get({ id: 'nobody' })).rejects.toMatchObject({ data: { code: 'job.notFound' } })
  await desk.runner.close()
})
