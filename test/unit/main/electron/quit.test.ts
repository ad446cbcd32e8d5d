import { expect, test } from 'vitest'
import { plainNotice } from '../../../../src/main/electron/plain-notice.ts'
import { askBeforeQuit, type QuitWords } from '../../../../src/main/electron/quit.ts'
import { createFinishTeller } from '../../../../src/main/electron/tell-finished.ts'
import { notificationFor } from '../../../../src/main/jobs/job-words.ts'
import type { Job } from '../../../../src/shared/contract/jobs.ts'
import { openDesk } from '../jobs/fixture.ts'

const words: QuitWords = {
  title: '1 job has not ended. Quit?',
  lines: ['Clean-up of orders: what went is gone.'],
  stay: 'Keep running',
  quit: 'Quit',
}

test('A window without running jobs closes without a question', () => {
  expect(askBeforeQuit(null, () => expect.fail('It asked.'))).toBe(true)
})

test('With a running job the operator is told what quitting does to it, and staying is the usual answer', () => {
  const answers = [0, 1]
  const questions: string[] = []
  const ask = () =>
    askBeforeQuit(words, ({ message, detail, buttons, defaultId, cancelId }) => {
      questions.push(`${message} ${detail}`)
      expect([buttons[defaultId], buttons[cancelId]]).toEqual(['Keep running', 'Keep running'])
      return answers.shift() ?? 0
    })
  expect(ask()).toBe(false)
  expect(ask()).toBe(true)
  expect(questions[0]).toBe('1 job has not ended. Quit? Clean-up of orders: what went is gone.')
})

test('Of many jobs the first five are told, with what is left; a name in them turns no line around', () => {
  const lines = Array.from({ length: 7 }, (_, at) => `Restore of \u202e${at}: it has not begun.`)
  askBeforeQuit({ ...words, lines }, ({ detail }) => {
    expect(detail.split('\n')).toHaveLength(6)
    expect(detail).toContain('Restore of \\u202e0: it has not begun.\n')
    expect(detail).toMatch(/\nAnd 2 more\.$/)
    return 0
  })
})

test('A job that ends while nobody looks is told once; one that was seen, or had ended before, is not', async () => {
  const desk = await openDesk()
  const some = await desk.start()
  await desk.runner.close()
  let visible = false
  const told: string[] = []
  const tell = createFinishTeller({
    noticeOf: (job) => notificationFor(job, { visible }),
    notify: ({ title, body }) => void told.push(`${title}: ${body}`),
  })
  const job = (id: string, state: Job['state'], outcome: string | null = null) =>
    tell({ ...some, id, state, outcome, detail: 'Nothing is known of it.' })
  job('old', 'done', 'All 3 backups are good.')
  job('a', 'running')
  job('a', 'done', 'All 24 backups are good.')
  job('a', 'done', 'All 24 backups are good.')
  visible = true
  job('b', 'running')
  job('b', 'failed')
  visible = false
  job('c', 'running')
  job('c', 'failed')
  job('d', 'running')
  job('d', 'cancelled')
  expect(told).toEqual([
    'Verification of kiok-prod has ended: All 24 backups are good.',
    'Verification of kiok-prod failed: Nothing is known of it.',
  ])
})

test('A notification is text: no link, no image and no turned line, whatever a name in it is', () => {
  const evil = '<a href="https://evil.example">Good</a><img src="file:///x"/> \u202egnp'
  const { title, body } = plainNotice({ title: evil, body: evil })
  expect(title).not.toContain('\u202e')
  expect(body).toBe('‹a href="https://evil.example"›Good‹/a›‹img src="file:///x"/› \\u202egnp')
})
