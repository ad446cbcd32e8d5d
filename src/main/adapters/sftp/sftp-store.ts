import type { RepositoryAddress } from '../../../shared/domain/address.ts'
import { throwIfCancelled, untilCancelled } from '../../../shared/domain/cancelled.ts'
import { HoldfastError, isHoldfastError } from '../../../shared/domain/error.ts'
import type { ObjectStore } from '../../ports/object-store.ts'
import { logIn, type LoginOptions } from '../ssh-login/log-in.ts'
import { listObjects } from './list-objects.ts'
import { placeFacts } from './place-facts.ts'
import { findObject, readObject } from './read-object.ts'
import { openSession } from './session.ts'
import { folderFailure } from './sftp-errors.ts'
import { infoOf, type Tree } from './tree.ts'
import { deleteObject, writeObject } from './write-object.ts'

export interface SftpStoreOptions extends LoginOptions {
  /** For the answer to one request; 60 s where left out. */
  readonly requestTimeoutMs?: number
  readonly signal?: AbortSignal
}

/**
 * A folder on an SFTP server as a repository, by the same rules as a local one, reached as `~/.ssh/config` says. Connects at once, and anew with the next
 * call after a connection was lost. Throws `host.unknownKey`, `host.changedKey`, `host.authentication`,
 * `host.weak`, `repository.unreachable`, `repository.notFound`, `repository.accessDenied`.
 *
 * A version is a file's size and its time of change in whole seconds, which is all that the protocol has: an object
 * replaced by another one of its size within a second looks the same.
 */
export async function openSftpStore(
  address: Extract<RepositoryAddress, { kind: 'sftp' }>,
  options: SftpStoreOptions,
): Promise<ObjectStore> {
  let current: Promise<Tree> | null = null
  let isClosed = false

  async function tree(signal: AbortSignal | undefined): Promise<Tree> {
    throwIfCancelled(signal)
    if (isClosed) throw new HoldfastError('repository.unreachable', { what: 'The repository was closed.' })
    const found = current
    const open = await untilCancelled(found?.catch(() => null) ?? Promise.resolve(null), signal)
    if (open?.session.isOpen === true) return open
    // Several calls may find it lost; the first of them connects for all.
    if (current === found || current === null) current = openTree(address, options)
    return untilCancelled(current, signal)
  }

  await tree(options.signal)
  return {
    capabilities: { parallelReads: 1, checksVersion: false, canWrite: true, atomicCreate: true },
    async *list({ prefix = '', delimiter, signal } = {}) {
      yield* listObjects({ tree: await tree(signal), prefix, delimiter, signal })
    },
    async head(key, { signal } = {}) {
      const found = await untilCancelled(findObject(await tree(signal), key), signal)
      return found === null ? null : infoOf(key, found.entry.facts)
    },
    get: async (key, getting = {}) => readObject(await tree(getting.signal), key, getting),
    put: async (key, body, putting = {}) =>
      writeObject(await tree(putting.signal), key, onePiece(body), putting),
    putStream: async (key, body, putting = {}) => writeObject(await tree(putting.signal), key, body, putting),
    delete: async (key, { signal } = {}) => deleteObject(await tree(signal), key, signal),
    facts: async (sample, { signal } = {}) => placeFacts(await tree(signal), sample, signal),
    async close() {
      isClosed = true
      const open = await current?.catch(() => null)
      open?.session.close()
    },
  }
}

async function openTree(
  address: Extract<RepositoryAddress, { kind: 'sftp' }>,
  options: SftpStoreOptions,
): Promise<Tree> {
  const { user, host, folder } = address
  // The address does not tell a port that was left out from the usual one, so `~/.ssh/config` may name another.
  const port = address.port === 22 ? null : address.port
  const ssh = await logIn({ user, host, port }, options).catch((error: unknown) => {
    if (!isHoldfastError(error, 'host.unreachable')) throw error
    throw new HoldfastError('repository.unreachable', error.text, { cause: error })
  })
  const session = await openSession(ssh, host, options.requestTimeoutMs ?? 60_000)
  try {
    const root = await session.realPath(folder)
    const facts = await session.stat(root)
    if (facts.kind !== 'folder') {
      throw new HoldfastError('repository.notFound', {
        what: `${folder} on ${host} is no folder.`,
        next: 'Check the address.',
      })
    }
    return { session, root, swept: new Set() }
  } catch (error) {
    session.close()
    throw folderFailure(error, folder)
  }
}

async function* onePiece(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body
}
