import { expect, test } from 'vitest'
import { notificationFor, quitQuestion } from '../../../../src/main/jobs/job-words.ts'
import type { Job } from '../../../../src/shared/contract/jobs.ts'
import { openDesk } from './fixture.ts'

async function someJob(change: Partial<Job>): Promise<Job> {
  const desk = await openDesk()
  const job = await desk.start()
  await desk.runner.close()
  return { ...job, ...change }
}

test('The system tells of a job that is done or failed while the window is not seen', async () => {
  const done = await someJob({ state: 'done', outcome: '23 of 24 backups are good.' })
  expect(notificationFor(done, { visible: false })).toEqual({
    title: 'Verification of kiok-prod has ended',
    body: '23 of 24 backups are good.',
  })
  const failed = await someJob({ kind: 'restore', state: 'failed', outcome: 'It does not answer.' })
  expect(notificationFor(failed, { visible: false })).toEqual({
    title: 'Restore of kiok-prod failed',
    body: 'It does not answer.',
  })
  expect(notificationFor(done, { visible: true })).toBeNull()
})

test.each(['waiting', 'running', 'cancelled', 'interrupted'] as const)(
  'The system does not tell of a job that is %s',
  async (state) => {
    expect(notificationFor(await someJob({ state }), { visible: false })).toBeNull()
  },
)

test('Quitting asks while a job runs or waits, and says what becomes of each', async () => {
  const ended = await someJob({ state: 'done' })
  expect(quitQuestion([ended])).toBeNull()
  const running = await someJob({ state: 'running' })
  expect(quitQuestion([ended, running])).toEqual({
    title: '1 job has not ended. Quit?',
    lines: ['Verification of kiok-prod: what was read stays proved; it can be resumed at the next start.'],
    stay: 'Keep running',
    quit: 'Quit',
  })
  const restore = await someJob({ kind: 'restore', state: 'waiting', subject: '/srv/a' })
  expect(quitQuestion([running, restore])).toMatchObject({
    title: '2 jobs have not ended. Quit?',
    lines: [
      'Verification of kiok-prod: what was read stays proved; it can be resumed at the next start.',
      'Restore of /srv/a: it has not begun; it can be resumed at the next start.',
    ],
  })
})
