import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openFolderStore } from '../../src/main/adapters/folder/folder-store.ts'
import { openDeskState } from '../../src/main/adapters/saved-state/open-desk-state.ts'
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import { inProcessByteWork } from '../fakes/in-process-byte-work.ts'
import { noAccess } from '../../src/shared/contract/repositories.ts'
import { makeKiokRepository, nightsFrom } from '../lab/kiok.ts'
import { savedClusterOf } from '../support/saved-cluster.ts'

/** Enough for a verification of all backups to take some seconds. */
const storeSizes = { metadata: 1_000_000, kms: 3_000, iam: 20_000, connections: 1_200, joblog: 20_000 }

/** A folder of saved state with many clusters, each with a repository of its own address; all are the same folder. */
export async function makeFleet(
  dir: string,
  { clusters, backups }: { readonly clusters: number; readonly backups: number },
): Promise<{ readonly stateFolder: string }> {
  const names = Array.from({ length: clusters }, (_, at) => `kiok-${String(at + 1).padStart(3, '0')}`)
  const folderOf = (name: string): string => join(dir, 'repositories', name)
  const [first = '', ...others] = names
  await writeRepository(folderOf(first), backups)
  for (const name of others) await symlink(folderOf(first), folderOf(name))

  const stateFolder = join(dir, 'desk')
  const state = await openDeskState(stateFolder, { clock: systemClock })
  try {
    for (const name of names) {
      const address = pathToFileURL(folderOf(name)).href
      await state.repositories.put({ id: name, name, address, system: 'kiok', access: noAccess })
      await state.clusters.put(
        savedClusterOf({ id: name, name, repositoryId: name, addedAt: new Date().toISOString() }),
      )
    }
  } finally {
    await state.close()
  }
  return { stateFolder }
}

async function writeRepository(folder: string, backups: number): Promise<void> {
  await mkdir(folder, { recursive: true })
  const lastMs = Math.floor(Date.now() / 1000) * 1000 - 2 * 3_600_000
  const first = new Date(lastMs - (backups - 1) * 86_400_000).toISOString()
  const store = await openFolderStore(folder)
  const byteWork = inProcessByteWork(new Map())
  try {
    await makeKiokRepository(
      {
        seed: 'fleet',
        cluster: 'kiok-fleet',
        masterKey: '',
        plain: true,
        storeSizes,
        nights: nightsFrom(first, backups, (night) => (night % 7 === 3 ? ['metadata', 'iam'] : ['metadata'])),
      },
      { store, byteWork },
    )
  } finally {
    await byteWork.close()
    await store.close()
  }
}

/** As if every cluster had been looked at: with what was seen of one of them. Gives how many really were. */
export async function lookAtAll(stateFolder: string): Promise<number> {
  const state = await openDeskState(stateFolder, { clock: systemClock })
  try {
    const seen = state.looks.list()
    const [one] = seen
    if (one === undefined) throw new Error('no cluster was looked at')
    for (const { id } of state.clusters.list()) await state.looks.put({ ...one, id })
    return seen.length
  } finally {
    await state.close()
  }
}
