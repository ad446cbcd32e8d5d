import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { openBucketScene } from '../faults/bucket-scene.ts'
import { sceneOf } from '../faults/job.ts'
import { pointsOf } from '../faults/points.ts'
import { tryBucket } from '../faults/try-bucket.ts'
import { trySecond, tryWrongKey } from '../faults/try-faults.ts'
import { tryFull } from '../faults/try-full.ts'
import { pointsToStrike, trySshd } from '../faults/try-sshd.ts'
import { sharedRgw } from '../lab/shared.ts'
import { startSshd } from '../lab/sshd.ts'
import { canMount, whyNotMounted } from '../support/small-file-system.ts'

const above = realpathSync(mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'holdfast-')))
const server = await startSshd()
const rgw = await sharedRgw()
afterAll(async () => {
  if (!('skip' in server)) await server.stop()
  rmSync(above, { recursive: true, force: true })
})

function folder(name: string): string {
  const path = join(above, name)
  mkdirSync(path)
  return path
}

/** The whole matrix is docs/faults.md; here a few points are tried anew. */
describe.each(['restore', 'rollback'] as const)('A %s over a real SSH server', (job) => {
  test.skipIf('skip' in server)(
    `whose TCP connection is torn${job === 'restore' ? ', whose session is killed or whose host reboots' : ''} ends in the old or the new state`,
    async () => {
      if ('skip' in server) return
      const of = folder(job)
      const trial = { scene: await sceneOf(job, of), above: of }
      const points = pointsOf(await pointsToStrike(trial), Infinity)
      const faults = (['connection cut', 'session killed', 'host rebooted'] as const).slice(
        0,
        job === 'restore' ? 3 : 1,
      )
      for (const [turn, fault] of faults.entries()) {
        const at = points[Math.round(((turn + 1) / 4) * points.length)] ?? 1
        const outcome = await trySshd(trial, at, fault, server)
        expect(outcome?.end, `${fault} at point ${at}`).toMatch(/^(old|new)$/)
        expect(outcome?.said).not.toBe('internal')
      }
    },
  )
})

test('A restore over SSH whose key turns out to be wrong leaves the old state and says why', async () => {
  const of = folder('key')
  const trial = { scene: await sceneOf('restore', of), above: of }
  const outcomes = await tryWrongKey(trial, 'over SSH', null)
  expect(outcomes.map(({ end, by }) => [end, by])).toEqual(outcomes.map(() => ['old', 'itself']))
})

test('A second run, on the host or over SSH, is kept out at every operation of one over SSH', async () => {
  const of = folder('second')
  const trial = { scene: await sceneOf('restore', of), above: of }
  const outcomes = await trySecond(trial, 'over SSH', null)
  expect(outcomes.length).toBeGreaterThan(20)
  expect(new Set(outcomes.map(({ end, said }) => `${end}, ${said}`))).toEqual(new Set(['new, target.busy']))
})

describe.skipIf(!canMount)(`A disk that becomes full${whyNotMounted}`, () => {
  test.each(['check', 'sync', 'swap'] as const)(
    'at the step %s leaves the old state, and is said',
    async (step) => {
      const of = folder(`full-${step}`)
      const trial = { scene: await sceneOf('restore', of), above: of }
      expect(await tryFull(trial, 'over SSH', step, null)).toMatchObject({ end: 'old', said: 'target.full' })
    },
  )
})

describe.skipIf('skip' in rgw)(`A bucket${'skip' in rgw ? `: ${rgw.skip}` : ''}`, () => {
  test('that is cut off in the middle of a range is asked again, then given up, and the old state stands', async () => {
    if ('skip' in rgw) return
    const of = folder('bucket')
    const scene = await openBucketScene(rgw, of)
    const gatewayPort = Number(new URL(rgw.endpoint).port)
    const bytes = 4 * 1024 * 1024
    const outcome = await tryBucket(
      { scene, above: of, gatewayPort },
      'S3 cut',
      { step: 'stage', bytes },
      'on this machine',
      null,
    )
    expect(outcome).toMatchObject({ end: 'old', by: 'itself', said: 'restore.failed' })
    expect(scene.pauses()).toBeGreaterThan(0)
    expect(scene.pauses()).toBeLessThan(30)
  })
})
