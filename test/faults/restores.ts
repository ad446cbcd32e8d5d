import type { RgwAccess } from '../lab/rgw.ts'
import type { Sshd } from '../lab/sshd.ts'
import { openBucketScene } from './bucket-scene.ts'
import { sceneOf, type Job } from './job.ts'
import { pointsOf } from './points.ts'
import type { Trial } from './settled.ts'
import { steps, type Step } from './steps.ts'
import type { Outcome, Place } from './table.ts'
import { tryBucket, type BucketFault } from './try-bucket.ts'
import { pointsToCut, pointsToKill, tryCut, tryKill, trySecond, tryWrongKey } from './try-faults.ts'
import { tryFull } from './try-full.ts'
import { pointsOfChild, tryKilledChild } from './try-killed-child.ts'
import { pointsToStrike, trySshd } from './try-sshd.ts'

export interface RestoreMatrix {
  /** A folder for all targets, in memory where there is such a place. */
  readonly above: string
  /** Of the points of each step, each `every`-th one; of those with a real login each `everyLogin`-th one. */
  readonly every: number
  readonly everyLogin: number
  readonly server: Sshd | null
  readonly rgw: RgwAccess | null
  readonly tell: (outcome: Outcome) => void
}

/** All faults at all steps of a restore and of a rollback. */
export async function tryRestores(matrix: RestoreMatrix): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  const add = (...more: readonly (Outcome | null)[]): void => {
    for (const outcome of more) {
      if (outcome === null) continue
      outcomes.push(outcome)
      matrix.tell(outcome)
    }
  }
  for (const job of ['restore', 'rollback'] satisfies Job[]) {
    const trial: Trial = { scene: await sceneOf(job, matrix.above), above: matrix.above }
    await tryWithoutLogin(trial, matrix, add)
    if (matrix.server !== null) await tryWithLogin(trial, matrix, matrix.server, add)
    for (const place of placesOf(matrix))
      for (const step of stepsOf(job)) add(await tryFull(trial, place, step, matrix.server))
    if (job === 'restore')
      for (const place of placesOf(matrix)) add(...(await tryWrongKey(trial, place, matrix.server)))
  }
  if (matrix.rgw !== null) await tryBuckets(matrix, matrix.rgw, add)
  return outcomes
}

type Add = (...more: readonly (Outcome | null)[]) => void

async function tryWithoutLogin(trial: Trial, { every, server }: RestoreMatrix, add: Add): Promise<void> {
  for (const at of pointsOf(await pointsToKill(trial), every)) add(await tryKill(trial, at))
  const cuts = pointsOf(await pointsToCut(trial), every)
  for (const at of cuts) {
    add(await tryCut(trial, at, 'connection cut'))
    add(await tryCut(trial, at, 'host rebooted'))
  }
  for (const place of ['on this machine', 'over SSH'] as const)
    add(...(await trySecond(trial, place, server)))
}

async function tryWithLogin(
  trial: Trial,
  { everyLogin }: RestoreMatrix,
  server: Sshd,
  add: Add,
): Promise<void> {
  for (const at of pointsOf(await pointsOfChild(trial), everyLogin))
    add(await tryKilledChild(trial, at, server))
  for (const at of pointsOf(await pointsToStrike(trial), everyLogin))
    for (const fault of ['connection cut', 'session killed', 'host rebooted'] as const)
      add(await trySshd(trial, at, fault, server))
  add(...(await trySecond(trial, 'over a real sshd', server)))
}

/** Into the middle of the first reading, of the second range, of the last one. */
const readings = [0, 4, 8.5].map((mebibytes) => mebibytes * 1024 * 1024)

async function tryBuckets(matrix: RestoreMatrix, access: RgwAccess, add: Add): Promise<void> {
  const { above, server } = matrix
  const scene = await openBucketScene(access, above)
  const bucket = { scene, above, gatewayPort: Number(new URL(access.endpoint).port) }
  const faults: readonly BucketFault[] = ['S3 cut', 'object deleted meanwhile', 'damaged object']
  for (const place of placesOf(matrix).filter((each) => each !== 'over SSH')) {
    add(await tryBucket(bucket, 'wrong key', { step: 'check', bytes: 0 }, place, server))
    for (const fault of faults)
      for (const step of stepsOf('restore'))
        for (const bytes of step === 'check' || step === 'stage' ? readings : [0])
          add(await tryBucket(bucket, fault, { step, bytes }, place, server))
  }
}

function placesOf({ server }: Pick<RestoreMatrix, 'server'>): readonly Place[] {
  return ['on this machine', 'over SSH', ...(server === null ? [] : ['over a real sshd' as const])]
}

function stepsOf(job: Job): readonly Step[] {
  return steps.filter((step) => (step === 'go back') === (job === 'rollback'))
}
