import { constants } from 'node:fs'
import type { Owner } from '../../../shared/domain/restore-plan.ts'
import type { Folder } from './folder.ts'
import { asTargetError } from '../target-rules/target-error.ts'
import { throwIfCancelled, writeAll } from './tree.ts'

const fileMode = 0o640
const folderMode = 0o750

/** Writes the files of one run's staging. Keeps the folder of the last file open: the next one mostly lies beside it. */
export class StagingWriter {
  readonly run: string
  readonly #top: Folder
  #last: { readonly parts: string; readonly folder: Folder } | null = null

  constructor(run: string, top: Folder) {
    this.run = run
    this.#top = top
  }

  async makeFolder(item: string, path: string, owner: Owner | null): Promise<void> {
    await this.#folderOf(path === '' ? [item] : [item, ...path.split('/')], owner)
  }

  async writeFile(
    item: string,
    path: string,
    pieces: AsyncIterable<Uint8Array>,
    { owner, signal }: { readonly owner: Owner | null; readonly signal?: AbortSignal | undefined },
  ): Promise<void> {
    const parts = path === '' ? [item] : [item, ...path.split('/')]
    const name = parts.at(-1) ?? item
    const full = `${this.#top.path}/${parts.join('/')}`
    const folder = await translated(full, async () => this.#folderOf(parts.slice(0, -1), owner))
    await using file = await translated(full, async () =>
      folder.file(name, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL),
    )
    let position = 0
    // What the source throws is the source's; only what the system says of the file is translated.
    for await (const piece of pieces) {
      throwIfCancelled(signal)
      const at = position
      position = await translated(full, async () => writeAll(file, piece, at))
    }
    await translated(full, async () => {
      // The owner first: giving a file away clears bits of its mode, chown(2).
      if (owner !== null) await file.chown(owner.uid, owner.gid)
      await file.chmod(fileMode)
    })
  }

  async close(): Promise<void> {
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

  async #forgetLast(): Promise<void> {
    const last = this.#last
    this.#last = null
    await last?.folder.close()
  }
}

async function translated<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw asTargetError(error, path)
  }
}
