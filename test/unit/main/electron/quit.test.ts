import { expect, test } from 'vitest'
import { askBeforeQuit } from '../../../../src/main/electron/quit.ts'
import { createFinishTeller } from '../../../../src/main/electron/tell-finished.ts'

test('A window without running jobs closes without a question', () => {
  expect(askBeforeQuit({ running: () => [] }, () => expect.fail('It asked.'))).toBe(true)
})

test('With a running job the operator is asked, names it, and staying is the usual answer', () => {
  const answers = [0, 1]
  const questions: string[] = []
  const ask = () =>
    askBeforeQuit({ running: () => ['orders'] }, ({ message, detail, buttons, defaultId, cancelId }) => {
      questions.push(`${message} ${detail}`)
      expect([buttons[defaultId], buttons[cancelId]]).toEqual(['Keep running', 'Keep running'])
      return answers.shift() ?? 0
    })
  expect(ask()).toBe(false)
  expect(ask()).toBe(true)
  expect(questions[0]).toMatch(/^A job is running\. orders/)
})

test('A job that ends while nobody looks is told once; one that was seen, or had ended before, is not', () => {
  let isSeen = false
  const told: string[] = []
  const tell = createFinishTeller({
    isSeen: () => isSeen,
    notify: (title, text) => void told.push(`${title}: ${text}`),
  })
  const job = (id: string, state: 'running' | 'done' | 'failed', outcome: string | null = null) =>
    tell({ id, state, outcome, subject: 'orders' })
  job('old', 'done', 'All 3 backups are good.')
  job('a', 'running')
  job('a', 'done', 'All 24 backups are good.')
  job('a', 'done', 'All 24 backups are good.')
  isSeen = true
  job('b', 'running')
  job('b', 'failed')
  isSeen = false
  job('c', 'running')
  job('c', 'failed')
  expect(told).toEqual(['orders: All 24 backups are good.', 'orders: It has ended.'])
})
