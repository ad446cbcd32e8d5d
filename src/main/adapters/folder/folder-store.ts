import { stat } from 'node:fs/promises'
import { throwIfCancelled } from '../../../shared/domain/cancelled.ts'
import type { ObjectStore } from '../../ports/object-store.ts'
import { infoOf } from './file-version.ts'
import { listObjects } from './list-objects.ts'
import { findRoot } from './open-folder.ts'
import { placeFacts } from './place-facts.ts'
import { readObject, withObjectPath } from './read-object.ts'
import { deleteObject, writeObject } from './write-object.ts'

/**
 * A local folder as a repository: the keys are relative paths, the objects its regular files. A name that really lies
 * outside the folder, links followed, does not exist. Throws `repository.notFound` or `repository.accessDenied`.
 *
 * A version is a file's size and its time of change: it tells a replaced object as far as the file system's clock does,
 * and the bytes of one reading always belong to one file.
 */
export async function openFolderStore(folder: string): Promise<ObjectStore> {
  const root = await findRoot(folder)
  return {
    capabilities: { parallelReads: 1, checksVersion: false, canWrite: true, atomicCreate: true },
    list: ({ prefix = '', delimiter, signal } = {}) => listObjects({ root, prefix, delimiter, signal }),
    async head(key, { signal } = {}) {
      throwIfCancelled(signal)
      return withObjectPath(root, key, async (path) => infoOf(key, await stat(path, { bigint: true })))
    },
    get: (key, options = {}) => readObject(root, key, options),
    put: (key, body, options = {}) => writeObject(root, key, onePiece(body), options),
    putStream: (key, body, options = {}) => writeObject(root, key, body, options),
    delete: (key, { signal } = {}) => deleteObject(root, key, signal),
    facts: async (sample, { signal } = {}) => placeFacts(root, sample, signal),
    async close() {},
  }
}

async function* onePiece(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body
}
