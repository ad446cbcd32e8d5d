import { throwIfCancelled, untilCancelled } from '../../../shared/domain/cancelled.ts'
import { coveredBytes } from '../../../shared/domain/covered-bytes.ts'
import { keyParts } from '../../../shared/domain/key-path.ts'
import type { GetOptions, ObjectInfo, ObjectReading } from '../../ports/object-store.ts'
import type { Session } from './session.ts'
import { changed, isNowhere, missing, readFailure } from './sftp-errors.ts'
import { findFolder, inFolder, infoOf, lookUp, type Entry, type Tree } from './tree.ts'

/** As much as OpenSSH answers to one request, old versions included; others answer with less and are asked again. */
const pieceBytes = 254 * 1024
/** Requests under way at once: what hides the way to the server and back. */
const requestsAhead = 16

export interface FoundObject {
  readonly path: string
  readonly entry: Entry
}

/** Null where no regular file of the repository stands for the key. */
export async function findObject(tree: Tree, key: string): Promise<FoundObject | null> {
  const parts = keyParts(key)
  const last = parts?.at(-1)
  if (!parts || last === undefined) return null
  const folder = await findFolder(tree, parts.slice(0, -1))
  const entry = folder === null ? null : await lookUp(tree, folder, last)
  return folder === null || entry?.kind !== 'file' ? null : { path: inFolder(folder, entry.name), entry }
}

export async function readObject(tree: Tree, key: string, options: GetOptions): Promise<ObjectReading> {
  const { range, expect, signal } = options
  const { session } = tree
  const found = await untilCancelled(findObject(tree, key), signal)
  if (found === null) throw missing(key)
  const opening = openFile(session, found.path, key)
  let opened: Awaited<typeof opening>
  try {
    opened = await untilCancelled(opening, signal)
  } catch (error) {
    opening.then(
      ({ close }) => close(),
      () => undefined,
    )
    throw error
  }
  const { handle, info, close } = opened
  if (
    expect !== undefined &&
    (expect.sizeBytes !== info.sizeBytes || expect.modifiedAt !== info.modifiedAt)
  ) {
    close()
    throw changed(key, 'Its size or its time of change is not the listed one.')
  }
  const covered = coveredBytes(info.sizeBytes, range)
  signal?.addEventListener('abort', close, { once: true })
  return {
    info,
    pieces: readPieces(session, { handle, info, covered, signal, close }),
  }
}

async function openFile(session: Session, path: string, key: string) {
  let handle: Buffer
  try {
    handle = await session.openFile(path, 'r')
  } catch (error) {
    throw isNowhere(error) ? missing(key) : readFailure(error, key)
  }
  let isClosed = false
  const close = (): void => {
    if (!isClosed) session.closeHandle(handle).catch(() => undefined)
    isClosed = true
  }
  try {
    return { handle, close, info: infoOf(key, await session.fstat(handle)) }
  } catch (error) {
    close()
    throw readFailure(error, key)
  }
}

interface Reading {
  readonly handle: Buffer
  readonly info: ObjectInfo
  readonly covered: { readonly startByte: number; readonly lengthBytes: number }
  readonly signal: AbortSignal | undefined
  readonly close: () => void
}

/** The covered bytes in order, each piece in memory of its own, with several requests under way; closes the file. */
async function* readPieces(session: Session, reading: Reading): AsyncGenerator<Uint8Array> {
  const { handle, info, covered, signal, close } = reading
  const endByte = covered.startByte + covered.lengthBytes
  let at = covered.startByte
  const ahead: Promise<Uint8Array>[] = []
  const askAhead = (): void => {
    while (ahead.length < requestsAhead && at < endByte) {
      const lengthBytes = Math.min(pieceBytes, endByte - at)
      const asked = readFully(session, handle, info.key, at, lengthBytes)
      asked.catch(() => undefined)
      ahead.push(asked)
      at += lengthBytes
    }
  }
  try {
    throwIfCancelled(signal)
    askAhead()
    for (let next = ahead.shift(); next !== undefined; next = ahead.shift()) {
      const piece = await untilCancelled(next, signal)
      askAhead()
      yield piece
      throwIfCancelled(signal)
    }
    const now = infoOf(info.key, await untilCancelled(session.fstat(handle), signal))
    if (now.sizeBytes !== info.sizeBytes || now.modifiedAt !== info.modifiedAt) {
      throw changed(info.key, 'It was written to while it was read.')
    }
  } catch (error) {
    throwIfCancelled(signal)
    throw readFailure(error, info.key)
  } finally {
    signal?.removeEventListener('abort', close)
    close()
  }
}

async function readFully(
  session: Session,
  handle: Buffer,
  key: string,
  at: number,
  lengthBytes: number,
): Promise<Uint8Array> {
  // Not pooled: whoever receives the piece may move its memory to another thread.
  const piece = Buffer.allocUnsafeSlow(lengthBytes)
  let filled = 0
  while (filled < lengthBytes) {
    const came = await session.read(handle, piece, filled, lengthBytes - filled, at + filled)
    if (came === 0) throw changed(key, 'It became shorter while it was read.')
    filled += came
  }
  return piece
}
