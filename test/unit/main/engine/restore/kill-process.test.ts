import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { recoverRestore } from '../../../../../src/main/engine/restore/recover-restore.ts'
import { runRestore } from '../../../../../src/main/engine/restore/run-restore.ts'
import {
  clock,
  countingRandom,
  entriesOf,
  generate,
  newTree,
  oldTree,
  openTarget,
  plant,
  planFor,
  scratch,
  shapeOf,
} from './fixture.ts'

const program = join(import.meta.dirname, 'kill-child.ts')

async function runChild(
  dir: string,
  job: string,
  point: number,
): Promise<{ readonly signal: string | null; readonly passed: number }> {
  const child = spawn(process.execPath, [program, dir, job, String(point)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0 || signal === 'SIGKILL') resolve({ signal, passed: Number(said) })
      else reject(new Error(`The child ended with ${code ?? signal}.`))
    })
  })
}

/** A folder in which the job can begin. */
async function begun(job: string, dir: string): Promise<Readonly<Record<string, string>>> {
  plant(dir, oldTree)
  if (job === 'rollback') {
    const target = await openTarget(dir)
    const plan = await planFor(target)
    await runRestore(plan, entriesOf(newTree), { target, clock, random: countingRandom(), generate })
    await target.close()
  }
  return shapeOf(dir)
}

/** Each start of a program takes long; before and after an operation are points of their own, so odd steps meet both. */
const stride = 5

describe.each(['restore', 'rollback'])('a process that is killed with SIGKILL during a %s', (job) => {
  test('at an operation is followed by one that finds its lock dead and leaves the old or the new state', async () => {
    using folder = scratch()
    const whole = join(folder.path, 'whole')
    const old = await begun(job, whole)
    const { passed } = await runChild(whole, job, 0)
    const done = shapeOf(whole)
    expect(passed).toBeGreaterThan(40)
    const ends = new Set<string>()
    const points = Array.from({ length: Math.ceil(passed / stride) }, (_, at) => 1 + at * stride)
    const worker = async (): Promise<void> => {
      for (let point = points.pop(); point !== undefined; point = points.pop()) {
        const dir = join(folder.path, `at-${point}`)
        await begun(job, dir)
        expect((await runChild(dir, job, point)).signal).toBe('SIGKILL')
        const target = await openTarget(dir)
        await recoverRestore({ target, clock })
        await target.close()
        const shape = shapeOf(dir)
        const end = JSON.stringify(shape) === JSON.stringify(old) ? 'old' : 'new'
        ends.add(end)
        expect(shape, `killed at point ${point}`).toEqual(end === 'old' ? old : done)
      }
    }
    await Promise.all([worker(), worker()])
    expect(ends).toEqual(new Set(['old', 'new']))
  })
})
