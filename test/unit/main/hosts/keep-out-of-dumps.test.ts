import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const child = join(import.meta.dirname, '../../../support/dump-child.ts')
const inMemory = 'canary-in-memory-47'
const inEnvironment = 'canary-in-the-environment'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-dumps-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Which of the two the files hold that a process leaves behind in the folder that it crashes in. */
function leftBy(end: 'segfault' | 'throw', begin: 'kept' | 'plain', options: string): readonly string[] {
  const run = 'ulimit -c unlimited 2>/dev/null; exec "$@"'
  const { status, signal } = spawnSync('sh', ['-c', run, 'sh', process.execPath, child, end, begin], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOLDFAST_MASTER_KEY: inEnvironment, NODE_OPTIONS: options },
  })
  expect(status !== 0 || signal !== null).toBe(true)
  // A core file is larger than a text can be.
  const found = [inMemory, inEnvironment].filter(
    (canary) => spawnSync('grep', ['-rqaF', canary, folder]).status === 0,
  )
  for (const name of readdirSync(folder)) rmSync(join(folder, name))
  return found
}

test('A crash leaves nothing of the memory or the environment in a core file', (context) => {
  if (!leftBy('segfault', 'plain', '').includes(inMemory)) {
    return context.skip('a process that crashes here leaves no core file beside it')
  }
  expect(leftBy('segfault', 'kept', '')).toEqual([])
})

test('No diagnostic report, which lists the environment, is made, whatever NODE_OPTIONS asks for', () => {
  const asked = '--report-uncaught-exception --report-on-fatalerror --report-on-signal'
  expect(leftBy('throw', 'plain', asked)).toEqual([inEnvironment])
  expect(leftBy('throw', 'kept', asked)).toEqual([])
})
