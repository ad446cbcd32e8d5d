import type { ContractRouterClient } from '@orpc/contract'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright/test'
import { pathToFileURL } from 'node:url'
import { openFolderStore } from '../../src/main/adapters/folder/folder-store.ts'
import { inProcessByteWork } from '../fakes/in-process-byte-work.ts'
import { openCliDesk } from '../../src/main/hosts/cli-desk.ts'
import type { Cluster } from '../../src/shared/contract/clusters.ts'
import type { Contract } from '../../src/shared/contract/contract.ts'
import { noAccess, type Access } from '../../src/shared/contract/repositories.ts'
import { makeKiokRepository, nightsFrom, type KiokNight } from '../lab/kiok.ts'
import type { Holdfast } from './holdfast.ts'

export type DeskClient = ContractRouterClient<Contract>

export const passphrase = 'a passphrase of the specs'
export const masterKey = 'a master key of the specs: it protects nothing'

const out = new URL('../../out/', import.meta.url)

/** Calls this Holdfast's desk in this process, for what a spec takes as given. No window may run meanwhile. */
export async function atDesk<T>(
  { stateFolder }: Pick<Holdfast, 'stateFolder'>,
  work: (client: DeskClient) => Promise<T>,
): Promise<T> {
  const desk = await openCliDesk({
    stateFolder,
    shell: 'browser',
    version: 'specs',
    workerUrl: new URL('main/worker.js', out),
    pagesUrl: new URL('renderer/', out),
  })
  try {
    return await work(desk.client)
  } finally {
    await desk.close()
  }
}

/** The vault as a sealed file, open for the rest of the work. */
export async function chooseVault(client: DeskClient): Promise<void> {
  await client.vault.choose({ backend: 'sealedFile', passphrase })
}

/** Opens the vault at the fleet, as the row of a cluster that needs a secret offers it. */
export async function unlockVault(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Unlock…' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'The vault is locked' })
  await dialog.getByLabel('Passphrase').fill(passphrase)
  await dialog.getByRole('button', { name: 'Unlock' }).click()
  await dialog.waitFor({ state: 'hidden' })
}

export interface LabRepository {
  readonly folder: string
  readonly address: string
  /** Oldest first. */
  readonly backupIds: readonly string[]
}

interface LabWishes {
  readonly nights?: number
  readonly masterKey?: string
  /** True: nothing is sealed, so that no vault is needed. */
  readonly plain?: boolean
  readonly storeSizes?: Readonly<Record<string, number>>
}

/** Stores so small that a spec need not wait for them. */
export const smallSizes = { metadata: 9_000, kms: 3_000, iam: 4_000, connections: 1_200, joblog: 12_000 }

/** A folder with one kiok backup a night, the last one two hours ago; `kms` and `connections` are shared by all of them. */
export async function makeRepository(
  { dir }: Pick<Holdfast, 'dir'>,
  cluster: string,
  wishes: LabWishes = {},
): Promise<LabRepository> {
  const folder = join(dir, 'repositories', cluster)
  await mkdir(folder, { recursive: true })
  const store = await openFolderStore(folder)
  const byteWork = inProcessByteWork(new Map())
  try {
    const backupIds = await makeKiokRepository(
      {
        seed: cluster,
        cluster,
        masterKey: wishes.masterKey ?? masterKey,
        storeSizes: wishes.storeSizes ?? smallSizes,
        nights: recentNights(wishes.nights ?? 3),
        plain: wishes.plain ?? false,
      },
      { store, byteWork },
    )
    return { folder, address: pathToFileURL(folder).href, backupIds }
  } finally {
    await byteWork.close()
    await store.close()
  }
}

function recentNights(count: number): readonly KiokNight[] {
  const lastMs = Math.floor(Date.now() / 1000) * 1000 - 2 * 3_600_000
  const first = new Date(lastMs - (count - 1) * 86_400_000).toISOString()
  return nightsFrom(first, count, () => ['metadata', 'iam', 'joblog'])
}

/** Changes one byte of an object, as a bad disk does. */
export async function spoil({ folder }: LabRepository, key: string): Promise<void> {
  const file = join(folder, key)
  const bytes = await readFile(file)
  const at = Math.floor(bytes.byteLength * 0.7)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  await writeFile(file, bytes)
}

export async function addCluster(
  client: DeskClient,
  given: {
    readonly name: string
    readonly address: string
    readonly masterKeys?: readonly string[]
    readonly system?: Cluster['system']
    readonly mode?: Cluster['mode']
    readonly access?: Partial<Access>
  },
): Promise<Cluster> {
  return client.clusters.add({
    name: given.name,
    system: given.system ?? 'kiok',
    mode: given.mode ?? 'normal',
    masterKeys: [...(given.masterKeys ?? [])],
    rpoMs: 24 * 3_600_000,
    rtoMs: null,
    repository: { kind: 'new', address: given.address, access: { ...noAccess, ...given.access } },
  })
}

/** Puts the specs' master key into the vault; gives its id. */
export async function addMasterKey(
  client: DeskClient,
  key = masterKey,
  label = 'Key of the specs',
): Promise<string> {
  return (await client.vault.add({ label, secret: { kind: 'masterKey', key } })).id
}

/** A cluster whose key is in the vault, which is chosen for it. */
export async function addSealedCluster(
  client: DeskClient,
  given: Parameters<typeof addCluster>[1],
): Promise<Cluster> {
  await chooseVault(client)
  return addCluster(client, { ...given, masterKeys: [await addMasterKey(client)] })
}

/** Verifies all backups of a cluster, to the end. */
export async function verifyAll(client: DeskClient, clusterId: string): Promise<void> {
  const { jobId } = await client.verify.start({
    clusterId,
    selection: { kind: 'all' },
    level: null,
    recheck: false,
  })
  await jobEnd(client, jobId)
}

/** Waits until a job is over. */
export async function jobEnd(client: DeskClient, jobId: string): Promise<void> {
  for await (const _event of await client.jobs.events({ id: jobId, after: 0 }));
}

/** A repository that is read at a rate, so that work on it is met in its middle. */
export async function slowDown(client: DeskClient, id: string, maxBytesPerSecond: number): Promise<void> {
  const { name, address, access } = (await client.repositories.list()).find((each) => each.id === id) ?? {}
  if (name === undefined || address === undefined || access === undefined) throw new Error(id)
  await client.repositories.edit({ id, name, address, access: { ...access, maxBytesPerSecond } })
}
