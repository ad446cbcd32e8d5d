import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openFolderStore } from '../../src/main/adapters/folder/folder-store.ts'
import { objectStoreSuite } from './object-store-suite.ts'

objectStoreSuite('a local folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-folder-'))
  return {
    store: await openFolderStore(folder),
    async fill(keys) {
      for (const key of keys) {
        await mkdir(dirname(join(folder, key)), { recursive: true })
        await writeFile(join(folder, key), '.')
      }
    },
    cleanUp: () => rm(folder, { recursive: true }),
  }
})
