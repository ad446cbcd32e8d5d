import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { rmdir, unlink, type FileHandle } from 'node:fs/promises'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { mapInParallel } from '../../../shared/domain/parallel.ts'
import type { HashedItem, ReadOptions } from '../../ports/restore-target.ts'
import type { Folder } from './folder.ts'
import { unlessMissing } from '../target-rules/target-error.ts'

/** Node works on four calls of the file system at once (libuv, UV_THREADPOOL_SIZE); with some more none of them waits for this thread. */
export const filesAtOnce = 8

/** Of one of the files that are read side by side. */
const pieceBytes = 256 * 1024

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
  const reading: Reading = { options, spare: [] }
  if (stats.isFile()) {
    const found = await hashFile(folder, name, '', reading)
    return found === null ? { kind: 'other', path: '' } : { kind: 'file', ...sizeAndHash(found) }
  }
  if (!stats.isDirectory()) return { kind: 'other', path: '' }
  const files: FoundFile[] = []
  await using top = await folder.folder(name)
  const stranger = await hashFolder(top, '', files, reading)
  return stranger === null ? { kind: 'folder', files } : { kind: 'other', path: stranger }
}

interface Reading {
  readonly options: ReadOptions
  /** Buffers that no file is being read into. */
  readonly spare: Buffer[]
}

/** Adds every file below to `files`; the path of one entry that is neither file nor folder, else null. */
async function hashFolder(
  folder: Folder,
  above: string,
  files: FoundFile[],
  reading: Reading,
): Promise<string | null> {
  const { files: fileNames, folders, others } = await folder.entries()
  let [stranger = null] = others
  if (stranger !== null) return `${above}${stranger}`
  await mapInParallel(fileNames, filesAtOnce, async (name) => {
    const found = await hashFile(folder, name, `${above}${name}`, reading)
    if (found === null) stranger ??= `${above}${name}`
    else files.push(found)
  })
  for (const name of folders) {
    if (stranger !== null) break
    await using inner = await folder.folder(name)
    stranger = await hashFolder(inner, `${above}${name}/`, files, reading)
  }
  return stranger
}

async function hashFile(
  folder: Folder,
  name: string,
  path: string,
  { options: { signal, onBytes }, spare }: Reading,
): Promise<FoundFile | null> {
  await using file = await folder.file(name, constants.O_RDONLY)
  if (!(await file.stat()).isFile()) return null
  const hash = createHash('sha256')
  const buffer = spare.pop() ?? Buffer.allocUnsafeSlow(pieceBytes)
  let sizeBytes = 0
  try {
    for (;;) {
      throwIfCancelled(signal)
      const { bytesRead } = await file.read(buffer, 0, buffer.byteLength, sizeBytes)
      if (bytesRead === 0) return { path, sizeBytes, sha256: hash.digest('hex') }
      hash.update(buffer.subarray(0, bytesRead))
      sizeBytes += bytesRead
      onBytes?.(bytesRead)
    }
  } finally {
    spare.push(buffer)
  }
}

function sizeAndHash({ sizeBytes, sha256 }: FoundFile): {
  readonly sizeBytes: number
  readonly sha256: string
} {
  return { sizeBytes, sha256 }
}

/**
 * Flushes all files and folders below, the innermost first, then the folder itself. Files of one folder are flushed side by side: a file
 * system with a journal then writes it once for several of them.
 */
export async function syncTree(folder: Folder, signal: AbortSignal | undefined): Promise<void> {
  const { files, folders } = await folder.entries()
  for (const name of folders) {
    await using inner = await folder.folder(name)
    await syncTree(inner, signal)
  }
  await mapInParallel(files, filesAtOnce, async (name) => {
    throwIfCancelled(signal)
    await using file = await folder.file(name, constants.O_RDONLY)
    await file.sync()
  })
  throwIfCancelled(signal)
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
