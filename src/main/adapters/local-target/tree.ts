import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { rmdir, unlink, type FileHandle } from 'node:fs/promises'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { HashedItem, ReadOptions } from '../../ports/restore-target.ts'
import type { Folder } from './folder.ts'
import { unlessMissing } from '../target-rules/target-error.ts'

const pieceBytes = 1024 * 1024

interface FoundFile {
  readonly path: string
  readonly sizeBytes: number
  readonly sha256: string
}

/** Hashes what stands under `name`; null where nothing does. */
export async function hashItem(
  folder: Folder,
  name: string,
  options: ReadOptions,
): Promise<HashedItem | null> {
  const stats = await unlessMissing(folder.lstat(name))
  if (stats === null) return null
  const buffer = Buffer.allocUnsafeSlow(pieceBytes)
  if (stats.isFile()) {
    const found = await hashFile(folder, name, '', buffer, options)
    return found === null ? { kind: 'other', path: '' } : { kind: 'file', ...sizeAndHash(found) }
  }
  if (!stats.isDirectory()) return { kind: 'other', path: '' }
  const files: FoundFile[] = []
  await using top = await folder.folder(name)
  const stranger = await hashFolder(top, '', files, buffer, options)
  return stranger === null ? { kind: 'folder', files } : { kind: 'other', path: stranger }
}

/** Adds every file below to `files`; the path of the first entry that is neither file nor folder, else null. */
async function hashFolder(
  folder: Folder,
  above: string,
  files: FoundFile[],
  buffer: Buffer,
  options: ReadOptions,
): Promise<string | null> {
  for (const name of await folder.names()) {
    const path = `${above}${name}`
    const stats = await folder.lstat(name)
    if (stats.isDirectory()) {
      await using inner = await folder.folder(name)
      const stranger = await hashFolder(inner, `${path}/`, files, buffer, options)
      if (stranger !== null) return stranger
    } else {
      const found = stats.isFile() ? await hashFile(folder, name, path, buffer, options) : null
      if (found === null) return path
      files.push(found)
    }
  }
  return null
}

async function hashFile(
  folder: Folder,
  name: string,
  path: string,
  buffer: Buffer,
  { signal, onBytes }: ReadOptions,
): Promise<FoundFile | null> {
  await using file = await folder.file(name, constants.O_RDONLY)
  if (!(await file.stat()).isFile()) return null
  const hash = createHash('sha256')
  let sizeBytes = 0
  for (;;) {
    throwIfCancelled(signal)
    const { bytesRead } = await file.read(buffer, 0, buffer.byteLength, sizeBytes)
    if (bytesRead === 0) return { path, sizeBytes, sha256: hash.digest('hex') }
    hash.update(buffer.subarray(0, bytesRead))
    sizeBytes += bytesRead
    onBytes?.(bytesRead)
  }
}

function sizeAndHash({ sizeBytes, sha256 }: FoundFile): {
  readonly sizeBytes: number
  readonly sha256: string
} {
  return { sizeBytes, sha256 }
}

/** Flushes all files and folders below, the innermost first, then the folder itself. */
export async function syncTree(folder: Folder, signal: AbortSignal | undefined): Promise<void> {
  for (const name of await folder.names()) {
    throwIfCancelled(signal)
    const stats = await folder.lstat(name)
    if (stats.isDirectory()) {
      await using inner = await folder.folder(name)
      await syncTree(inner, signal)
    } else if (stats.isFile()) {
      await using file = await folder.file(name, constants.O_RDONLY)
      await file.sync()
    }
  }
  await folder.sync()
}

/** Removes what stands under `name` with all below it; a link goes as a link. Nothing there is fine. */
export async function removeTree(folder: Folder, name: string): Promise<void> {
  const stats = await unlessMissing(folder.lstat(name))
  if (stats === null) return
  if (!stats.isDirectory()) {
    await unlessMissing(unlink(await folder.at(name)))
    return
  }
  {
    await using inner = await folder.folder(name)
    for (const below of await inner.names()) await removeTree(inner, below)
  }
  await unlessMissing(rmdir(await folder.at(name)))
}

/** Writes all bytes from `position` on; the new position. */
export async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<number> {
  let done = 0
  while (done < bytes.byteLength) {
    const { bytesWritten } = await file.write(bytes, done, bytes.byteLength - done, position + done)
    if (bytesWritten === 0) throw new Error(`Nothing more could be written after ${done} bytes.`)
    done += bytesWritten
  }
  return position + done
}

export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) {
    throw new HoldfastError('cancelled', { what: 'The restore was cancelled.' }, { cause: signal.reason })
  }
}
