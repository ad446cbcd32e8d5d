import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openFolderStore } from '../../src/main/adapters/folder/folder-store.ts'
import { makeChangoArchive } from '../lab/chango.ts'
import { keyFile } from './lab.ts'
import { holdfast, type MeasuredRun } from './measure.ts'

/** A backup of many small files. */
export interface ManyFiles {
  /** The archive as it is stored. */
  readonly file: string
  /** By the built command line, into a new folder: checked, planned, written, put in place and read back. */
  restoreTo(folder: string, target: string, flags?: readonly string[]): Promise<MeasuredRun>
}

export async function manyFiles(dir: string, files: number): Promise<ManyFiles> {
  const repository = join(dir, 'repository')
  await mkdir(repository)
  const masterKeyFile = await keyFile(dir)
  const store = await openFolderStore(repository)
  const when = '2026-11-20T02:00:00Z'
  const archive = await makeChangoArchive({ dialect: 2, seed: 'many', when, patches: files })
  await store.putStream(archive.key, archive.pieces())
  await store.close()
  return {
    file: join(repository, archive.key),
    async restoreTo(folder, target, flags = []) {
      await mkdir(join(dir, folder))
      return holdfast(
        ['restore', archive.backupId, '--confirm', folder, '--system', 'chango', '--target', target].concat(
          ['--repository', pathToFileURL(repository).href, '--master-key-file', masterKeyFile],
          flags,
        ),
      )
    },
  }
}
