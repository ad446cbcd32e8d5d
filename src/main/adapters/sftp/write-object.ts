import { randomBytes } from 'node:crypto'
import { throwIfCancelled, untilCancelled } from '../../../shared/domain/cancelled.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { isTemporaryName, keyParts, partOfName, temporaryNameOf } from '../../../shared/domain/key-path.ts'
import type { ObjectInfo, PutOptions } from '../../ports/object-store.ts'
import { badKey, changed, isNowhere, sftpStatus, statusOf, writeFailure } from './sftp-errors.ts'
import { findWay, inFolder, infoOf, isTellable, lookUp, rawNames, realFolder, type Tree } from './tree.ts'

/** Small enough for every server to take in one packet. */
const sliceBytes = 30 * 1024
const requestsAhead = 64
/** An unfinished write that nothing was added to for so long was abandoned. */
const abandonedAfterSeconds = 24 * 60 * 60

/**
 * Writes into a temporary file beside the object and renames it when it is whole. What the source throws passes as it
 * is.
 */
export async function writeObject(
  tree: Tree,
  key: string,
  body: AsyncIterable<Uint8Array>,
  { ifAbsent = false, signal }: PutOptions,
): Promise<ObjectInfo> {
  throwIfCancelled(signal)
  const parts = keyParts(key)
  const last = parts?.at(-1)
  if (!parts || last === undefined || !isTellable(key)) {
    throw badKey(
      key,
      'It is longer than 1024 bytes, or one of its parts is empty, ".", "..", longer than 255 bytes, or holds "%3A", NUL or U+FFFD.',
    )
  }
  const { session } = tree
  const source: SourceState = {}
  let temporary: string | null = null
  let handle: Buffer | null = null
  try {
    const folder = await makeFolders(tree, key, parts.slice(0, -1))
    temporary = inFolder(folder, temporaryNameOf(randomBytes(16)))
    handle = await session.openFile(temporary, 'wx')
    const writtenBytes = await writeAll(tree, handle, body, source, signal)
    await session.sync(handle)
    const facts = await session.fstat(handle)
    if (facts.sizeBytes !== writtenBytes) throw shortWrite(key)
    await sweepAbandoned(tree, folder, facts.modifiedSeconds)
    await session.closeHandle(handle)
    handle = null
    throwIfCancelled(signal)
    await putInPlace(tree, key, { folder, temporary, part: last, ifAbsent })
    temporary = null
    return infoOf(key, facts)
  } catch (error) {
    throw source.failure === error ? error : await explain(tree, error, key)
  } finally {
    if (handle !== null) await session.closeHandle(handle).catch(() => undefined)
    if (temporary !== null) await session.remove(temporary).catch(() => undefined)
  }
}

export async function deleteObject(tree: Tree, key: string, signal?: AbortSignal): Promise<void> {
  throwIfCancelled(signal)
  const { session } = tree
  const parts = keyParts(key)
  const last = parts?.at(-1)
  if (!parts || last === undefined) return
  const way = await findWay(tree, parts.slice(0, -1))
  const folder = way?.at(-1)
  if (!way || folder === undefined) return
  try {
    // Each round removes the name that counts: `:` and `%3A` may both be there.
    for (
      let entry = await lookUp(tree, folder, last);
      entry?.kind === 'file';
      entry = await lookUp(tree, folder, last)
    ) {
      await session.remove(inFolder(folder, entry.name)).catch((error: unknown) => {
        if (!isNowhere(error)) throw error
      })
      if (!last.includes(':')) break
    }
  } catch (error) {
    throw await explain(tree, error, key)
  }
  // A bucket has no empty folders. One that is not empty, or not ours to remove, ends this.
  for (const empty of way.slice(1).reverse()) {
    const removed = await session.removeFolder(empty).then(
      () => true,
      () => false,
    )
    if (!removed) return
  }
}

async function makeFolders(tree: Tree, key: string, parts: readonly string[]): Promise<string> {
  const { session } = tree
  let folder = tree.root
  for (const part of parts) {
    const found = await lookUp(tree, folder, part)
    const name = found?.name ?? part
    if (found === null) {
      await session.makeFolder(inFolder(folder, name)).catch((error: unknown) => {
        // Somebody made it meanwhile, or the name is taken by something else: seen below.
        if (statusOf(error) !== sftpStatus.failure) throw error
      })
    }
    const made = found ?? (await lookUp(tree, folder, part))
    const next = made?.kind === 'folder' ? await realFolder(tree, folder, made.name) : null
    if (next === null) {
      const space = made === null ? await session.space(folder).catch(() => null) : null
      if (space !== null && (space.isReadOnly || space.freeBlocks === 0))
        throw diskFailure(key, space.isReadOnly)
      throw badKey(key, 'One of its folders is an object, or leads outside the repository.')
    }
    folder = next
  }
  return folder
}

/** Told apart from failures of the server: a source's error is the caller's. */
interface SourceState {
  failure?: unknown
}

async function writeAll(
  { session }: Tree,
  handle: Buffer,
  body: AsyncIterable<Uint8Array>,
  source: SourceState,
  signal: AbortSignal | undefined,
): Promise<number> {
  const pieces = body[Symbol.asyncIterator]()
  const underWay = new Set<Promise<void>>()
  let failed: { readonly error: unknown } | null = null
  let position = 0
  try {
    for (;;) {
      const next = await untilCancelled(pieces.next(), signal).catch((error: unknown) => {
        source.failure = error
        throw error
      })
      if (next.done === true) break
      for (let at = 0; at < next.value.byteLength; at += sliceBytes) {
        const slice = next.value.subarray(at, at + sliceBytes)
        // ssh2 copies a slice of this size at once, so the piece stays its owner's.
        const bytes = Buffer.from(slice.buffer, slice.byteOffset, slice.byteLength)
        const writing = session
          .write(handle, bytes, position)
          .catch((error: unknown) => {
            failed ??= { error }
          })
          .finally(() => underWay.delete(writing))
        underWay.add(writing)
        position += slice.byteLength
        if (underWay.size >= requestsAhead) await untilCancelled(Promise.race(underWay), signal)
        if (failed !== null) throw (failed as { readonly error: unknown }).error
      }
    }
    await untilCancelled(Promise.all(underWay), signal)
    if (failed !== null) throw (failed as { readonly error: unknown }).error
    return position
  } catch (error) {
    // Not waited for: a source that is stuck would never answer.
    pieces.return?.().catch(() => undefined)
    throw error
  }
}

interface Placing {
  readonly folder: string
  readonly temporary: string
  readonly part: string
  readonly ifAbsent: boolean
}

async function putInPlace(
  tree: Tree,
  key: string,
  { folder, temporary, part, ifAbsent }: Placing,
): Promise<void> {
  const { session } = tree
  const there = await lookUp(tree, folder, part)
  if (there?.kind === 'folder') throw badKey(key, 'It is a folder of other keys.')
  if (ifAbsent && there !== null) throw changed(key, 'It exists already.')
  const to = inFolder(folder, there?.name ?? part)
  if (!ifAbsent && (await session.replace(temporary, to))) return
  // SFTP's own rename fails where the name is taken (draft-ietf-secsh-filexfer-02, 6.5); OpenSSH does it by a link.
  await session.rename(temporary, to).catch(async (error: unknown) => {
    const isTaken = statusOf(error) === sftpStatus.failure && (await isThere(tree, to))
    if (!isTaken) throw error
    if (ifAbsent) throw changed(key, 'It exists already.')
    throw new HoldfastError('repository.badAnswer', {
      what: `The object ${JSON.stringify(key)} could not be replaced.`,
      why: 'The server has no way to replace a file in one step (posix-rename@openssh.com).',
      unchanged: 'What stood under the key before is unchanged.',
      next: 'Delete the object first, or use another server.',
    })
  })
}

async function isThere({ session }: Tree, path: string): Promise<boolean> {
  return session.lstat(path).then(
    () => true,
    () => false,
  )
}

/**
 * Removes what crashed writers left in a folder, once a connection, as it reads the whole folder; the age is told by the
 * server's own clock.
 */
async function sweepAbandoned(tree: Tree, folder: string, nowSeconds: number): Promise<void> {
  if (tree.swept.has(folder)) return
  tree.swept.add(folder)
  for await (const { name, facts } of rawNames(tree, folder)) {
    if (partOfName(name) !== null || !isTemporaryName(name)) continue
    if (nowSeconds - facts.modifiedSeconds <= abandonedAfterSeconds) continue
    await tree.session.remove(inFolder(folder, name)).catch(() => undefined)
  }
}

/** SFTP says only "failure" for a full or read-only disk; the file system itself is asked then. */
async function explain({ session, root }: Tree, error: unknown, key: string): Promise<HoldfastError> {
  if (statusOf(error) === sftpStatus.failure) {
    const space = await session.space(root).catch(() => null)
    if (space !== null && (space.isReadOnly || space.freeBlocks === 0))
      return diskFailure(key, space.isReadOnly, error)
  }
  return writeFailure(error, key)
}

function diskFailure(key: string, isReadOnly: boolean, cause?: unknown): HoldfastError {
  const what = `The object ${JSON.stringify(key)} could not be written.`
  const unchanged = 'What stood under the key before is unchanged.'
  const text = isReadOnly
    ? { what, why: 'The server’s file system is read-only.', unchanged }
    : {
        what,
        why: 'There is no space left on the server.',
        unchanged,
        next: 'Free space there and run it again.',
      }
  return new HoldfastError(isReadOnly ? 'repository.readOnly' : 'repository.full', text, { cause })
}

function shortWrite(key: string): HoldfastError {
  return new HoldfastError('repository.badAnswer', {
    what: `The object ${JSON.stringify(key)} was not written whole.`,
    why: 'The server confirmed more bytes than the file has.',
    unchanged: 'What stood under the key before is unchanged.',
  })
}
