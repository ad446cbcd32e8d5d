import { Buffer } from 'node:buffer'
import { throwIfCancelled, untilCancelled } from '../../../shared/domain/cancelled.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { Owner } from '../../../shared/domain/restore-plan.ts'
import type { CommandEnd, RunningCommand } from '../../ports/remote-host.ts'
import { notAsLong, refused } from '../target-rules/target-error.ts'
import { createFeed, type Feed } from './feed.ts'
import { archiveEnd, entryHeader, padding } from './tar-header.ts'

const fileMode = 0o640
const folderMode = 0o750
/** Enough of what tar says to tell what is wrong. */
const longestWords = 2000

export interface FileOptions {
  readonly owner: Owner | null
  readonly sizeBytes: number
  readonly signal?: AbortSignal | undefined
}

export interface WriterWays {
  /** Starts tar on the host, in the run's staging folder; it says nothing unless something is wrong. */
  readonly unpack: (archive: AsyncIterable<Uint8Array>, stop: AbortSignal) => Promise<RunningCommand>
  /** What such words of tar mean. */
  readonly failureOf: (words: string) => Error
  /** Throws what such an end means. */
  readonly check: (end: CommandEnd) => void
  readonly account: Owner
  /** For messages: the staging folder. */
  readonly path: string
}

interface Stream {
  readonly feed: Feed
  readonly stop: AbortController
  /** Resolves when tar has written everything; rejects with what went wrong. */
  readonly ended: Promise<void>
}

/**
 * Writes the files of one run's staging as one archive that tar unpacks on the host as it comes, so that small files need
 * no answer each. What was written before is known here and never written twice; what else is there tar never touches.
 */
export class StagingWriter {
  readonly run: string
  readonly #ways: WriterWays
  readonly #files = new Set<string>()
  readonly #folders = new Set<string>()
  #stream: Stream | null = null
  #failure: Error | null = null

  constructor(run: string, ways: WriterWays) {
    this.run = run
    this.#ways = ways
  }

  async makeFolder(path: string, owner: Owner | null): Promise<void> {
    await this.#makeFolders(path.split('/'), owner)
  }

  async writeFile(path: string, pieces: AsyncIterable<Uint8Array>, options: FileOptions): Promise<void> {
    const { owner, sizeBytes, signal } = options
    throwIfCancelled(signal)
    if (this.#files.has(path) || this.#folders.has(path)) throw this.#standing(path)
    await this.#makeFolders(path.split('/').slice(0, -1), owner)
    this.#files.add(path)
    await this.#give(
      entryHeader({ path, kind: 'file', mode: fileMode, owner: this.#owner(owner), sizeBytes }),
    )
    let isWhole = false
    try {
      let writtenBytes = 0
      for await (const piece of pieces) {
        throwIfCancelled(signal)
        writtenBytes += piece.byteLength
        if (writtenBytes > sizeBytes) break
        await untilCancelled(this.#give(piece), signal)
      }
      if (writtenBytes !== sizeBytes) throw notAsLong(`${this.#ways.path}/${path}`, sizeBytes)
      await this.#give(padding(sizeBytes))
      isWhole = true
    } finally {
      // The archive cannot go on after half an entry.
      if (!isWhole) this.#breakOff()
    }
  }

  /** Waits until everything given so far is written; throws where anything was not. */
  async settle(): Promise<void> {
    const stream = this.#stream
    this.#stream = null
    if (stream !== null) {
      await stream.feed.give(archiveEnd()).then(
        () => stream.feed.end(),
        () => undefined,
      )
      await stream.ended.catch((error: Error) => {
        this.#failure ??= error
      })
    }
    if (this.#failure !== null) throw this.#failure
  }

  async close(): Promise<void> {
    const stream = this.#stream
    this.#breakOff()
    await stream?.ended.catch(() => undefined)
  }

  async #makeFolders(parts: readonly string[], owner: Owner | null): Promise<void> {
    for (let count = 1; count <= parts.length; count += 1) {
      const path = parts.slice(0, count).join('/')
      if (this.#files.has(path)) throw this.#standing(path)
      if (this.#folders.has(path)) continue
      this.#folders.add(path)
      await this.#give(
        entryHeader({ path, kind: 'folder', mode: folderMode, owner: this.#owner(owner), sizeBytes: 0 }),
      )
    }
  }

  async #give(piece: Uint8Array): Promise<void> {
    if (piece.byteLength === 0) return
    if (this.#failure !== null) throw this.#failure
    this.#stream ??= this.#open()
    await this.#stream.feed.give(piece)
  }

  #open(): Stream {
    const feed = createFeed()
    const stop = new AbortController()
    const ended = this.#follow(feed.source, stop.signal).catch((thrown: unknown) => {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown))
      this.#failure ??= error
      feed.fail(error)
      throw error
    })
    ended.catch(() => undefined)
    return { feed, stop, ended }
  }

  async #follow(source: AsyncIterable<Uint8Array>, stop: AbortSignal): Promise<void> {
    const running = await this.#ways.unpack(source, stop)
    let words = ''
    for await (const piece of running.stdout) {
      words += Buffer.from(piece).toString('utf8')
      // tar goes on after a file that it could not write; the rest would be sent for nothing.
      if (words.includes('\n') || words.length > longestWords) throw this.#ways.failureOf(words)
    }
    const end = await running.ended
    if (words !== '') throw this.#ways.failureOf(words)
    this.#ways.check(end)
  }

  #breakOff(): void {
    const stream = this.#stream
    this.#stream = null
    if (stream === null) return
    this.#failure ??= new HoldfastError('restore.failed', {
      what: `What was written to ${this.#ways.path} so far is not whole.`,
      why: 'A file was broken off in its middle.',
    })
    stream.stop.abort()
    stream.feed.fail(this.#failure)
  }

  /** Left to itself, tar would give everything to the owner of the archive's numbers 0. */
  #owner(owner: Owner | null): Owner {
    return owner ?? this.#ways.account
  }

  #standing(path: string): HoldfastError {
    return refused(
      `${this.#ways.path}/${path} cannot be written.`,
      'Something stands there already; nothing is ever replaced.',
    )
  }
}
