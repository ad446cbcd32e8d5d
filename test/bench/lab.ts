import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openFolderStore } from '../../src/main/adapters/folder/folder-store.ts'
import { inProcessByteWork } from '../fakes/in-process-byte-work.ts'
import { makeKiokRepository, nightsFrom, type KiokNight } from '../lab/kiok.ts'

export const mebibyte = 1024 * 1024
const masterKey = 'a master key of at least thirty-two characters'

export interface FolderLab {
  readonly folder: string
  /** `--repository … --system … --master-key-file …` */
  readonly flags: readonly string[]
}

export interface FolderLabOptions {
  readonly sizes: Readonly<Record<'metadata' | 'iam' | 'connections' | 'joblog', number>>
  readonly nights?: readonly KiokNight[]
}

/** A kiok repository in a new folder below `parent`. */
export async function makeFolder(
  parent: string,
  name: string,
  { sizes, nights = nightsFrom('2026-11-20T02:00:00Z', 1, () => []) }: FolderLabOptions,
): Promise<FolderLab> {
  const folder = join(parent, name)
  await mkdir(folder, { recursive: true })
  const store = await openFolderStore(folder)
  const byteWork = inProcessByteWork(new Map())
  await makeKiokRepository(
    { seed: name, cluster: 'bench', masterKey, storeSizes: { ...sizes, kms: 3000 }, nights },
    { store, byteWork },
  )
  await byteWork.close()
  await store.close()
  return { folder, flags: kiokFlags(pathToFileURL(folder).href, await keyFile(parent)) }
}

export function kiokFlags(address: string, masterKeyFile: string): readonly string[] {
  return ['--repository', address, '--system', 'kiok', '--master-key-file', masterKeyFile]
}

export async function keyFile(parent: string): Promise<string> {
  const file = join(parent, 'master.key')
  await writeFile(file, masterKey, { mode: 0o600 })
  return file
}

/** Four large stores of the same size. */
export function four(sizeBytes: number): FolderLabOptions {
  return {
    sizes: { metadata: sizeBytes, iam: sizeBytes, connections: sizeBytes, joblog: sizeBytes },
  }
}
