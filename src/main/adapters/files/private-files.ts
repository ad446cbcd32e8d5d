import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { lstat, mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Files of this account alone, whatever the umask: folders 0700, files 0600. Links are never followed. */

/** The `code` of a system error (`ENOENT`, …); null for anything else. */
export function systemCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}

/** Makes the folder with those above it; one that others may look into is closed to them. */
export async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if (process.platform === 'win32') return
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    const { mode } = await handle.stat()
    if ((mode & 0o077) !== 0) await handle.chmod(mode & 0o700)
  } finally {
    await handle.close()
  }
}

/** Opens a plain file; a link fails with ELOOP, and a pipe is never waited for. */
export async function openPrivateFile(file: string, flags: number): Promise<FileHandle> {
  const handle = await open(file, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600)
  try {
    if (!(await handle.stat()).isFile()) throw new Error('it is not a file')
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** Null where there is no such file. */
export async function readPrivateFile(file: string): Promise<Uint8Array | null> {
  let handle: FileHandle
  try {
    handle = await openPrivateFile(file, constants.O_RDONLY)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw error
  }
  try {
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}

const draftName = /^\.(.+)\.[0-9a-f-]{36}\.draft$/

/** True for what a killed `replaceFile` leaves behind. */
export function isDraft(name: string): boolean {
  return draftName.test(name)
}

/**
 * Puts `content` in the place of the file: a crash at any moment leaves the old or the new one, whole. Durable when it
 * resolves. Not write-file-atomic: its single write(2) may be cut short by a full disk without an error, and it then
 * puts the short file in place (7.0.1, lib/index.js; `FileHandle.writeFile` writes on until all is written or it fails).
 */
export async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  const draft = join(dirname(file), `.${basename(file)}.${randomUUID()}.draft`)
  try {
    const handle = await openPrivateFile(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL)
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await refuseLink(file)
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  await syncFolder(dirname(file))
}

/** Renaming would put a file in the place of a link that somebody made on purpose. */
async function refuseLink(file: string): Promise<void> {
  try {
    if ((await lstat(file)).isFile()) return
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return
    throw error
  }
  throw new Error('it is not a file')
}

/**
 * Adds whole lines at the end, on a line of their own where the last write was cut short; all of them, or none where it
 * fails. Returns the file's size. `durable`: once it resolves, also its name in the folder.
 */
export async function appendLines(
  file: string,
  lines: readonly string[],
  options: { readonly durable: boolean },
): Promise<number> {
  const handle = await openPrivateFile(file, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND)
  try {
    const { size } = await handle.stat()
    const last = Buffer.alloc(1)
    if (size > 0) await handle.read(last, 0, 1, size - 1)
    const isCut = size > 0 && last[0] !== 0x0a
    try {
      await handle.writeFile(`${isCut ? '\n' : ''}${lines.map((line) => `${line}\n`).join('')}`)
      if (options.durable) {
        await handle.sync()
        if (size === 0) await syncFolder(dirname(file))
      }
    } catch (error) {
      // On a full disk a part of it may have been written.
      await handle.truncate(size).catch(() => undefined)
      throw error
    }
    return (await handle.stat()).size
  } finally {
    await handle.close()
  }
}

export async function syncFolder(folder: string): Promise<void> {
  // Windows has no flush of a folder.
  if (process.platform === 'win32') return
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
