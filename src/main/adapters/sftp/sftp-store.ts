import { userInfo } from 'node:os'
import type { RepositoryAddress } from '../../../shared/domain/address.ts'
import { throwIfCancelled, untilCancelled } from '../../../shared/domain/cancelled.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { ObjectStore } from '../../ports/object-store.ts'
import { connectTo } from './connect.ts'
import { findLogins, type SshCredentials } from './credentials.ts'
import type { HostKeyPolicy } from './known-hosts.ts'
import { listObjects } from './list-objects.ts'
import { findObject, readObject } from './read-object.ts'
import { openSession } from './session.ts'
import { folderFailure } from './sftp-errors.ts'
import { infoOf, type Tree } from './tree.ts'
import { deleteObject, writeObject } from './write-object.ts'

export interface SftpStoreOptions {
  /** Never left out: a host that nobody vouches for gets neither a key nor a backup. */
  readonly hostKeys: HostKeyPolicy
  readonly credentials: SshCredentials
  /** From the first packet to the end of the login; 20 s where left out. */
  readonly connectTimeoutMs?: number
  /** For the answer to one request; 60 s where left out. */
  readonly requestTimeoutMs?: number
  /** Between two signs of life; a host that misses three is dead. 10 s where left out. */
  readonly keepAliveMs?: number
  readonly signal?: AbortSignal
}

/**
 * A folder on an SFTP server as a repository, by the same rules as a local one. Connects at once, and anew with the next
 * call after a connection was lost. Throws `host.unknownKey`, `host.changedKey`, `host.authentication`,
 * `repository.unreachable`, `repository.notFound`, `repository.accessDenied`.
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
  const { host, port, folder } = address
  const user = address.user ?? userInfo().username
  const logins = await findLogins(user, options.credentials)
  const ssh = await connectTo(host, port, {
    hostKeys: options.hostKeys,
    logins,
    user,
    connectTimeoutMs: options.connectTimeoutMs ?? 20_000,
    keepAliveMs: options.keepAliveMs ?? 10_000,
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
