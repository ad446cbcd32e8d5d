import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ORPCError } from '@orpc/client'
import type { ContractRouterClient, InferContractRouterInputs } from '@orpc/contract'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Contract } from '../../../src/shared/contract/contract.ts'
import { ways } from '../../conformance/contract/transports.ts'
import { memoryLog } from '../../fakes/memory-log.ts'
import { previewed } from './retention-cases.ts'
import { openRouterLab, type RouterLab } from './router-lab.ts'

type Client = ContractRouterClient<Contract>
type Start = InferContractRouterInputs<Contract>['restore']['start']
type Apply = InferContractRouterInputs<Contract>['retention']['apply']
type Snapshot = InferContractRouterInputs<Contract>['masters']['snapshot']
type Rollback = InferContractRouterInputs<Contract>['restore']['startRollback']

let lab: RouterLab
/** A good confirmation by the mode of its cluster, and the folder that it would restore into. */
const asked: Record<'normal' | 'protected' | 'readOnly', Start> = {
  normal: none(),
  protected: none(),
  readOnly: none(),
}
/** A folder that was restored into for a protected cluster. */
let restoredInto = ''
let otherCluster = ''
/** A clean-up that would delete. */
let cleanUp: Apply
/** By the mode of its cluster: a snapshot for which a master is stopped. */
const stopping: Record<'normal' | 'protected' | 'readOnly', Snapshot> = {
  normal: { id: '', way: '' },
  protected: { id: '', way: '' },
  readOnly: { id: '', way: '' },
}

function none(): Start {
  return { clusterId: '', backupId: '', targetDir: '', planHash: '', confirm: '' }
}

beforeAll(async () => {
  lab = await openRouterLab()
  for (const mode of ['normal', 'protected', 'readOnly'] as const) {
    const { id } = await lab.addCluster({ mode })
    const { plan } = await lab.planned(id)
    const { backupId, targetDir, confirm } = plan
    asked[mode] = { clusterId: id, backupId, targetDir, planHash: plan.hash, confirm }
  }
  otherCluster = (await lab.addCluster()).id
  const { plan } = await lab.planned(asked.protected.clusterId)
  const { jobId } = await lab.client.restore.start({
    ...asked.protected,
    targetDir: plan.targetDir,
    planHash: plan.hash,
    reason: 'the test restores it',
  })
  expect(await lab.ended(jobId)).toBe('done')
  restoredInto = plan.targetDir
  cleanUp = await previewed(lab)
  for (const mode of ['normal', 'protected', 'readOnly'] as const) {
    const name = `chango-every-${mode}`
    const { id } = await lab.addCluster({ name, system: 'chango', folder: lab.chango, mode, masterKeys: [] })
    const values = { masters: ['http://127.0.0.1:1'], hosts: ['ops@127.0.0.1:1'], plaintext: true }
    await lab.client.masters.save({ id, values, reason: 'the test connects it' })
    stopping[mode] = { id, way: 'stopped', confirm: name, reason: 'the test stops it' }
  }
})
afterAll(async () => {
  await lab.close()
})

/** All that a restore could touch: targets with what stands beside them, repositories, jobs, and entries but those of windows. */
async function everything() {
  const entries = (await lab.client.audit.list({ limit: 500 })).entries
  return {
    files: await filesBelow(lab.dir),
    jobs: (await lab.client.jobs.list()).map(({ id, state }) => `${id} ${state}`),
    entries: entries
      // The end of the job before is written a moment after it, and masters are asked how they are whatever happens here.
      .filter(
        ({ subject, action, facts }) =>
          subject !== 'browser window' &&
          action !== 'job.ended' &&
          !facts.some(({ name, value }) => name === 'purpose' && value === 'probe'),
      )
      .map(({ action }) => action),
    targets: await lab.client.restore.targets(),
  }
}

async function filesBelow(dir: string): Promise<readonly string[]> {
  const names = await readdir(dir, { recursive: true, withFileTypes: true })
  const found = names
    // What the desk keeps for itself is looked at through its calls.
    .filter((entry) => !join(entry.parentPath, entry.name).startsWith(lab.stateFolder))
    .map(async (entry) => {
      const path = join(entry.parentPath, entry.name)
      return entry.isFile() ? `${path} ${await readFile(path, 'base64')}` : path
    })
  return (await Promise.all(found)).sort()
}

async function refusal(called: Promise<unknown>): Promise<unknown> {
  const error: unknown = await called.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ORPCError)) return error
  return error.code === 'FAILED' ? (error.data as { readonly code: unknown }).code : error.code
}

/** A name whose letters look like those of the right one. */
const lookalike = 'kiok-l\u0430b'

const wrongStarts: readonly (readonly [string, () => object, string])[] = [
  ['without the hash of a plan', () => without(asked.normal, 'planHash'), 'BAD_REQUEST'],
  ['with a hash that is none', () => ({ ...asked.normal, planHash: 'the newest' }), 'BAD_REQUEST'],
  ['with another hash', () => ({ ...asked.normal, planHash: 'f'.repeat(64) }), 'plan.changed'],
  [
    'with the hash of a plan for another cluster',
    () => ({ ...asked.normal, planHash: asked.protected.planHash, targetDir: asked.protected.targetDir }),
    'plan.changed',
  ],
  [
    'through another saved cluster on the same repository',
    () => ({ ...asked.protected, clusterId: otherCluster }),
    'plan.changed',
  ],
  ['into another folder', () => ({ ...asked.normal, targetDir: asked.protected.targetDir }), 'plan.changed'],
  ['of another backup', () => ({ ...asked.normal, backupId: 'another' }), 'plan.changed'],
  ['without the typed name', () => without(asked.normal, 'confirm'), 'BAD_REQUEST'],
  ['with an empty name', () => ({ ...asked.normal, confirm: '' }), 'usage'],
  ['with another name', () => ({ ...asked.normal, confirm: 'kiok-other' }), 'usage'],
  ['with a name in other letters', () => ({ ...asked.normal, confirm: 'KIOK-LAB' }), 'usage'],
  ['with a name that only looks right', () => ({ ...asked.normal, confirm: lookalike }), 'usage'],
  ['with a space behind the name', () => ({ ...asked.normal, confirm: 'kiok-lab ' }), 'usage'],
  ['of a protected cluster without a reason', () => asked.protected, 'cluster.protected'],
  [
    'of a protected cluster with an empty reason',
    () => ({ ...asked.protected, reason: ' \t' }),
    'cluster.protected',
  ],
  ['of a read-only cluster', () => ({ ...asked.readOnly, reason: 'it is urgent' }), 'cluster.readOnly'],
]

const wrongCleanUps: readonly (readonly [string, () => object, string])[] = [
  ['without the hash of a preview', () => without(cleanUp, 'hash'), 'BAD_REQUEST'],
  ['with another hash', () => ({ ...cleanUp, hash: 'f'.repeat(64) }), 'plan.changed'],
  ['of more than was previewed', () => ({ ...cleanUp, sweepsOrphans: true }), 'plan.changed'],
  ['without the typed name', () => without(cleanUp, 'confirm'), 'BAD_REQUEST'],
  ['with an empty name', () => ({ ...cleanUp, confirm: '' }), 'usage'],
  ['with a name that only looks right', () => ({ ...cleanUp, confirm: looksLike(cleanUp.confirm) }), 'usage'],
]

const wrongSnapshots: readonly (readonly [string, () => object, string])[] = [
  ['without the typed name', () => without(stopping.normal, 'confirm'), 'usage'],
  ['with another name', () => ({ ...stopping.normal, confirm: 'kiok-lab' }), 'usage'],
  [
    'with a name that only looks right',
    () => ({ ...stopping.normal, confirm: looksLike('chango-every-normal') }),
    'usage',
  ],
  [
    'of a protected cluster without a reason',
    () => without(stopping.protected, 'reason'),
    'cluster.protected',
  ],
  ['of a read-only cluster', () => stopping.readOnly, 'cluster.readOnly'],
]

/** With a letter of the Cyrillic alphabet in place of its first e. */
function looksLike(name: string): string {
  const other = name.replace('e', '\u0435')
  expect(other).not.toBe(name)
  return other
}

const rollback = (over: object = {}): Rollback => ({
  targetDir: restoredInto,
  confirm: restoredInto.split('/').at(-1) ?? '',
  reason: 'it was the wrong one',
  ...over,
})

const wrongRollbacks: readonly (readonly [string, () => object, string])[] = [
  ['without the typed name', () => without(rollback(), 'confirm'), 'BAD_REQUEST'],
  ['with another name', () => rollback({ confirm: 'kiok-lab' }), 'usage'],
  ['of a protected cluster without a reason', () => without(rollback(), 'reason'), 'cluster.protected'],
  [
    'whose folder is spelled so that it would belong to no cluster',
    () => ({ ...without(rollback(), 'reason'), targetDir: `${restoredInto}/` }),
    'target.refused',
  ],
  [
    'whose folder is named by a way around',
    () => ({
      ...without(rollback(), 'reason'),
      targetDir: join(restoredInto, '..') + `/./${rollback().confirm}`,
    }),
    'target.refused',
  ],
]

function without(input: object, name: string): object {
  return Object.fromEntries(Object.entries(input).filter(([key]) => key !== name))
}

describe.each(Object.entries(ways()))('Over %s', (_name, carry) => {
  let client: Client
  let before: Awaited<ReturnType<typeof everything>>
  let carried: Awaited<ReturnType<typeof carry<Contract>>>
  beforeAll(async () => {
    carried = await carry<Contract>(lab.running.router, memoryLog())
    client = carried.client
  })
  afterAll(async () => {
    await carried[Symbol.asyncDispose]()
  })
  beforeEach(async () => {
    before = await everything()
  })

  test.each(wrongStarts)('a restore %s is refused, and nothing is touched', async (_what, input, code) => {
    expect(await refusal(Reflect.apply(client.restore.start, undefined, [input()]))).toBe(code)
    expect(await everything()).toEqual(before)
  })

  test.each(wrongRollbacks)(
    'a rollback %s is refused, and nothing is touched',
    async (_what, input, code) => {
      expect(await refusal(Reflect.apply(client.restore.startRollback, undefined, [input()]))).toBe(code)
      expect(await everything()).toEqual(before)
    },
  )

  test.each(wrongCleanUps)('a clean-up %s is refused, and nothing is deleted', async (_what, input, code) => {
    expect(await refusal(Reflect.apply(client.retention.apply, undefined, [input()]))).toBe(code)
    expect(await everything()).toEqual(before)
  })

  test.each(wrongSnapshots)(
    'a snapshot that stops a master, %s, is refused, and nothing is asked for',
    async (_what, input, code) => {
      expect(await refusal(Reflect.apply(client.masters.snapshot, undefined, [input()]))).toBe(code)
      expect(await everything()).toEqual(before)
    },
  )

  test('what was refused for its ceremony is run with it', async () => {
    const { plan } = await lab.planned(asked.protected.clusterId)
    const { jobId } = await client.restore.start({
      ...asked.protected,
      targetDir: plan.targetDir,
      planHash: plan.hash,
      reason: 'the test restores it',
    })
    expect(await lab.ended(jobId)).toBe('done')
    expect(await readdir(plan.targetDir)).toContain('kms')
  })
})

test('A cluster that became read-only is neither restored nor rolled back, whatever its plan says', async () => {
  const { id, name } = await lab.addCluster()
  const { plan } = await lab.planned(id)
  const { backupId, targetDir, confirm } = plan
  const start = { clusterId: id, backupId, targetDir, planHash: plan.hash, confirm }
  const { jobId } = await lab.client.restore.start(start)
  expect(await lab.ended(jobId)).toBe('done')
  await lab.client.clusters.edit({ id, name, mode: 'readOnly', masterKeys: [], rpoMs: 60_000, rtoMs: null })
  expect(await refusal(lab.client.restore.start(start))).toBe('cluster.readOnly')
  const back = { targetDir, confirm: targetDir.split('/').at(-1) ?? '' }
  expect(await refusal(lab.client.restore.startRollback(back))).toBe('cluster.readOnly')
})
