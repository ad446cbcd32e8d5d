import { expect, test } from 'vitest'
import { endByInterrupt } from '../../../../src/main/cli/end-by-interrupt.ts'

function shell(running: () => Promise<readonly string[]>) {
  const said: string[] = []
  let ends = 0
  const press = endByInterrupt({ running, say: (line) => void said.push(line), end: () => void (ends += 1) })
  return { press, said, ends: () => ends }
}

test('Ctrl-C ends at once where nothing runs, or where that cannot be told', async () => {
  for (const running of [async () => [], async () => Promise.reject(new Error('gone'))]) {
    const { press, said, ends } = shell(running)
    await press()
    expect([ends(), said]).toEqual([1, []])
  }
})

test('While jobs run, the first Ctrl-C names them and the second ends', async () => {
  const { press, said, ends } = shell(async () => ['kiok-prod', 'orders'])
  await press()
  expect(ends()).toBe(0)
  expect(said).toEqual([
    '2 jobs are running: kiok-prod, orders.',
    'Press Ctrl-C again to end and interrupt them. Each can be resumed at the next start.',
  ])
  await press()
  expect(ends()).toBe(1)
  expect(said).toHaveLength(2)
})
