import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { readOnly } from '../../src/main/adapters/decorators/read-only.ts'
import { withRetry } from '../../src/main/adapters/decorators/with-retry.ts'
import { openS3Store } from '../../src/main/adapters/s3/open-s3-store.ts'
import { systemRandom } from '../../src/main/adapters/system/random.ts'
import { inProcessByteWork } from '../fakes/in-process-byte-work.ts'
import { HeldMasterKey } from '../../src/main/engine/master-key.ts'
import { memoryOfThisRun } from '../../src/main/engine/verify/no-memory.ts'
import { findBackup } from '../../src/main/operations/find-backup.ts'
import { withRepository } from '../../src/main/operations/open-repository.ts'
import { planBackup } from '../../src/main/operations/plan-backup.ts'
import { runPlan } from '../../src/main/operations/run-plan.ts'
import type { ObjectStore } from '../../src/main/ports/object-store.ts'
import type { RestoreTarget } from '../../src/main/ports/restore-target.ts'
import { chango, walkChango } from '../../src/main/systems/chango/chango.ts'
import { makeBucket } from '../lab/bucket.ts'
import { makeChangoArchive } from '../lab/chango.ts'
import type { RgwAccess } from '../lab/rgw.ts'
import { plant, shapeOf } from '../unit/main/engine/restore/fixture.ts'
import { onThisMachine, type Scene } from './job.ts'

/** A restore out of a real bucket. */
export interface BucketScene extends Scene {
  readonly archive: Buffer
  /** Of the object that holds it. */
  readonly key: string
  /** The bucket as nobody disturbs it, below a prefix that is no one else's. */
  readonly openPrefix: () => Promise<{ readonly prefix: string; readonly store: ObjectStore }>
  /** The whole of it: looked at, planned, restored. `port`: of the way to the gateway. */
  restore(target: RestoreTarget, from: BucketWay, key?: string): Promise<void>
  /** How often the last restore has waited before it asked again. */
  pauses(): number
}

export interface BucketWay {
  readonly prefix: string
  readonly port: number
}

const masterKey = 'a-master-key-of-the-lab-0123456789abcdef'
/** Of more than one range of a reading. */
const metadataBytes = 9 * 1024 * 1024
const before = { 'kms/CURRENT': 'old', 'metadata/CURRENT': 'old', other: 'not ours' }

export async function openBucketScene(rgw: RgwAccess, above: string): Promise<BucketScene> {
  const bucket = `faults-${randomBytes(6).toString('hex')}`
  await makeBucket(rgw, bucket)
  const archive = await makeChangoArchive({
    dialect: 2,
    seed: 'faults',
    when: '2026-11-19T02:00:00Z',
    sizes: { metadata: metadataBytes },
    masterKey,
  })
  const bytes = await buffer(archive.pieces())
  let pauses = 0
  const wait = async (): Promise<void> => {
    pauses += 1
    return Promise.resolve()
  }
  // One time for all of its restores: what is moved aside is named after it.
  const clock = { now: () => Date.UTC(2026, 10, 20, 2, 0, 0), wait }
  const address = (prefix: string, endpoint: string) =>
    ({ kind: 's3', bucket, prefix, endpoint, region: null, style: 'path' }) as const
  const open = async (prefix: string, endpoint: string): Promise<ObjectStore> =>
    openS3Store(address(prefix, endpoint), {
      credentials: { source: 'keys', keys: rgw },
      clock: { now: () => Date.now(), wait },
    })
  let prefixes = 0

  const scene = {
    job: 'restore' as const,
    archive: bytes,
    key: archive.key,
    plant: async (dir: string) => Promise.resolve(plant(dir, before)),
    async openPrefix() {
      prefixes += 1
      const prefix = `${prefixes}/`
      const store = await open(prefix, rgw.endpoint)
      await store.put(archive.key, bytes)
      return { prefix, store }
    },
    async restore(target: RestoreTarget, { prefix, port }: BucketWay, key = masterKey) {
      const endpoint = `http://127.0.0.1:${port}`
      pauses = 0
      await withRepository(
        {
          system: chango,
          address: address(prefix, endpoint),
          access: {
            credential: { source: 'given', pair: { ...rgw, sessionToken: null } },
            caFile: null,
            allowHttp: false,
            sshKeyFiles: [],
            hostKey: null,
            maxBytesPerSecond: null,
          },
          masterKeys: [new HeldMasterKey(Buffer.from(key), 'lab')],
          workers: null,
        },
        {
          clock,
          random: systemRandom,
          // As the application opens it.
          openStore: async () =>
            withRetry(readOnly(await open(prefix, endpoint)), { attempts: 3, clock, random: systemRandom }),
          openCatalog: async () => ({
            installationSecret: async () => Promise.resolve(new Uint8Array(32).fill(7)),
            openRepository: async () => Promise.resolve(memoryOfThisRun()),
          }),
          openByteWork: async () => inProcessByteWork(new Map([['chango', walkChango]])),
        },
        { note: () => undefined },
        async (opened) => {
          const planned = await planBackup(findBackup(archive.backupId, opened), target, opened, { clock })
          const signal = new AbortController().signal
          await runPlan(planned, target, { clock, random: systemRandom, signal, onProgress: () => undefined })
        },
      )
    },
    pauses: () => pauses,
  }
  const { prefix, store } = await scene.openPrefix()
  const dir = join(above, 'bucket-undisturbed')
  await scene.plant(dir)
  const old = shapeOf(dir)
  await onThisMachine(dir, async (target) =>
    scene.restore(target, { prefix, port: Number(new URL(rgw.endpoint).port) }),
  )
  await store.close()
  return { ...scene, old, new: shapeOf(dir) }
}
