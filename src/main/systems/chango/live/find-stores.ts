import { storeParts } from '../facts.ts'
import type { MasterHost } from './on-host.ts'

export interface Stores {
  /** Of kms, iam and metadata. */
  readonly folder: string
  /** Null where there is none. */
  readonly patches: string | null
}

/** The older pages' folder, then the one that the newer manifest names (chango documents, features/backup). */
const usualFolders = ['/var/lib/chango', '/opt/chango/data/master']

/** Where the three stores lie; null where nowhere that is known. */
export async function findStores(
  host: MasterHost,
  { storesFolder, home }: { readonly storesFolder: string; readonly home: string },
  signal?: AbortSignal,
): Promise<Stores | null> {
  for (const folder of storesFolder === '' ? usualFolders : [storesFolder]) {
    const currents = storeParts.map((part) => `${folder}/${part}/CURRENT`)
    if ((await host.run(['ls', '-d', '--', ...currents], signal)).code !== 0) continue
    // The pages disagree about the base of the patches (features/patch-system against admin-password-recovery).
    const places = [`${folder}/data/master/patches`, `${folder}/patches`, `${home}/data/master/patches`]
    for (const patches of places)
      if ((await host.run(['test', '-d', patches], signal)).code === 0) return { folder, patches }
    return { folder, patches: null }
  }
  return null
}
