import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, expect, test } from 'vitest'

const program = join(import.meta.dirname, 'jobs-child.ts')
const folder = mkdtempSync(join(tmpdir(), 'holdfast-jobs-'))
afterAll(() => rmSync(folder, { recursive: true }))

function run(...args: readonly string[]) {
  const child = spawn(process.execPath, [program, folder, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  return { child, ended: once(child, 'close'), lines: createInterface(child.stdout)[Symbol.asyncIterator]() }
}

test('A job whose process is killed is interrupted for the next one; resumed, and killed again, it reads only what was not read', async () => {
  const first = run('start', '4')
  expect((await first.lines.next()).value).toBe('waits')
  first.child.kill('SIGKILL')
  await first.ended

  const looked = run('look')
  const { before } = JSON.parse(String((await looked.lines.next()).value))
  await looked.ended
  expect(before).toMatchObject({
    state: 'interrupted',
    canResume: true,
    outcome: 'Holdfast ended before this job did.',
  })

  const second = run('resume', '7')
  expect((await second.lines.next()).value).toBe('waits')
  second.child.kill('SIGKILL')
  await second.ended

  const third = run('resume')
  const { before: again, after } = JSON.parse(String((await third.lines.next()).value))
  await third.ended
  expect(again).toMatchObject({ id: before.id, state: 'interrupted' })
  expect(again.lastEvent).toBeGreaterThan(before.lastEvent)
  expect(after).toMatchObject({
    id: before.id,
    state: 'done',
    doneBytes: 10,
    outcome: '{"level":"intact"}: 10 read, 3 now.',
  })

  const last = run('look')
  expect(JSON.parse(String((await last.lines.next()).value)).before).toEqual(after)
  await last.ended
})
