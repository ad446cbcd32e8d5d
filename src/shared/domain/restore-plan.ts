import type { ObjectVersion } from './object-facts.ts'

/**
 * What a restore will do, as data. The run executes exactly this or stops: the operator confirms the SHA-256 of its
 * canonical text. So nothing in it depends on the moment (no free space, no times of day).
 */
export interface RestorePlan {
  readonly format: 'holdfast-plan/1'
  readonly system: string
  /** Canonical repository address. */
  readonly repository: string
  readonly backupId: string
  readonly createdAt: string | null
  readonly cluster: string | null
  /** Absolute, links resolved. */
  readonly targetDir: string
  /** What the operator has to type: the cluster's name, or the last part of the target's path. */
  readonly confirm: string
  /** In the order in which they are read. */
  readonly objects: readonly PlannedObject[]
  /** What is put into the target, in the order in which it is put in place. */
  readonly items: readonly PlannedPlacement[]
  /** Files that the run itself writes beside the items (a report): their content is known only then. */
  readonly generated: readonly GeneratedFile[]
  /**
   * Every name that belongs to the system in such a folder, whether this backup has it or not. What stands under one of
   * them is moved aside, so that the result is the backup's state and never a merge with what was there.
   */
  readonly manages: readonly string[]
  /** What stands in the target now under a managed name; each is moved aside, never deleted. */
  readonly replaces: readonly { readonly name: string; readonly kind: 'file' | 'folder' }[]
  /** Octal, of everything written; nothing of this is taken from the backup. */
  readonly fileMode: '0640'
  readonly folderMode: '0750'
  /** Bytes that must be free in the target's file system before anything is written. */
  readonly spaceBytes: number
  readonly steps: readonly PlannedStep[]
}

export interface PlannedObject {
  readonly key: string
  readonly version: ObjectVersion
  /** Of the stored bytes; null where none is recorded and the object has not been read. */
  readonly sha256: string | null
}

export interface PlannedItem {
  /** One path part below the target. */
  readonly name: string
  readonly kind: 'file' | 'folder'
  readonly files: number
  /** Plain bytes. */
  readonly sizeBytes: number
  /** A file: its SHA-256. A folder: its tree digest. */
  readonly digest: string
}

/** Numeric, as the target's file system has it. */
export interface Owner {
  readonly uid: number
  readonly gid: number
}

export interface PlannedPlacement extends PlannedItem {
  /** Null: the account that runs the restore, because it may not give files away. */
  readonly owner: Owner | null
}

export interface GeneratedFile {
  readonly name: string
  readonly owner: Owner | null
  readonly maxBytes: number
}

export interface PlannedStep {
  readonly id: 'check' | 'stage' | 'sync' | 'swap' | 'verify' | 'finish'
  readonly does: string
  readonly touches: string
  readonly undo: string
}
