import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { link, lstat, mkdir, open, readdir, rename, rmdir, unlink, type FileHandle } from 'node:fs/promises'
import { throwIfCancelled, untilCancelled } from '../../../shared/domain/cancelled.ts'
import {
  isTemporaryName,
  keyParts,
  nameWithoutColon,
  temporaryNameOf,
} from '../../../shared/domain/key-path.ts'
import type { ObjectInfo, PutOptions } from '../../ports/object-store.ts'
import { closeWay, lookUp, openWay, variantsOf } from './entries.ts'
import { infoOf } from './file-version.ts'
import { badKey, changed, systemCode, writeFailure } from './folder-errors.ts'
import { openRoot, type OpenFolder, type Root } from './open-folder.ts'

const writeFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0)
/** An unfinished write that nothing was added to for so long was abandoned. */
const abandonedAfterMs = 24 * 60 * 60 * 1000

/**
 * Writes into a temporary file beside the object and puts it in place when it is whole and on the disk. The source is
 * closed whatever happens; what it throws passes as it is.
 */
export async function writeObject(
  root: Root,
  key: string,
  body: AsyncIterable<Uint8Array>,
  { ifAbsent = false, signal }: PutOptions,
): Promise<ObjectInfo> {
  throwIfCancelled(signal)
  const parts = keyParts(key)
  const last = parts?.at(-1)
  if (!parts || last === undefined) {
    throw badKey(
      key,
      'It is longer than 1024 bytes, or one of its parts is empty, ".", "..", longer than 255 bytes, or holds "%3A" or NUL.',
    )
  }
  let unfinished: Unfinished | null = null
  const source: SourceState = {}
  try {
    unfinished = await begin(root, key, parts.slice(0, -1))
    const { folder, file, temporary } = unfinished
    await sweepAbandoned(root, folder, await file.stat())
    await writeAll(file, body, source, signal)
    await file.sync()
    throwIfCancelled(signal)
    await putInPlace(root, key, { folder, temporary, part: last, ifAbsent })
    unfinished = { ...unfinished, placed: true }
    await folder.sync()
    // Only now: being moved changes the inode, and with it the version.
    return infoOf(key, await file.stat({ bigint: true }))
  } catch (error) {
    throw source.failure === error ? error : writeFailure(error, key, root.path)
  } finally {
    if (unfinished !== null) await end(unfinished)
  }
}

export async function deleteObject(root: Root, key: string, signal?: AbortSignal): Promise<void> {
  throwIfCancelled(signal)
  const parts = keyParts(key)
  const last = parts?.at(-1)
  const way = parts === null ? null : await openWay(root, parts.slice(0, -1))
  if (way === null || last === undefined) return
  try {
    const folder = way.folders.at(-1)
    const variants = folder === undefined ? [] : await variantsOf(folder, root, last)
    for (const { kind, name } of variants) {
      if (kind === 'file') await ignoring(['ENOENT'], unlink(folder?.at(name) ?? ''))
    }
    if (variants.length > 0) await folder?.sync()
    // A bucket has no empty folders. One that is not empty, or not ours to remove, ends this.
    for (const [index, name] of [...way.names.entries()].reverse()) {
      const above = way.folders[index]
      if (above === undefined || !(await succeeds(rmdir(above.at(name))))) break
    }
  } catch (error) {
    throw writeFailure(error, key, root.path)
  } finally {
    await closeWay(way)
  }
}

interface Unfinished {
  readonly folder: OpenFolder
  readonly file: FileHandle
  readonly temporary: string
  readonly placed?: boolean
}

/** Makes the folders and the temporary file. A folder that somebody removes meanwhile, being empty, is made again. */
async function begin(root: Root, key: string, parts: readonly string[]): Promise<Unfinished> {
  for (let attempt = 1; ; attempt += 1) {
    let folder: OpenFolder | null = null
    try {
      folder = await makeFolders(root, key, parts)
      const temporary = temporaryNameOf(randomBytes(16))
      const file = await open(folder.at(temporary), writeFlags, 0o666)
      return { folder, file, temporary }
    } catch (error) {
      await folder?.close()
      if (systemCode(error) !== 'ENOENT' || attempt === 5) throw error
    }
  }
}

async function end({ folder, file, temporary, placed = false }: Unfinished): Promise<void> {
  await file.close().catch(() => undefined)
  if (!placed) await unlink(folder.at(temporary)).catch(() => undefined)
  await folder.close()
}

async function makeFolders(root: Root, key: string, parts: readonly string[]): Promise<OpenFolder> {
  let folder = await openRoot(root)
  try {
    for (const part of parts) {
      const next = (await openPart(folder, root, part)) ?? (await makePart(folder, part))
      if (next === null)
        throw badKey(key, 'One of its folders is an object, or leads outside the repository.')
      await folder.close()
      folder = next
    }
    return folder
  } catch (error) {
    await folder.close()
    throw error
  }
}

async function openPart(folder: OpenFolder, root: Root, part: string): Promise<OpenFolder | null> {
  const name = part.includes(':') ? ((await lookUp(folder, root, part))?.name ?? part) : part
  return folder.open(name)
}

async function makePart(folder: OpenFolder, part: string): Promise<OpenFolder | null> {
  const name = await named(part, async (one) => {
    await ignoring(['EEXIST'], mkdir(folder.at(one)))
    return one
  })
  await folder.sync()
  return folder.open(name)
}

/** Told apart from failures of the folder: a source's error is the caller's, whatever its code. */
interface SourceState {
  failure?: unknown
}

async function writeAll(
  file: FileHandle,
  body: AsyncIterable<Uint8Array>,
  source: SourceState,
  signal: AbortSignal | undefined,
): Promise<void> {
  const pieces = body[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await untilCancelled(pieces.next(), signal).catch((error: unknown) => {
        source.failure = error
        throw error
      })
      if (next.done === true) return
      let written = 0
      while (written < next.value.byteLength) {
        written += (await file.write(next.value, written)).bytesWritten
      }
    }
  } catch (error) {
    // Not waited for: a source that is stuck would never answer.
    pieces.return?.().catch(() => undefined)
    throw error
  }
}

interface Placing {
  readonly folder: OpenFolder
  readonly temporary: string
  readonly part: string
  readonly ifAbsent: boolean
}

async function putInPlace(
  root: Root,
  key: string,
  { folder, temporary, part, ifAbsent }: Placing,
): Promise<void> {
  const from = folder.at(temporary)
  const there = ifAbsent || part.includes(':') ? await lookUp(folder, root, part) : null
  if (there?.kind === 'folder') throw badKey(key, 'It is a folder of other keys.')
  if (!ifAbsent) {
    if (there === null) await named(part, (name) => rename(from, folder.at(name)))
    else await rename(from, folder.at(there.name))
    return
  }
  if (there !== null) throw changed(key, 'It exists already.')
  try {
    await named(part, (name) => link(from, folder.at(name)))
  } catch (error) {
    const code = systemCode(error)
    if (code === 'EEXIST') throw changed(key, 'It exists already.')
    // File systems without hard links (FAT, some network mounts): the look above is all that can be had.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error
    await named(part, (name) => rename(from, folder.at(name)))
    return
  }
  await unlink(from)
}

/** Does something under a new name; where the file system refuses `:`, under the name that stands for it. */
async function named<T>(part: string, act: (name: string) => Promise<T>): Promise<T> {
  // On Windows `a:b` would be a second stream of the file `a`.
  if (process.platform === 'win32') return act(nameWithoutColon(part))
  try {
    return await act(part)
  } catch (error) {
    if (!part.includes(':') || systemCode(error) !== 'EINVAL') throw error
    return act(nameWithoutColon(part))
  }
}

/**
 * Removes what crashed writers left in a folder, once a store, as it reads the whole folder; the age is told by the file
 * system's own clock.
 */
async function sweepAbandoned(
  root: Root,
  folder: OpenFolder,
  fresh: { readonly mtimeMs: number },
): Promise<void> {
  if (root.swept.has(folder.realPath)) return
  root.swept.add(folder.realPath)
  for (const name of (await readdir(folder.at('.'))).filter(isTemporaryName)) {
    const age = await lstat(folder.at(name)).then(
      (found) => fresh.mtimeMs - found.mtimeMs,
      () => 0,
    )
    if (age > abandonedAfterMs) await unlink(folder.at(name)).catch(() => undefined)
  }
}

async function succeeds(action: Promise<unknown>): Promise<boolean> {
  return action.then(
    () => true,
    () => false,
  )
}

async function ignoring(codes: readonly string[], action: Promise<unknown>): Promise<void> {
  try {
    await action
  } catch (error) {
    if (!codes.includes(systemCode(error) ?? '')) throw error
  }
}
