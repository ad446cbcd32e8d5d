import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { throwIfCancelled } from '../../../shared/domain/cancelled.ts'
import { coveredBytes } from '../../../shared/domain/covered-bytes.ts'
import { keyParts } from '../../../shared/domain/key-path.ts'
import { pieceBytes, takeMemory } from '../../../shared/streams/piece-pool.ts'
import type { GetOptions, ObjectInfo, ObjectReading } from '../../ports/object-store.ts'
import { closeWay, lookUp, openWay } from './entries.ts'
import { infoOf, isSameVersion, isUnwritten } from './file-version.ts'
import { changed, leadsNowhere, missing, readFailure } from './folder-errors.ts'
import { liesInside, realPathOf, type Root } from './open-folder.ts'

// Opening a pipe that lies there must not wait for its other end.
const readFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0)

/** Calls `use` with the path of the object's file; null where no regular file of the repository stands for the key. */
export async function withObjectPath<T>(
  root: Root,
  key: string,
  use: (path: string) => Promise<T>,
): Promise<T | null> {
  const parts = keyParts(key)
  const last = parts?.at(-1)
  if (!parts || last === undefined) return null
  const way = await openWay(root, parts.slice(0, -1))
  if (way === null) return null
  try {
    const folder = way.folders.at(-1)
    const entry = folder === undefined ? null : await lookUp(folder, root, last)
    if (folder === undefined || entry?.kind !== 'file') return null
    return await use(folder.at(entry.name))
  } catch (error) {
    if (leadsNowhere(error)) return null
    throw readFailure(error, key)
  } finally {
    await closeWay(way)
  }
}

export async function readObject(root: Root, key: string, options: GetOptions): Promise<ObjectReading> {
  const { range, expect, signal } = options
  throwIfCancelled(signal)
  const opened = await withObjectPath(root, key, (path) => openFile(root, key, path))
  if (opened === null) throw missing(key)
  const { handle, info } = opened
  // An abort while it was being opened is over: nobody would be told of it any more.
  if (signal?.aborted === true) await handle.close()
  throwIfCancelled(signal)
  if (expect !== undefined && !isSameVersion(info, expect)) {
    await handle.close()
    throw changed(key, 'Its size or its time of change is not the listed one.')
  }
  const covered = coveredBytes(info.sizeBytes, range)
  let started = false
  const closeUnread = (): void => {
    if (!started) handle.close().catch(() => undefined)
  }
  signal?.addEventListener('abort', closeUnread, { once: true })
  return {
    info,
    pieces: {
      // Runs at the first piece that is asked for: until then an abort closes the file.
      async *[Symbol.asyncIterator]() {
        throwIfCancelled(signal)
        started = true
        signal?.removeEventListener('abort', closeUnread)
        yield* readPieces(handle, info, covered, signal)
      },
    },
  }
}

interface OpenedFile {
  readonly handle: FileHandle
  readonly info: ObjectInfo
}

/** Null where what was opened is no regular file, or really lies outside the repository. */
async function openFile(root: Root, key: string, path: string): Promise<OpenedFile | null> {
  const handle = await open(path, readFlags)
  let opened: OpenedFile | null = null
  try {
    const stats = await handle.stat({ bigint: true })
    if (stats.isFile() && liesInside(root, await realPathOf(handle, path))) {
      opened = { handle, info: infoOf(key, stats) }
    }
    return opened
  } finally {
    if (opened === null) await handle.close()
  }
}

/** The covered bytes in order, each piece in memory of its own, read one piece ahead; closes the file. */
async function* readPieces(
  handle: FileHandle,
  info: ObjectInfo,
  covered: { readonly startByte: number; readonly lengthBytes: number },
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const endByte = covered.startByte + covered.lengthBytes
  let at = covered.startByte
  const readNext = (): Promise<Uint8Array> | null => {
    if (at === endByte) return null
    const lengthBytes = Math.min(pieceBytes, endByte - at)
    const reading = readFully(handle, info.key, at, lengthBytes)
    reading.catch(() => undefined)
    at += lengthBytes
    return reading
  }
  let next: Promise<Uint8Array> | null = null
  try {
    throwIfCancelled(signal)
    next = readNext()
    while (next !== null) {
      const piece = await next
      throwIfCancelled(signal)
      next = readNext()
      yield piece
      throwIfCancelled(signal)
    }
    const now = infoOf(info.key, await handle.stat({ bigint: true }))
    if (!isUnwritten(now, info)) throw changed(info.key, 'It was written to while it was read.')
  } catch (error) {
    throw readFailure(error, info.key)
  } finally {
    await next?.catch(() => undefined)
    await handle.close()
  }
}

async function readFully(
  handle: FileHandle,
  key: string,
  at: number,
  lengthBytes: number,
): Promise<Uint8Array> {
  // Never a part of Node's own pool: whoever receives the piece may move its memory to another thread.
  const piece = lengthBytes === pieceBytes ? takeMemory() : new Uint8Array(lengthBytes)
  let filled = 0
  while (filled < lengthBytes) {
    const { bytesRead } = await handle.read(piece, filled, lengthBytes - filled, at + filled)
    if (bytesRead === 0) throw changed(key, 'It became shorter while it was read.')
    filled += bytesRead
  }
  return piece
}
