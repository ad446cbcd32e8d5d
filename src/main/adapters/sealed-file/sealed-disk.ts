import { constants, type Stats } from 'node:fs'
import { link, lstat, mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'

/** More than 250 secrets of the largest size. */
const mostBytes = 32 * 1024 * 1024

export const fileName = 'vault.sealed'

/** Why a folder or file is not one that secrets are kept in; a sentence, and what to do. */
export class UnsafePlace extends Error {
  override readonly name = 'UnsafePlace'
  readonly next: string

  constructor(message: string, next: string) {
    super(message)
    this.next = next
  }
}

/** Null where there is no file. Throws `UnsafePlace`. */
export async function readSealed(folder: string): Promise<Buffer | null> {
  const path = join(folder, fileName)
  let handle: FileHandle
  try {
    checkOwn(await lstat(folder), folder, 'folder')
    if (!(await lstat(path)).isFile()) throw notAFile(path)
    handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null
    if (isCode(error, 'ELOOP')) throw notAFile(path)
    throw error
  }
  try {
    const stats = await handle.stat()
    checkOwn(stats, path, 'file')
    if (stats.size > mostBytes) {
      throw new UnsafePlace(
        `${path} has ${stats.size} bytes, and a sealed file has at most ${mostBytes}.`,
        'Look at what it is, and move it away.',
      )
    }
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}

/**
 * Whole or not at all, durable when it resolves. `isNew`: refuses (false) where a file is there already. Killed at any
 * moment it leaves the old file, and at most `vault.sealed.new`, which the next write replaces.
 */
export async function writeSealed(
  folder: string,
  bytes: Uint8Array,
  { isNew }: { readonly isNew: boolean },
): Promise<boolean> {
  const path = join(folder, fileName)
  const draft = `${path}.new`
  await mkdir(folder, { recursive: true, mode: 0o700 })
  checkOwn(await lstat(folder), folder, 'folder')
  await rm(draft, { force: true })
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0)
  const handle = await open(draft, flags, 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
  if (isNew) {
    try {
      await link(draft, path)
    } catch (error) {
      if (isCode(error, 'EEXIST')) return false
      throw error
    } finally {
      await rm(draft, { force: true })
    }
  } else {
    // A link in its place would be replaced, and not followed.
    await rename(draft, path)
  }
  await syncFolder(folder)
  return true
}

/** The new name is durable only once its folder is. Windows has no such call. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The account's own, and nobody else's to read or to write in. Windows keeps that in lists that Node does not show. */
function checkOwn(stats: Stats, path: string, kind: 'file' | 'folder'): void {
  if (kind === 'folder' && !stats.isDirectory()) {
    throw new UnsafePlace(
      `${path} is no folder, or a link to one.`,
      'Name the folder itself as the state folder.',
    )
  }
  if (process.platform === 'win32') return
  if (stats.uid !== process.geteuid?.()) {
    throw new UnsafePlace(`${path} belongs to another user.`, 'Take a state folder of this account.')
  }
  if ((stats.mode & 0o077) !== 0) {
    const mode = (stats.mode & 0o777).toString(8).padStart(4, '0')
    throw new UnsafePlace(
      `${path} is open to other users (mode ${mode}).`,
      `Run chmod ${kind === 'file' ? '600' : '700'} on it.`,
    )
  }
}

function notAFile(path: string): UnsafePlace {
  return new UnsafePlace(`${path} is a link or no file.`, 'Look at what it is, and move it away.')
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
