import type { Page } from 'playwright/test'
import { openFolderStore } from '../../src/main/adapters/folder/folder-store.ts'
import { inProcessByteWork } from '../fakes/in-process-byte-work.ts'
import type { Cluster } from '../../src/shared/contract/clusters.ts'
import { makeKiokRepository } from '../lab/kiok.ts'
import { startKiokMasters, type KiokMasters } from '../lab/masters/kiok.ts'
import {
  addSealedCluster,
  atDesk,
  jobEnd,
  makeRepository,
  masterKey,
  smallSizes,
  unlockVault,
  verifyAll,
  type LabRepository,
} from './desk.ts'
import { expect, type Holdfast } from './holdfast.ts'

export const user = 'operator'
export const password = 'a password of the masters that is shown nowhere'

export interface LivingCluster {
  readonly name: string
  readonly id: string
  readonly masters: KiokMasters
  readonly repository: LabRepository
  /** Backups are made only once the last call's promise has resolved. */
  hold(until: Promise<void>): void
}

interface Wishes {
  readonly mode?: Cluster['mode']
  /** As if it had been connected before the window is opened. */
  readonly connected?: boolean
  readonly rpoMs?: number
  /** So many drills of its newest backup were made, too. */
  readonly drills?: number
}

let lastMadeMs = 0

/** Writes a backup of now, as the cluster itself would. */
export async function writeBackup({ folder }: LabRepository, cluster: string): Promise<string> {
  const store = await openFolderStore(folder)
  const byteWork = inProcessByteWork(new Map())
  try {
    // Manifests know whole seconds: one that is cut off would be from before what has just begun.
    // Nor are there two of one second: their ids would be the same.
    lastMadeMs = Math.max(Math.ceil(Date.now() / 1000) * 1000, lastMadeMs + 1000)
    const at = new Date(lastMadeMs).toISOString().replace('.000', '')
    const [made = ''] = await makeKiokRepository(
      {
        // The cluster's own salt again: another one would be another cluster's.
        seed: cluster,
        cluster,
        masterKey,
        storeSizes: smallSizes,
        nights: [{ at, changed: 'all' }],
      },
      { store, byteWork },
    )
    return made
  } finally {
    await byteWork.close()
    await store.close()
  }
}

/** A cluster whose backups are proved and whose masters live, saved before a window is opened. */
export async function livingCluster(
  holdfast: Holdfast,
  name: string,
  { mode = 'normal', connected = false, rpoMs, drills = 0 }: Wishes = {},
): Promise<LivingCluster> {
  const repository = await makeRepository(holdfast, name)
  let held = Promise.resolve()
  const masters = await startKiokMasters({
    users: { [user]: { password } },
    async takeBackup() {
      await held
      return writeBackup(repository, name)
    },
  })
  const id = await atDesk(holdfast, async (client) => {
    const added = await addSealedCluster(client, { name, address: repository.address, mode })
    await verifyAll(client, added.id)
    if (rpoMs !== undefined) {
      await client.clusters.edit({
        id: added.id,
        name,
        mode,
        masterKeys: added.masterKeys,
        rpoMs,
        rtoMs: null,
        reason: 'The lab.',
      })
    }
    for (let made = 0; made < drills; made += 1) {
      const backupId = repository.backupIds.at(-1) ?? ''
      const { jobId } = await client.drills.start({ clusterId: added.id, backupId })
      await jobEnd(client, jobId)
    }
    if (connected) {
      const login = await client.vault.add({
        label: `${name} login`,
        secret: { kind: 'login', user, password },
      })
      await client.masters.save({
        id: added.id,
        values: { masters: [...masters.origins], login: login.id, plaintext: true },
        reason: 'The lab.',
      })
    }
    return added.id
  })
  return {
    name,
    id,
    masters,
    repository,
    hold(until) {
      held = until
    },
  }
}

/** Opens the window on it, with the vault unlocked where the fleet asks for that. */
export async function openUnlocked(page: Page, holdfast: Holdfast): Promise<void> {
  await holdfast.start(page)
  await unlockVault(page)
}

/** Fills the form of a connection and keeps it. */
export async function connectByForm(page: Page, { masters }: Pick<LivingCluster, 'masters'>): Promise<void> {
  await page.getByRole('button', { name: 'Connect its masters…' }).click()
  await fillConnection(page, masters.origins)
  await expect(page.getByRole('heading', { name: 'It works.' })).toBeVisible()
  await page.getByRole('button', { name: 'Keep' }).click()
  await expect(page.getByRole('button', { name: 'Disconnect…' })).toBeVisible()
}

export async function fillConnection(
  page: Page,
  origins: readonly string[],
  secret = password,
): Promise<void> {
  await page.getByRole('textbox', { name: 'Masters', exact: true }).fill(origins.join('\n'))
  await page.getByRole('combobox', { name: 'Login' }).click()
  await page.getByRole('option', { name: 'New…' }).click()
  const dialog = page.getByRole('dialog', { name: 'New login' })
  await dialog.getByRole('textbox', { name: 'User' }).fill(user)
  await dialog.getByRole('textbox', { name: 'Password' }).fill(secret)
  await dialog.getByRole('button', { name: 'Keep it' }).click()
  await expect(dialog).toBeHidden()
  await page.getByRole('switch', { name: 'Send the login over http:' }).click({ force: true })
}
