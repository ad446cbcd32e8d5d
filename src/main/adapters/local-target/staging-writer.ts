import { Buffer } from 'node:buffer'
import { constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import type { Owner } from '../../../shared/domain/restore-plan.ts'
import type { Folder } from './folder.ts'
import { asTargetError, notAsLong } from '../target-rules/target-error.ts'
import { filesAtOnce, throwIfCancelled, writeAll } from './tree.ts'

const fileMode = 0o640
const folderMode = 0o750

/** Up to here a file is filled while the next one is made; of larger ones each piece is written as it comes. */
const smallBytes = 256 * 1024

interface FileOptions {
  readonly owner: Owner | null
  readonly sizeBytes: number
  readonly signal?: AbortSignal | undefined
}

/**
 * Writes the files of one run's staging. Keeps the folder of the last file open: the next one mostly lies beside it. Each file is made, or
 * refused, before `writeFile` resolves; a small one may be filled after that, some at a time, which `settle` waits for. What goes wrong
 * with it is thrown by the next call.
 */
export class StagingWriter {
  readonly run: string
  readonly #top: Folder
  readonly #filling = new Set<Promise<void>>()
  #failure: { readonly error: unknown } | null = null
  #last: { readonly parts: string; readonly folder: Folder } | null = null

  constructor(run: string, top: Folder) {
    this.run = run
    this.#top = top
  }

  async makeFolder(item: string, path: string, owner: Owner | null): Promise<void> {
    this.#throwFailure()
    await this.#folderOf(path === '' ? [item] : [item, ...path.split('/')], owner)
  }

  async writeFile(
    item: string,
    path: string,
    pieces: AsyncIterable<Uint8Array>,
    { owner, sizeBytes, signal }: FileOptions,
  ): Promise<void> {
    this.#throwFailure()
    const parts = path === '' ? [item] : [item, ...path.split('/')]
    const name = parts.at(-1) ?? item
    const full = `${this.#top.path}/${parts.join('/')}`
    const folder = await translated(full, async () => this.#folderOf(parts.slice(0, -1), owner))
    const file = await translated(full, async () =>
      folder.file(name, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL),
    )
    if (sizeBytes > smallBytes) return fill(file, full, pieces, { owner, signal })
    let bytes: readonly Uint8Array[]
    try {
      bytes = await gathered(pieces, full, { sizeBytes, signal })
    } catch (error) {
      await file.close()
      throw error
    }
    while (this.#filling.size >= filesAtOnce) await Promise.race(this.#filling)
    const filling: Promise<void> = fill(file, full, bytes, { owner })
      .catch((error: unknown) => {
        this.#failure ??= { error }
      })
      .finally(() => this.#filling.delete(filling))
    this.#filling.add(filling)
  }

  /** Waits until everything given so far is written; throws where anything was not. */
  async settle(): Promise<void> {
    await Promise.all(this.#filling)
    this.#throwFailure()
  }

  async close(): Promise<void> {
    await Promise.all(this.#filling)
    await this.#forgetLast()
    await this.#top.close()
  }

  /** Opens folder in folder, making what is missing; stays open until another one is asked for. */
  async #folderOf(parts: readonly string[], owner: Owner | null): Promise<Folder> {
    if (parts.length === 0) return this.#top
    const key = parts.join('/')
    if (this.#last?.parts === key) return this.#last.folder
    await this.#forgetLast()
    let here = this.#top
    for (const part of parts) {
      try {
        const { folder, made } = await here.makeFolder(part, folderMode)
        if (here !== this.#top) await here.close()
        here = folder
        if (made && owner !== null) {
          await here.handle.chown(owner.uid, owner.gid)
          await here.handle.chmod(folderMode)
        }
      } catch (error) {
        if (here !== this.#top) await here.close().catch(() => undefined)
        throw error
      }
    }
    this.#last = { parts: key, folder: here }
    return here
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.error
  }

  async #forgetLast(): Promise<void> {
    const last = this.#last
    this.#last = null
    await last?.folder.close()
  }
}

/** Writes all that comes, gives the file away, and closes it. */
async function fill(
  handle: FileHandle,
  path: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { owner, signal }: Omit<FileOptions, 'sizeBytes'>,
): Promise<void> {
  await using file = handle
  let position = 0
  // What the source throws is the source's; only what the system says of the file is translated.
  for await (const piece of pieces) {
    throwIfCancelled(signal)
    const at = position
    position = await translated(path, async () => writeAll(file, piece, at))
  }
  await translated(path, async () => {
    // The owner first: giving a file away clears bits of its mode, chown(2).
    if (owner !== null) await file.chown(owner.uid, owner.gid)
    await file.chmod(fileMode)
  })
}

/** Copies, as a piece is its owner's again once the next one is asked for. */
async function gathered(
  pieces: AsyncIterable<Uint8Array>,
  path: string,
  { sizeBytes, signal }: Pick<FileOptions, 'sizeBytes' | 'signal'>,
): Promise<readonly Uint8Array[]> {
  const bytes = Buffer.allocUnsafe(sizeBytes)
  let filled = 0
  for await (const piece of pieces) {
    throwIfCancelled(signal)
    if (filled + piece.byteLength > sizeBytes) throw notAsLong(path, sizeBytes)
    bytes.set(piece, filled)
    filled += piece.byteLength
  }
  if (filled < sizeBytes) throw notAsLong(path, sizeBytes)
  return filled === 0 ? [] : [bytes]
}

async function translated<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw asTargetError(error, path)
  }
}
