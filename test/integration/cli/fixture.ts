import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openFolderStore } from '../../../src/main/adapters/folder/folder-store.ts'
import { inProcessByteWork } from '../../../src/main/engine/in-process-byte-work.ts'
import type { ObjectStore } from '../../../src/main/ports/object-store.ts'
import { makeChangoArchive, type ChangoLab } from '../../lab/chango.ts'
import { kisekiShards, writeKisekiSnapshot } from '../../lab/kiseki.ts'
import { makeKiokRepository, nightsFrom, type KiokLab } from '../../lab/kiok.ts'

export const masterKey = 'a master key of at least thirty-two characters'
export const storeSizes = { metadata: 5_000, kms: 700, iam: 900, connections: 120, joblog: 70_000 }

export interface RepositoryFixture {
  readonly folder: string
  readonly address: string
  /** Oldest first. */
  readonly ids: readonly string[]
  /** `--repository … --system …` */
  readonly flags: readonly string[]
}

/** Three nights of kiok in a new folder. */
export async function kiokFolder(
  parent: string,
  name: string,
  overrides: Partial<KiokLab> = {},
): Promise<RepositoryFixture> {
  const { folder, address, store } = await newFolder(parent, name)
  const ids = await fillWithKiok(store, overrides)
  await store.close()
  return { folder, address, ids, flags: ['--repository', address, '--system', 'kiok'] }
}

export async function fillWithKiok(
  store: ObjectStore,
  overrides: Partial<KiokLab> = {},
): Promise<readonly string[]> {
  const byteWork = inProcessByteWork(new Map())
  try {
    return await makeKiokRepository(
      {
        seed: 'command line',
        cluster: 'kiok-prod',
        masterKey,
        storeSizes,
        nights: nightsFrom('2026-11-10T02:00:00Z', 3, () => ['metadata']),
        ...overrides,
      },
      { store, byteWork },
    )
  } finally {
    await byteWork.close()
  }
}

/** One chango archive of each dialect in a new folder; oldest first. */
export async function changoFolder(
  parent: string,
  name: string,
  overrides: Partial<ChangoLab> = {},
): Promise<RepositoryFixture> {
  const { folder, address, store } = await newFolder(parent, name)
  const ids: string[] = []
  for (const dialect of [1, 2] as const) {
    const when = `2026-11-1${dialect}T02:00:00Z`
    const archive = await makeChangoArchive({
      dialect,
      seed: 'command line',
      when,
      patches: 1,
      masterKey,
      ...overrides,
    })
    await store.putStream(archive.key, archive.pieces())
    ids.push(archive.backupId)
  }
  await store.close()
  return { folder, address, ids, flags: ['--repository', address, '--system', 'chango'] }
}

/** Two kiseki snapshots in a new folder, the older one with shards, the newer one empty; and a tar without a manifest. */
export async function kisekiFolder(parent: string, name: string): Promise<RepositoryFixture> {
  const { folder, address, store } = await newFolder(parent, name)
  const filled = { seed: 'filled', at: '2026-11-10T06:00:00Z', shards: kisekiShards('command line', 3, 700) }
  const ids = [
    await writeKisekiSnapshot(filled, store),
    await writeKisekiSnapshot({ seed: 'empty', at: '2026-11-11T06:00:00Z', shards: [] }, store),
  ]
  const orphan = await writeKisekiSnapshot({ seed: 'orphan', at: '2026-11-12T06:00:00Z', shards: [] }, store)
  await store.delete(`${orphan}/manifest.json`)
  await store.close()
  return { folder, address, ids, flags: ['--repository', address, '--system', 'kiseki'] }
}

/** The key in a file, as an editor leaves it. */
export function keyFile(parent: string, text = `${masterKey}\n`, name = 'master.key'): string {
  const file = join(parent, name)
  writeFileSync(file, text, { mode: 0o600 })
  return file
}

async function newFolder(parent: string, name: string) {
  const folder = join(parent, name)
  mkdirSync(folder, { recursive: true })
  return { folder, address: pathToFileURL(folder).href, store: await openFolderStore(folder) }
}
