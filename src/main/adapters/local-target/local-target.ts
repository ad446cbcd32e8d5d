import { constants, type Stats } from 'node:fs'
import { access, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Owner } from '../../../shared/domain/restore-plan.ts'
import type {
  HashedItem,
  LockedTarget,
  LockHolder,
  Place,
  ReadOptions,
  StagingPlace,
  TargetEntry,
  TargetSurvey,
  UsingProcess,
} from '../../ports/restore-target.ts'
import type { Folder } from './folder.ts'
import { mountPoints } from './mounts.ts'
import { moveEntry } from './move.ts'
import type { CheckedPlace } from './refuse-place.ts'
import { findHolder, takeLock, type HeldLock, type LockParts } from './run-lock.ts'
import { StagingWriter } from './staging-writer.ts'
import { bookkeepingName, ownAccount, TargetFolders } from './target-folders.ts'
import { asTargetError, refused, unlessMissing } from '../target-rules/target-error.ts'
import { hashItem, removeTree, syncTree, writeAll } from './tree.ts'

/** A target folder on this machine; see the port for what each operation promises. */
export class LocalTarget implements LockedTarget {
  readonly dir: string
  readonly host = null
  readonly #folders: TargetFolders
  readonly #parts: LockParts
  #lock: HeldLock | null = null
  #writer: StagingWriter | null = null

  constructor(place: CheckedPlace, parts: LockParts) {
    this.dir = place.path
    this.#folders = new TargetFolders(place)
    this.#parts = parts
  }

  async survey(): Promise<TargetSurvey> {
    return this.#translating(async () => {
      const folder = await this.#folders.target()
      const written = folder ?? this.#folders.parent
      const space = await statfs(await written.at('.'))
      // Says EROFS for a file system that is mounted read-only, even to root: access(2).
      await access(await written.at('.'), constants.W_OK | constants.X_OK)
      const entries = folder === null ? [] : await entriesOf(folder)
      return {
        folder: folder === null ? null : { owner: ownerOf(folder.stats) },
        entries: entries.filter((entry) => entry.name !== bookkeepingName),
        freeBytes: space.bavail * space.bsize,
        account: ownAccount(),
        canGiveAway: process.geteuid?.() === 0,
      }
    })
  }

  async listStaging(): Promise<
    readonly { readonly run: string; readonly entries: readonly TargetEntry[] }[]
  > {
    return this.#translating(async () => {
      await this.#writer?.settle()
      const staging = await this.#folders.staging()
      if (staging === null) return []
      await using _ = staging
      const found = []
      for (const { name, kind } of await entriesOf(staging)) {
        if (kind === 'folder') {
          await using folder = await staging.folder(name)
          found.push({ run: name, entries: await entriesOf(folder) })
        } else {
          found.push({ run: name, entries: [] })
        }
      }
      return found
    })
  }

  async readJournal(): Promise<Uint8Array> {
    return this.#translating(async () => {
      const file = await this.#folders.journal('read')
      if (file === null) return new Uint8Array()
      await using _ = file
      return await file.readFile()
    })
  }

  async hash(place: Place, options: ReadOptions = {}): Promise<HashedItem | null> {
    return this.#translating(async () => {
      await this.#writer?.settle()
      const above = place.area === 'target' ? this.#folders.target() : this.#folders.bookkeeping()
      if ((await above) === null) return null
      return unlessMissing(
        this.#folders.within(place, async (folder) => hashItem(folder, place.name, options)),
      )
    })
  }

  async usedBy(names: readonly string[]): Promise<readonly UsingProcess[]> {
    return this.#parts.processes.using(names.map((name) => join(this.dir, name)))
  }

  async lockHolder(): Promise<LockHolder | null> {
    return this.#translating(async () => {
      const folder = await this.#folders.bookkeeping()
      return folder === null ? null : findHolder(folder, this.#parts.processes)
    })
  }

  async lock(): Promise<LockedTarget> {
    return this.#translating(async () => {
      await this.#folders.make()
      this.#lock = await takeLock(await this.#folders.requireBookkeeping(), this.#parts)
      return this
    })
  }

  async writeJournal(line: string, atByte: number): Promise<void> {
    await this.#translating(async () => {
      const folder = await this.#folders.requireBookkeeping()
      const file = await this.#folders.journal('write')
      if (file === null) throw refused(`The journal in ${this.dir} cannot be written.`, 'Its folder is gone.')
      await using _ = file
      const { size } = await file.stat()
      if (size < atByte)
        throw refused(`The journal in ${this.dir} cannot be continued.`, 'It was cut meanwhile.')
      if (size > atByte) await file.truncate(atByte)
      await writeAll(file, Buffer.from(line, 'utf8'), atByte)
      await file.sync()
      if (atByte === 0) await folder.sync()
    })
  }

  async createStaging(run: string): Promise<void> {
    await this.#translating(async () => this.#folders.makeStaging(run))
  }

  async makeFolder(place: StagingPlace, path: string, owner: Owner | null): Promise<void> {
    await this.#translating(async () =>
      (await this.#writerFor(place.run)).makeFolder(place.name, path, owner),
    )
  }

  async writeFile(
    place: StagingPlace,
    path: string,
    pieces: AsyncIterable<Uint8Array>,
    options: Parameters<LockedTarget['writeFile']>[3],
  ): Promise<void> {
    const writer = await this.#translating(async () => this.#writerFor(place.run))
    await writer.writeFile(place.name, path, pieces, options)
  }

  async syncStaging(run: string, signal?: AbortSignal): Promise<void> {
    await this.#translating(async () => {
      await this.#writer?.settle()
      const above = await this.#folders.requireBookkeeping()
      {
        await using folder = await this.#folders.stagingOf(run)
        await syncTree(folder, signal)
      }
      const staging = await this.#folders.staging()
      await staging?.sync()
      await staging?.close()
      await above.sync()
      await (await this.#folders.requireTarget()).sync()
    })
  }

  async move(from: Place, to: Place): Promise<void> {
    await this.#translating(async () => {
      await this.#writer?.settle()
      await this.#folders.within(from, async (source) =>
        this.#folders.within(to, async (destination) =>
          moveEntry({ folder: source, name: from.name }, { folder: destination, name: to.name }),
        ),
      )
    })
  }

  async removeStaging(run: string): Promise<void> {
    await this.#translating(async () => {
      if (this.#writer?.run === run) await this.#closeWriter()
      const staging = await this.#folders.staging()
      if (staging === null) return
      await using _ = staging
      await removeTree(staging, run)
      await staging.sync()
    })
  }

  async release(): Promise<void> {
    // Nothing is written any more once another run may hold the lock.
    await this.#closeWriter()
    const held = this.#lock
    this.#lock = null
    await this.#translating(async () => held?.release())
  }

  async close(): Promise<void> {
    await this.#closeWriter()
    await this.#folders.close()
  }

  async #translating<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw asTargetError(error, this.dir)
    }
  }

  async #writerFor(run: string): Promise<StagingWriter> {
    if (this.#writer?.run === run) return this.#writer
    await this.#closeWriter()
    this.#writer = new StagingWriter(run, await this.#folders.stagingOf(run))
    return this.#writer
  }

  async #closeWriter(): Promise<void> {
    const writer = this.#writer
    this.#writer = null
    await writer?.close()
  }
}

/** All that stands directly in a folder, by name; nothing is followed. */
async function entriesOf(folder: Folder): Promise<readonly TargetEntry[]> {
  const mounts = await mountPoints()
  const entries: TargetEntry[] = []
  for (const name of (await folder.names()).sort()) {
    const stats = await unlessMissing(folder.lstat(name))
    if (stats === null) continue
    const path = join(folder.path, name)
    entries.push({
      name,
      kind: kindOf(stats),
      owner: ownerOf(stats),
      identity: `${stats.dev}:${stats.ino}`,
      holdsMount:
        stats.dev !== folder.stats.dev ||
        mounts.some((point) => point === path || point.startsWith(`${path}/`)),
    })
  }
  return entries
}

function kindOf(stats: Stats): TargetEntry['kind'] {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'folder'
  return stats.isSymbolicLink() ? 'link' : 'other'
}

function ownerOf(stats: Stats): Owner {
  return { uid: stats.uid, gid: stats.gid }
}
