import { mkdtemp, mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'vitest'
import { openFolderStore } from '../../../src/main/adapters/folder/folder-store.ts'
import { inProcessByteWork } from '../../fakes/in-process-byte-work.ts'
import { makeKiokRepository, nightsFrom } from '../../lab/kiok.ts'
import { startKiokSite, type KiokSiteLab } from '../../lab/runbooks/kiok.ts'
import type { KiokState } from '../../lab/runbooks/kiok-state.ts'
import { openRunLab, type RunLab } from './run-lab.ts'

export const masterKey = 'thirty-two bytes and shown nowhere, ever'
export const password = 'a-password-of-the-backup-shown-nowhere'
export const s3Secret = 'an-s3-secret-key-shown-nowhere'
export const secrets = [masterKey, password, s3Secret]

/** What production held when the backups were made. */
export const production: KiokState = {
  dags: ['hello', 'nightly', 'invoices'],
  cron: '0 2 * * *',
  maintenance: false,
  users: { admin: { password, mustChange: false } },
  connections: ['warehouse', 'mail'],
  logs: ['invoices/1'],
}

export interface KiokRunLab extends RunLab {
  readonly site: KiokSiteLab
  readonly backupIds: readonly string[]
  readonly inputs: Readonly<Record<string, string>>
  /** As a run is begun with: what was left out is as usual. */
  readonly usualInputs: Readonly<Record<string, string>>
  readonly backupsFolder: string
}

export interface LabBucket {
  readonly address: string
  readonly keys: { readonly accessKeyId: string; readonly secretAccessKey: string }
  /** All objects of a folder, where they are not there. */
  copyFrom(folder: string): Promise<void>
}

const cluster = 'kiok-lab'
const storeSizes = { metadata: 4000, kms: 3000, iam: 900, connections: 120, joblog: 5000 }

/** A lab for one test, which is left out where the machine has none. */
export async function kiokLabOf(
  context: TestContext,
  of: Parameters<typeof openKiokLab>[0],
): Promise<KiokRunLab> {
  const opened = await openKiokLab(of)
  if ('skip' in opened) return context.skip(opened.skip)
  context.onTestFinished(() => opened.close())
  return opened
}

/** Two backups, hosts as they are given, and a desk that knows them. */
export async function openKiokLab(of: {
  readonly hosts: readonly (KiokState | null)[]
  readonly key?: string
  readonly roots?: readonly string[]
  readonly diskBytes?: number | undefined
  /** Holds what lies in the folder of the backups. */
  readonly bucket?: LabBucket | undefined
}): Promise<KiokRunLab | { readonly skip: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-kiok-backups-'))
  await mkdir(join(folder, 'backups'))
  const backUp = async (at: string): Promise<string> => {
    const store = await openFolderStore(join(folder, 'backups'))
    const byteWork = inProcessByteWork(new Map())
    // One seed: the salt of a cluster is the same in all of its backups.
    const lab = { seed: 'runbook', cluster, masterKey, storeSizes, iterations: 1000 }
    const [id = ''] = await makeKiokRepository(
      { ...lab, nights: nightsFrom(at, 1, () => []) },
      { store, byteWork },
    )
    await byteWork.close()
    await store.close()
    return id
  }
  const ago = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString()
  const backupIds = [await backUp(ago(30)), await backUp(ago(6))]
  let lastMs = 0
  const site = await startKiokSite({
    masterKey,
    hosts: of.hosts,
    diskBytes: of.diskBytes,
    backups: Object.fromEntries(backupIds.map((id) => [id, production])),
    takeBackup: async () => {
      // Two of one second would have one id, as the time is all that tells them apart.
      lastMs = Math.max(Date.now(), lastMs + 1_000)
      const id = await backUp(new Date(lastMs).toISOString())
      await of.bucket?.copyFrom(join(folder, 'backups'))
      return id
    },
    ...(of.roots !== undefined && { roots: of.roots }),
  })
  if ('skip' in site) {
    await rm(folder, { recursive: true })
    return site
  }
  const { bucket } = of
  await bucket?.copyFrom(join(folder, 'backups'))
  const lab = await openRunLab({
    system: 'kiok',
    ...(bucket !== undefined && { bucket: { address: bucket.address, secret: 'bucket' } }),
    name: cluster,
    folder: join(folder, 'backups'),
    secrets: {
      key: { kind: 'masterKey', key: of.key ?? masterKey },
      login: { kind: 'login', user: 'admin', password },
      s3: { kind: 's3', accessKeyId: 'AKLAB', secretAccessKey: s3Secret },
      ...(bucket !== undefined && { bucket: { kind: 's3' as const, ...bucket.keys } }),
    },
    masterKeys: ['key'],
    connection: ({ login = '' }) => ({ ...site.values, login }),
  })
  const inputs = {
    ...site.inputs,
    s3Endpoint: 'http://127.0.0.1:9',
    s3Bucket: 'kiok-lab',
    s3PathStyle: 'true',
    s3Credential: lab.credentials['s3'] ?? '',
    canaryDag: 'hello',
  }
  return {
    ...lab,
    site,
    backupIds,
    backupsFolder: join(folder, 'backups'),
    inputs,
    usualInputs: {
      dataFolder: '',
      zkRoot: '/kiok',
      worker: '',
      s3Region: 'us-east-1',
      s3Prefix: 'backups',
      ...inputs,
    },
    async close() {
      await lab.close()
      await site.close()
      await rm(folder, { recursive: true })
    },
  }
}
