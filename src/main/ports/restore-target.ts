import type { Owner } from '../../shared/domain/restore-plan.ts'
import type { SshTargetAddress } from '../../shared/domain/target-address.ts'
import type { RemoteHost } from './remote-host.ts'

/** Something that stands directly in the target folder, or directly in a staging folder. Links are never followed. */
export interface TargetEntry {
  readonly name: string
  /** `other`: a socket, a device, a pipe. */
  readonly kind: 'file' | 'folder' | 'link' | 'other'
  readonly owner: Owner
  /** Equal for two names only while both are the same file. */
  readonly identity: string
  /** True where a file system is mounted on it or below it. */
  readonly holdsMount: boolean
}

export interface TargetSurvey {
  /** Null: the target folder does not exist yet; its parent does. */
  readonly folder: { readonly owner: Owner } | null
  /** All entries of the target folder but the bookkeeping of restores. */
  readonly entries: readonly TargetEntry[]
  /** What this account may still write to the file system. */
  readonly freeBytes: number
  /** Who owns what this account makes, a missing target folder too. */
  readonly account: Owner
  /** False: everything written belongs to the account that writes, whatever owner is asked for. */
  readonly canGiveAway: boolean
}

/** Where a top name lies: in the target folder itself, or in the staging folder of a run. */
export type Place = { readonly area: 'target'; readonly name: string } | StagingPlace

export interface StagingPlace {
  readonly area: 'staging'
  readonly run: string
  readonly name: string
}

/** What stands at a place, from reading every byte of it now. */
export type HashedItem =
  | { readonly kind: 'file'; readonly sizeBytes: number; readonly sha256: string }
  | {
      readonly kind: 'folder'
      readonly files: readonly {
        /** Below the folder, parts joined by `/`. */
        readonly path: string
        readonly sizeBytes: number
        readonly sha256: string
      }[]
    }
  /** A link, device, socket or pipe stands there or somewhere below; nothing of it was read. */
  | { readonly kind: 'other'; readonly path: string }

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined
  readonly onBytes?: ((bytes: number) => void) | undefined
}

export interface UsingProcess {
  readonly pid: number
  readonly command: string
  /** What it holds open or stands in. */
  readonly path: string
}

/** What was seen of the host on which a target lies. */
export interface TargetHost {
  /** As it was logged in to. */
  readonly name: string
  /** As whom everything is done there, by its number. */
  readonly uid: number
  /** How far its clock is ahead of this machine's; negative: behind. Within the time that a question takes. */
  readonly clockAheadMs: number
}

export interface LockHolder {
  readonly pid: number
  readonly host: string
  /** UTC ISO 8601. */
  readonly since: string
}

/**
 * A folder that a backup is restored into, on this machine or another. An object of this kind belongs to one caller and
 * is closed by it. The folder has been looked at when it was opened: a place where no restore may ever write (system
 * folders, links, folders that others can swap, the repository itself) is `target.refused` then.
 *
 * Promises of every implementation, checked by one conformance suite:
 * - Nothing outside the target folder is ever written, and nothing there is read through a link: not even while somebody
 *   swaps folders for links. What the target folder was when it was first opened is what is worked on until `close`.
 * - Bookkeeping (lock, journal, staging) lies in one folder inside the target, private to the account; it is in no survey.
 * - An expected failure is a `HoldfastError`: `target.refused` (not allowed, read-only, not what it should be),
 *   `target.full`, `target.busy`, `cancelled`; anything else that the system says is `restore.failed`. On another machine
 *   also what `RemoteHost` throws: after `host.lost` it is unknown whether the operation was done.
 * - Reading operations change nothing and are safe to repeat.
 * - Operations are called one after another, never two at once on one object.
 */
export interface RestoreTarget {
  /** Absolute, links resolved; on another machine after `ssh://user@host`. Two targets are the same where this is. */
  readonly dir: string
  /** Null: it lies on this machine. */
  readonly host: TargetHost | null
  survey(): Promise<TargetSurvey>
  /** The runs that have a staging folder, with what stands directly in each. */
  listStaging(): Promise<readonly { readonly run: string; readonly entries: readonly TargetEntry[] }[]>
  /** The whole journal as it stands; empty where there is none. */
  readJournal(): Promise<Uint8Array>
  /** Reads everything at a place anew. Null where nothing is there. */
  hash(place: Place, options?: ReadOptions): Promise<HashedItem | null>
  /**
   * Live processes that hold something at or below these names open, or stand in it. As far as this account can see:
   * an empty answer is no proof.
   */
  usedBy(names: readonly string[]): Promise<readonly UsingProcess[]>
  /** The living run that holds the lock; null where none does. */
  lockHolder(): Promise<LockHolder | null>
  /**
   * Makes the target folder where it is missing (0700), then takes its lock: at most one holder at any time, whatever
   * they are and however many try. Never waits: another living holder is `target.busy`, naming it and since when. A lock
   * whose holder has died is taken over; one whose holder cannot be judged from here counts as alive.
   */
  lock(): Promise<LockedTarget>
  close(): Promise<void>
}

/** The operations that change something; only the holder of the lock has them. Each is one call and may be repeated. */
export interface LockedTarget extends RestoreTarget {
  /**
   * Cuts the journal to `atByte` bytes and writes `line` there. Durable when it resolves. Interrupted, the journal has
   * the first `atByte` bytes and any beginning of the line; repeated with the same arguments it is as if done once.
   */
  writeJournal(line: string, atByte: number): Promise<void>
  /** An empty staging folder for a run (0700); one that is there already stays as it is. */
  createStaging(run: string): Promise<void>
  /**
   * A folder below a staged item (`path` empty: the item itself), with the parents that are missing. Mode 0750 and the
   * owner given. One that is there already stays as it is; something else there is `target.refused`.
   */
  makeFolder(place: StagingPlace, path: string, owner: Owner | null): Promise<void>
  /**
   * A new file below a staged item (`path` empty: the item itself), with the folders that are missing above it. Mode
   * 0640 and the owner given. Never opens what is there already: that is `target.refused`, here or, for what this object
   * did not write itself, at the latest from the next operation on the staging folder. Interrupted or failed, any
   * beginning of it and of the files before may be there, nothing more can be written, and only `removeStaging` takes
   * them away. Not durable before `syncStaging`, which throws where any file before it could not be written.
   */
  writeFile(
    place: StagingPlace,
    path: string,
    pieces: AsyncIterable<Uint8Array>,
    options: {
      readonly owner: Owner | null
      /** Exactly so many bytes come. */
      readonly sizeBytes: number
      readonly signal?: AbortSignal | undefined
    },
  ): Promise<void>
  /** Makes all files and folders of a run's staging durable, the folders above them too. */
  syncStaging(run: string, signal?: AbortSignal): Promise<void>
  /**
   * Renames within the file system; durable when it resolves. Never replaces: something else at `to` is
   * `target.refused`. At any moment a folder is at exactly one of the two places; a file is at one or, as one file under
   * two names, at both. Repeated after an interruption it completes: `from` gone and `to` there counts as done.
   */
  move(from: Place, to: Place): Promise<void>
  /** Removes a run's staging folder with all that is in it, links as links. Nothing there counts as done. */
  removeStaging(run: string): Promise<void>
  /** Gives the lock back. */
  release(): Promise<void>
}

/** A folder of this machine. `repositoryFolder`: where the backup is read from, if that is on this machine. */
export type OpenTarget = (dir: string, repositoryFolder: string | null) => Promise<RestoreTarget>

/** A folder of a host; the target closes the connection, also where it cannot be opened. */
export type OpenRemoteTarget = (address: SshTargetAddress, host: RemoteHost) => Promise<RestoreTarget>
