import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openFolderStore } from '../../../src/main/adapters/folder/folder-store.ts'
import { inProcessByteWork } from '../../fakes/in-process-byte-work.ts'
import type { ObjectStore } from '../../../src/main/ports/object-store.ts'
import { makeArmadaRepository } from '../../lab/armada.ts'
import { makeChangoArchive, type ChangoLab } from '../../lab/chango.ts'
import { labVolume, makePgBackRestRepository } from '../../lab/kindling.ts'
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

/** Four backups of armada in a new folder: of the scheduled job, damaged, empty, good; newest first. */
export async function armadaFolder(parent: string, name: string): Promise<RepositoryFixture> {
  const { folder, address, store } = await newFolder(parent, name)
  await makeArmadaRepository(store)
  await store.close()
  const ids = ['26-11-20-02-00', '20261119T020000Z', '20261118T020000Z', '20261117T020000Z']
  return { folder, address, ids, flags: ['--repository', address, '--system', 'armada'] }
}

/** A week of a database, in bundles, and the disk of a project. */
export async function kindlingFolder(parent: string, name: string): Promise<RepositoryFixture> {
  const { folder, address, store } = await newFolder(parent, name)
  const full = '20261101-020000F'
  const next = `${full}_20261102-020000I`
  const files = { PG_VERSION: '15\n', 'base/5/1': 'rows '.repeat(3000) }
  await makePgBackRestRepository(
    store,
    [
      { label: full, files, wal: [2, 2], stoppedAt: '2026-11-01T02:00:09Z' },
      {
        label: next,
        prior: full,
        files: { ...files, 'base/5/2': 'more' },
        wal: [4, 5],
        stoppedAt: '2026-11-02T02:00:09Z',
      },
    ],
    { bundles: true },
  )
  const disk = '00000000-0000-4000-8000-000000000031'
  await store.put(`project-volumes/00000000-0000-4000-8000-000000000011/backups/${disk}.qcow2`, labVolume())
  await store.close()
  return {
    folder,
    address,
    ids: [full, next, disk],
    flags: ['--repository', address, '--system', 'kindling'],
  }
}
