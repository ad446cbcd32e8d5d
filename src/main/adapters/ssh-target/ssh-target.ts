import { Buffer } from 'node:buffer'
import { throwIfCancelled } from '../../../shared/domain/cancelled.ts'
import type { Owner } from '../../../shared/domain/restore-plan.ts'
import type { Clock } from '../../ports/clock.ts'
import type { RemoteHost } from '../../ports/remote-host.ts'
import type {
  HashedItem,
  LockedTarget,
  LockHolder,
  Place,
  ReadOptions,
  StagingPlace,
  TargetEntry,
  TargetHost,
  TargetSurvey,
  UsingProcess,
} from '../../ports/restore-target.ts'
import { refused } from '../target-rules/target-error.ts'
import {
  createStagingScript,
  moveScript,
  removeStagingScript,
  syncScript,
  unpackScript,
  writeJournalScript,
} from './change-scripts.ts'
import { readHashes } from './hash-item.ts'
import { makeScript } from './lock-scripts.ts'
import { hashScript, journalScript } from './look-scripts.ts'
import { parseStat, type RemotePlace } from './place.ts'
import { bookkeepingName, scriptEnds } from './prelude.ts'
import { saidBy, type RemoteShell } from './remote-shell.ts'
import { findHolder, takeLock, type HeldLock } from './run-lock.ts'
import { StagingWriter, type FileOptions } from './staging-writer.ts'
import { listStaging, surveyOf } from './survey.ts'
import { TargetIds } from './target-ids.ts'
import { findUsers } from './users.ts'

export interface SshTargetParts {
  readonly host: RemoteHost
  readonly shell: RemoteShell
  /** The target's whole name: `ssh://user@host/path`. */
  readonly address: string
  readonly clock: Clock
  /** 32 hex digits, never the same twice. */
  readonly uniqueId: () => string
}

/** A target folder on a host that is logged in to; see the port for what each operation promises. */
export class SshTarget implements LockedTarget {
  readonly dir: string
  readonly host: TargetHost
  readonly #place: RemotePlace
  readonly #parts: SshTargetParts
  readonly #ids: TargetIds
  #lock: HeldLock | null = null
  #writer: StagingWriter | null = null

  constructor(place: RemotePlace, parts: SshTargetParts) {
    this.dir = parts.address
    const { account, clockAheadMs } = place
    this.host = { name: parts.host.name, uid: account.uid, clockAheadMs }
    this.#place = place
    this.#parts = parts
    this.#ids = new TargetIds(place, parts.shell, parts.address)
  }

  async survey(): Promise<TargetSurvey> {
    return surveyOf(await this.#ids.target(), { ...this.#parts, place: this.#place })
  }

  async listStaging(): Promise<
    readonly { readonly run: string; readonly entries: readonly TargetEntry[] }[]
  > {
    await this.#settle()
    const book = await this.#ids.book()
    return book === null ? [] : listStaging(book, this.#parts)
  }

  async readJournal(): Promise<Uint8Array> {
    const book = await this.#ids.book()
    if (book === null) return new Uint8Array()
    const running = await this.#parts.shell.start(journalScript, book)
    const pieces: Uint8Array[] = []
    for await (const piece of running.stdout) pieces.push(Uint8Array.from(piece))
    this.#parts.shell.check(await running.ended)
    return Buffer.concat(pieces)
  }

  async hash(place: Place, { signal, onBytes }: ReadOptions = {}): Promise<HashedItem | null> {
    throwIfCancelled(signal)
    await this.#settle()
    const { shell } = this.#parts
    const target = await this.#ids.target()
    const book = place.area === 'target' ? null : await this.#ids.book()
    if (target === null || (place.area === 'staging' && book === null)) return null
    const args = [...target, book?.[2] ?? '', ...this.#ids.runOf(place), place.name]
    const running = await shell.start(hashScript, args, { signal, isLong: true })
    return readHashes(running, {
      name: place.name,
      path: this.#pathOf(place),
      onBytes,
      async checkEnd() {
        const end = await running.ended
        shell.check(end)
        return end.code === scriptEnds.missing
      },
    })
  }

  async usedBy(names: readonly string[]): Promise<readonly UsingProcess[]> {
    if (names.length === 0) return []
    return findUsers(
      names.map((name) => `${this.#place.path}/${name}`),
      this.#parts.shell,
    )
  }

  async lockHolder(): Promise<LockHolder | null> {
    const book = await this.#ids.book()
    return book === null ? null : findHolder({ shell: this.#parts.shell, host: this.#place.host, book })
  }

  async lock(): Promise<LockedTarget> {
    const { above, aboveStat, name, host } = this.#place
    const { shell, clock, uniqueId } = this.#parts
    if ((await this.#ids.book()) === null) {
      const target = (await this.#ids.target())?.[1] ?? ''
      await shell.ask(makeScript, [above, aboveStat.identity, name, target])
    }
    const book = await this.#ids.requireBook()
    this.#lock = await takeLock({ shell, host, clock, uniqueId, book, address: this.dir })
    return this
  }

  async writeJournal(line: string, atByte: number): Promise<void> {
    const stdin = (async function* () {
      yield Buffer.from(line, 'utf8')
    })()
    const done = await this.#parts.shell.ask(writeJournalScript, await this.#locked(String(atByte)), {
      stdin,
    })
    if (done === null)
      throw refused(`The journal in ${this.dir} cannot be continued.`, 'It was cut meanwhile.')
  }

  async createStaging(run: string): Promise<void> {
    const fields = (await this.#parts.shell.ask(createStagingScript, await this.#locked(run))) ?? []
    const folder = parseStat(fields[1] ?? '')
    if (folder?.owner.uid !== this.#place.account.uid || (folder.mode & 0o022) !== 0) {
      throw refused(
        `${this.#bookkeeping}/staging/${run} cannot be used.`,
        'It belongs to another user, or others may write to it.',
      )
    }
    this.#ids.pinRun(run, folder.identity)
  }

  async makeFolder(place: StagingPlace, path: string, owner: Owner | null): Promise<void> {
    const writer = await this.#writerFor(place.run)
    await writer.makeFolder(path === '' ? place.name : `${place.name}/${path}`, owner)
  }

  async writeFile(
    place: StagingPlace,
    path: string,
    pieces: AsyncIterable<Uint8Array>,
    options: FileOptions,
  ): Promise<void> {
    const writer = await this.#writerFor(place.run)
    await writer.writeFile(path === '' ? place.name : `${place.name}/${path}`, pieces, options)
  }

  async syncStaging(run: string, signal?: AbortSignal): Promise<void> {
    throwIfCancelled(signal)
    await this.#settle()
    const args = await this.#locked(...this.#ids.runOf({ area: 'staging', run, name: '' }))
    await this.#parts.shell.ask(syncScript, args, { signal, isLong: true })
  }

  async move(from: Place, to: Place): Promise<void> {
    await this.#settle()
    const args = await this.#locked(...this.#ids.runOf(from), from.name, ...this.#ids.runOf(to), to.name)
    if ((await this.#parts.shell.ask(moveScript, args)) === null) {
      throw refused(`${this.#pathOf(from)} cannot be moved.`, 'It is gone.')
    }
  }

  async removeStaging(run: string): Promise<void> {
    if (this.#writer?.run === run) await this.#closeWriter()
    await this.#parts.shell.ask(removeStagingScript, await this.#locked(run), { isLong: true })
    this.#ids.forgetRun(run)
  }

  async release(): Promise<void> {
    await this.#closeWriter()
    const held = this.#lock
    this.#lock = null
    await held?.release()
  }

  /** A lock that is still held is given back: the process that holds it ends with the connection. */
  async close(): Promise<void> {
    try {
      await this.release()
    } catch {
      // A connection that broke gives everything back by itself.
    } finally {
      await this.#parts.host.close()
    }
  }

  get #bookkeeping(): string {
    return `${this.dir}/${bookkeepingName}`
  }

  #pathOf(place: Place): string {
    if (place.area === 'target') return `${this.dir}/${place.name}`
    return `${this.#bookkeeping}/staging/${place.run}/${place.name}`
  }

  /** The arguments of what only the holder of the lock may do. */
  async #locked(...args: readonly string[]): Promise<readonly string[]> {
    const book = await this.#ids.requireBook()
    return [...book, ...(this.#lock?.held ?? ['', '']), ...args]
  }

  async #writerFor(run: string): Promise<StagingWriter> {
    if (this.#writer?.run === run) return this.#writer
    await this.#settle()
    await this.#closeWriter()
    const path = `${this.#bookkeeping}/staging/${run}`
    this.#writer = new StagingWriter(run, {
      account: this.#place.account,
      path,
      failureOf: (words) => saidBy(words, path),
      check: (end) => this.#parts.shell.check(end),
      unpack: async (archive, stop) => {
        const owners = this.#place.account.uid === 0 ? '--same-owner' : '--no-same-owner'
        const runArgs = this.#ids.runOf({ area: 'staging', run, name: '' })
        const args = await this.#locked(...runArgs, owners)
        const options = { stdin: archive, stdinTellsItsEnd: true, signal: stop, isLong: true }
        return this.#parts.shell.start(unpackScript, args, options)
      },
    })
    return this.#writer
  }

  async #settle(): Promise<void> {
    await this.#writer?.settle()
  }

  async #closeWriter(): Promise<void> {
    const writer = this.#writer
    this.#writer = null
    await writer?.close()
  }
}
