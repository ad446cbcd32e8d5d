import { constants, type Stats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { Owner } from '../../../shared/domain/restore-plan.ts'
import type { Place } from '../../ports/restore-target.ts'
import type { Folder } from './folder.ts'
import { refuseUnsafe, type CheckedPlace } from './refuse-place.ts'
import { refused, unlessMissing } from '../target-rules/target-error.ts'

export const bookkeepingName = '.holdfast'
const stagingName = 'staging'
const journalName = 'journal'

/** The open folders of one target. Each is opened once; from then on that very folder is worked on. */
export class TargetFolders {
  readonly #place: CheckedPlace
  #target: Folder | null = null
  #bookkeeping: Folder | null = null

  constructor(place: CheckedPlace) {
    this.#place = place
  }

  get parent(): Folder {
    return this.#place.parent
  }

  /** The target folder; null as long as it does not exist. */
  async target(): Promise<Folder | null> {
    if (this.#target !== null) return this.#target
    const folder = await unlessMissing(this.parent.folder(this.#place.name))
    if (folder === null) return null
    await closedOnError(folder, () => refuseUnsafe(this.#place.path, folder.stats, this.parent.stats))
    this.#target = folder
    return folder
  }

  /** The folder of lock, journal and staging; null as long as it does not exist. */
  async bookkeeping(): Promise<Folder | null> {
    if (this.#bookkeeping !== null) return this.#bookkeeping
    const target = await this.target()
    const folder = target === null ? null : await unlessMissing(target.folder(bookkeepingName))
    if (target === null || folder === null) return null
    await closedOnError(folder, () => refuseShared(folder, target))
    this.#bookkeeping = folder
    return folder
  }

  /** Makes both where they are missing. */
  async make(): Promise<void> {
    if ((await this.target()) === null) {
      const { folder, made } = await this.parent.makeFolder(this.#place.name, 0o700)
      const { uid, gid } = ownAccount()
      // Not the group of a parent that hands its own down (setgid), so that a plan can tell the owner beforehand.
      if (made && uid === 0) await folder.handle.chown(uid, gid)
      await folder.close()
      // The parent was opened to walk only; where it may not be listed it cannot be flushed, and the folder is empty.
      const parent = await this.parent.folder('.').catch(() => null)
      await parent?.sync()
      await parent?.close()
    }
    const target = await this.requireTarget()
    if ((await this.bookkeeping()) === null) {
      await (await target.makeFolder(bookkeepingName, 0o700)).folder.close()
      await target.sync()
    }
  }

  async requireTarget(): Promise<Folder> {
    const folder = await this.target()
    if (folder === null) throw refused(`${this.#place.path} cannot be used.`, 'It is gone.')
    return folder
  }

  async requireBookkeeping(): Promise<Folder> {
    const folder = await this.bookkeeping()
    if (folder === null)
      throw refused(`${join(this.#place.path, bookkeepingName)} cannot be used.`, 'It is gone.')
    return folder
  }

  /** The folder above all staging folders, to be closed by the caller; null as long as it does not exist. */
  async staging(): Promise<Folder | null> {
    const above = await this.bookkeeping()
    return above === null ? null : await unlessMissing(above.folder(stagingName))
  }

  /** The folder of one run, to be closed by the caller. */
  async stagingOf(run: string): Promise<Folder> {
    await using staging = await (await this.requireBookkeeping()).folder(stagingName)
    return await staging.folder(run)
  }

  async makeStaging(run: string): Promise<void> {
    await using staging = (await (await this.requireBookkeeping()).makeFolder(stagingName, 0o700)).folder
    await (await staging.makeFolder(run, 0o700)).folder.close()
  }

  /** Works in the folder in which a place lies. */
  async within<T>(place: Place, work: (folder: Folder) => Promise<T>): Promise<T> {
    if (place.area === 'target') return work(await this.requireTarget())
    await using folder = await this.stagingOf(place.run)
    return await work(folder)
  }

  /** The journal, to be closed by the caller; null where there is none and none is to be made. */
  async journal(how: 'read' | 'write'): Promise<FileHandle | null> {
    const above = await this.bookkeeping()
    if (above === null) return null
    const flags = how === 'read' ? constants.O_RDONLY : constants.O_RDWR | constants.O_CREAT
    const file = await unlessMissing(above.file(journalName, flags))
    if (file !== null) {
      const stats = await file.stat()
      await closedOnError(file, () => refuseStrangeJournal(join(above.path, journalName), stats))
    }
    return file
  }

  async close(): Promise<void> {
    const open = [this.#bookkeeping, this.#target, this.#place.parent]
    this.#bookkeeping = null
    this.#target = null
    for (const folder of open) await folder?.close()
  }
}

/** Zero where the system has no such numbers. */
export function ownAccount(): Owner {
  return { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 }
}

async function closedOnError(opened: { close(): Promise<void> }, check: () => void): Promise<void> {
  try {
    check()
  } catch (error) {
    await opened.close()
    throw error
  }
}

function refuseShared(folder: Folder, target: Folder): void {
  const { uid, mode, dev } = folder.stats
  const self = process.geteuid?.() ?? uid
  // Root goes on with what the owner of the target began.
  const isTrusted = uid === self || (self === 0 && uid === target.stats.uid)
  if (isTrusted && (mode & 0o022) === 0 && dev === target.stats.dev) return
  throw refused(
    `${folder.path} cannot be used.`,
    'It keeps the journal of restores, but it belongs to another user, others may write to it, or it is a mount.',
    'Look at it, then move it away.',
  )
}

/** A second name of the file elsewhere would let what is written here be written there. */
function refuseStrangeJournal(path: string, stats: Stats): void {
  if (stats.isFile() && stats.nlink === 1) return
  throw refused(`${path} cannot be used.`, 'It is not an ordinary file, or it has a second name elsewhere.')
}
