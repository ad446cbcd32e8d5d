import type { Place } from '../../ports/restore-target.ts'
import { refused } from '../target-rules/target-error.ts'
import { lookScript } from './look-scripts.ts'
import { parseStat, refuseShared, refuseUnsafe, type RemotePlace } from './place.ts'
import type { RemoteShell } from './remote-shell.ts'

/** The target and its identity, as scripts take it. */
export type TargetArgs = readonly [path: string, target: string]
/** The same, with the identity of its bookkeeping. */
export type BookArgs = readonly [path: string, target: string, book: string]

/** Which folders one target is: each is looked at once, and from then on that very folder is worked on. */
export class TargetIds {
  readonly #place: RemotePlace
  readonly #shell: RemoteShell
  readonly #address: string
  readonly #runs = new Map<string, string>()
  #target: string | null = null
  #book: string | null = null

  constructor(place: RemotePlace, shell: RemoteShell, address: string) {
    this.#place = place
    this.#shell = shell
    this.#address = address
  }

  /** Null as long as the target does not exist. */
  async target(): Promise<TargetArgs | null> {
    if (this.#target === null) await this.#look()
    return this.#target === null ? null : [this.#place.path, this.#target]
  }

  /** Null as long as the bookkeeping does not exist. */
  async book(): Promise<BookArgs | null> {
    if (this.#book === null) await this.#look()
    if (this.#target === null || this.#book === null) return null
    return [this.#place.path, this.#target, this.#book]
  }

  async requireBook(): Promise<BookArgs> {
    const book = await this.book()
    if (book === null) throw refused(`${this.#address}/.holdfast cannot be used.`, 'It is gone.')
    return book
  }

  /** The folder of a run that was made, or looked at, before. */
  pinRun(run: string, identity: string): void {
    this.#runs.set(run, identity)
  }

  forgetRun(run: string): void {
    this.#runs.delete(run)
  }

  /** The run and the identity of its folder; both empty for the target itself. Not known yet: the identity alone is empty. */
  runOf(place: Place): readonly [run: string, identity: string] {
    return place.area === 'target' ? ['', ''] : [place.run, this.#runs.get(place.run) ?? '']
  }

  async #look(): Promise<void> {
    const { above, aboveStat, name } = this.#place
    const fields = (await this.#shell.ask(lookScript, [above, aboveStat.identity, name])) ?? []
    const target = parseStat(fields[1] ?? '')
    if (target === null) {
      if (this.#target !== null) throw refused(`${this.#address} cannot be used.`, 'It is gone.')
      return
    }
    if (this.#target !== null && this.#target !== target.identity) {
      throw refused(`${this.#address} cannot be used.`, 'It was swapped for something else meanwhile.')
    }
    refuseUnsafe(target, this.#place, this.#address)
    this.#target = target.identity
    const book = parseStat(fields[3] ?? '')
    if (book === null) return
    refuseShared(book, target, this.#place)
    this.#book = book.identity
  }
}
