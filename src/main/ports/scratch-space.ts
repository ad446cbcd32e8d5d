/** A folder of its own for a restore for trial, on this machine. */
export interface Scratch {
  /** Absolute, private to the account, empty. */
  readonly dir: string
  /** Removes it with all that is in it, links as links. May be repeated. */
  remove(): Promise<void>
}

/** A scratch folder that nobody removed. */
export interface LeftScratch {
  readonly dir: string
  /** What it was made for, in words. */
  readonly what: string
  /** UTC ISO 8601. */
  readonly since: string
  /** Null: it is removed now. Else why it still stands, as a sentence. */
  readonly stands: string | null
}

/**
 * Scratch folders, each written down before it is made: whatever becomes of the program, what it left is known by name.
 *
 * Promises of every implementation:
 * - `make` and `refuse` throw `target.refused`, with nothing made, where the folder above does not exist, lies in one of `apartFrom`, was
 *   restored into, or holds live data of a system that this console knows.
 * - `sweep` removes what processes left that are certainly dead, and touches nothing else: what a living one works in is no
 *   leftover, and what cannot be judged from here stays and is named.
 */
export interface ScratchSpace {
  /** The folder in which they are made where nobody names another. */
  readonly usual: string
  /** `above`: null for the usual folder. `apartFrom`: folders of repositories. */
  make(
    above: string | null,
    of: { readonly what: string; readonly apartFrom: readonly string[] },
  ): Promise<Scratch>
  /** Whether `make` would be refused there. */
  refuse(above: string | null, apartFrom: readonly string[]): Promise<void>
  sweep(): Promise<readonly LeftScratch[]>
}
