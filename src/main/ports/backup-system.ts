import type { Finding } from '../../shared/domain/finding.ts'
import type { Level, NotProvable, VerifiableLevel } from '../../shared/domain/level.ts'
import type { EnvelopeHeader } from '../../shared/domain/envelope-header.ts'
import type { Beginning, ObjectFacts } from '../../shared/domain/object-facts.ts'
import type { PlannedItem } from '../../shared/domain/restore-plan.ts'
import type { RetentionRules } from '../../shared/domain/retention.ts'
import type { ClusterPin, RememberedHash } from './catalog.ts'
import type { MasterKey } from './master-key.ts'
import type { StagedEntry } from './staged-entry.ts'
import type { Walker } from './byte-work.ts'
import type { ObjectInfo, ObjectStore } from './object-store.ts'

/** What is known of one object when a backup is judged. */
export type ObjectEvidence =
  /** `before`: the hash that was remembered before this reading, if any. `remembered`: facts of an earlier run. */
  | {
      readonly kind: 'read'
      readonly facts: ObjectFacts
      readonly before: RememberedHash | null
      readonly remembered: boolean
    }
  /** The level asked for needs no reading. */
  | { readonly kind: 'notRead' }
  /** Listed, but gone when it was opened. */
  | { readonly kind: 'vanished' }
  /** Replaced between the listing and the reading. */
  | { readonly kind: 'replaced'; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly reason: string }

/** What a verification hands to the judge. All reading is done; judging is a pure step. */
export interface Evidence {
  /** How far to judge; never above what the system can prove. */
  readonly level: VerifiableLevel
  /** True where the operator asked for this level; false where it was left to the console. */
  readonly levelAskedFor: boolean
  readonly masterKeys: readonly MasterKey[]
  /** The cluster that this repository belonged to when it was first verified; null where that is now. */
  readonly pin: ClusterPin | null
  object(key: string): ObjectEvidence
  /** What the first bytes of an object say; null where they were not read. */
  beginning(key: string): Beginning | null
  /** True where a given key has opened, in this run, another object with this header's salt and iterations. */
  hasOpenedSibling(header: EnvelopeHeader): boolean
}

/** A hash that is recorded of an object: in the manifest, or beside it. */
export interface RecordedHash {
  /** Of the bytes as they are stored, or of the plain ones. */
  readonly of: 'stored' | 'plain'
  readonly algorithm: 'SHA-256' | 'SHA-1' | 'MD5'
  /** As it is recorded, case included. */
  readonly hex: string
}

export interface StoreReport {
  readonly store: string
  /** The backup whose object holds the bytes; the backup itself where the format knows no holders. */
  readonly holder: string
  /** As named in the report: relative to the holder's folder, or the object's key. */
  readonly object: string
  /** The object's key in the repository; null where the manifest names none that may be asked for. */
  readonly key: string | null
  readonly levelReached: Level
  /** The lowest level that failed; null where none did. */
  readonly failedAt: VerifiableLevel | null
  /** True where a level that the format could prove was not tried: by choice, or for want of a key or of access. */
  readonly stoppedShort: boolean
  readonly notProvable: readonly NotProvable[]
  /** What the stored bytes were compared with and agreed, in words; left out where they were not, or the format says it. */
  readonly intactBy?: string
  /** What is recorded of the object as a whole; left out where nothing is. */
  readonly recorded?: readonly RecordedHash[]
  /** When the evidence was read; null where nothing was read. */
  readonly verifiedAt: string | null
  readonly findings: readonly Finding[]
}

/** `notRecorded`: nothing to hold a key against; `notRead`: the place where it would be recorded could not be read. */
export type RecordedKeyProof = 'fits' | 'doesNotFit' | 'notRecorded' | 'notRead'

export interface BackupReport {
  /** Where the reading of the bytes gave a better time than the listing; null where it did not. */
  readonly createdAt: string | null
  readonly stores: readonly StoreReport[]
  /** What blames no single part. */
  readonly findings: readonly Finding[]
}

/** How a tool on a host is told which backup to restore, and how to see that it has the same one. */
export interface ToolDrill {
  /** As the tool names it. */
  readonly label: string
  /** In the repository; what it says the tool checks as it restores. Its hash is remembered at first sight. */
  readonly manifestKey: string
  readonly files: number
  /** Unpacked. */
  readonly plainBytes: number
}

/** One backup as its manifest (or its object's name) describes it. Methods close over what was parsed. */
export interface InventoryBackup {
  readonly backupId: string
  /** Other whole names by which an operator may mean it. */
  readonly alsoNamed: readonly string[]
  /**
   * True where it holds a part that is backed up by itself (the disk of one project): however new it is, the cluster has no newer
   * backup by it. Left out: it is one of the cluster.
   */
  readonly isOfPart?: true
  /** UTC ISO 8601; null where unknown. */
  readonly createdAt: string | null
  readonly cluster: string | null
  /** Stored bytes that a restore would read; null where unknown. */
  readonly sizeBytes: number | null
  /** Stored bytes that this backup added; null where unknown. */
  readonly newBytes: number | null
  /** Every distinct object that this backup needs and that is there, as listed. */
  readonly objects: readonly ObjectInfo[]
  /** What makes the objects a backup and is written after them: a manifest beside them, a sidecar. May be empty. */
  readonly completedBy: readonly ObjectInfo[]
  /** The manifest as text, for people; null where it lies inside an object. */
  readonly manifestText: string | null
  /**
   * What the system's walker is told of one needed object, where that differs from object to object; as JSON. Objects are then
   * walked from the level `intact` on. Left out: the walker's own options.
   */
  walkOptions?(key: string): unknown
  /** Objects whose first bytes are needed for the judgement, beside those that are read whole. */
  objectsToSniff?(evidence: Evidence): readonly ObjectInfo[]
  judge(evidence: Evidence): BackupReport
  /** Why restoring it into a folder for trial would show nothing, as a sentence; left out where it shows something. */
  readonly noDrill?: string
  /** Of what the system's own tool restores for trial on a host; `noDrill` says why no folder does. */
  readonly toolDrill?: ToolDrill
  /** For a format that records a fingerprint of the key inside: what it says of the given keys, once read. */
  provesKey?(evidence: Evidence): RecordedKeyProof
  /**
   * The names inside the backup, in the order in which they lie there, where the format is an archive. `readPlain` as for
   * `stage`, but of an object that may be damaged: it ends with an error then. `jump` gives the bytes as they are stored, one range
   * after the other, of which what lies between headers can be left out: for a format that is never sealed.
   */
  listContents?(
    readPlain: (key: string) => AsyncIterable<Uint8Array>,
    jump: (key: string) => AsyncIterable<Uint8Array>,
  ): AsyncIterable<ContentEntry>
  /** True where listing the contents reads their headers and jumps over what is large between them. */
  readonly listsByJumps?: true
  /**
   * What a restore of this backup puts into a target. Called only for a backup whose verdict allows it; throws
   * `restore.refused` where the evidence lacks what a plan needs.
   */
  restoreItems(evidence: Evidence): readonly PlannedItem[]
  /**
   * The files of all items, in the order in which `readPlain` gives the bytes. `readPlain` opens one needed object and
   * gives its plain bytes: decrypted where sealed, hash-checked against the plan, throwing where they are not as planned.
   * `items` are those of the plan.
   */
  stage(
    readPlain: (key: string) => AsyncIterable<Uint8Array>,
    items: readonly PlannedItem[],
  ): AsyncIterable<StagedEntry>
}

/** A name inside an archive, without its bytes. */
export interface ContentEntry {
  readonly path: string
  readonly kind: 'file' | 'folder'
  readonly sizeBytes: number
}

/** Objects that lie where a backup's would, without what makes it one, and that no backup needs. */
export interface Orphan {
  /** The place: the id that the backup would have. */
  readonly name: string
  readonly objects: readonly ObjectInfo[]
}

export interface Inventory {
  readonly backups: readonly InventoryBackup[]
  /** Of uploads that are under way or failed, and of deletions that were cut short. Left out: not looked for. */
  readonly orphans?: readonly Orphan[]
  /** Objects and bytes that were read to draw the inventory (manifests, sidecars). */
  readonly objectsRead: number
  readonly bytesRead: number
}

export interface InventoryOptions {
  /** What is remembered of manifests and objects, by key. */
  readonly remembered: (key: string) => RememberedHash | null
  /** Facts of an earlier reading of this very version; null where there are none. */
  readonly facts: (info: ObjectInfo) => ObjectFacts | null
  /** Called with the hash of each manifest read, so that it can be remembered at first sight. */
  readonly saw: (key: string, sha256: string) => void
  readonly signal?: AbortSignal
}

/** One kind of cluster, as far as its backups go. */
export interface BackupSystem {
  readonly name: string
  /** What of the format is this console's assumption and why, as a sentence for people; null where it is documented. */
  readonly assumed: string | null
  /** True where one object can hold a store of several backups. */
  readonly sharesObjects: boolean
  /**
   * The parts that a complete backup has, in the order in which they are shown. Empty where each backup has its own
   * (tables, volumes): they are shown in the order of their reports.
   */
  readonly stores: readonly string[]
  /** What is kept where nobody says what; left out: there is no usual answer. */
  readonly usualRetention?: RetentionRules
  /** The highest level that the format can prove. */
  readonly highestLevel: VerifiableLevel
  /** `folder`: an address names the folder above the backups; `text`: its prefix is put before each name as typed. */
  readonly prefix: 'folder' | 'text'
  /**
   * `dataFolder`: the stores as the cluster's own program opens them. `exportFolder`: plain stores for a person or for the
   * cluster's own import, with a report beside them.
   */
  readonly restoresInto: 'dataFolder' | 'exportFolder'
  /** Every name that belongs to the system in a target folder; left out: its stores. */
  readonly managedNames?: readonly string[]
  /** What an exported folder is, as sentences for whoever finds it later; left out where nothing is exported. */
  readonly exportNote?: string
  /** What the system itself cannot do with a restored backup: told before every restore. Left out: nothing. */
  readonly restoreWarning?: string
  /** What a restore takes once its bytes are in place, as a sentence: no drill by bytes measures that. */
  readonly afterTheBytes: string
  /** True where the system has no way to seal a backup: then no key is missing, whatever was read so far. */
  readonly neverSealed?: boolean
  /** True where what is recorded of the stored bytes is their MD5: it is computed beside the SHA-256 then. */
  readonly recordsMd5?: boolean
  /** Why the names inside its backups are not listed, as a sentence; left out where they are, or nobody could. */
  readonly noContents?: string
  /**
   * Why nobody but the system's own tools adds or removes a backup here, as a sentence: they keep lists of what is there. Left
   * out: a backup is its objects.
   */
  readonly keepsIndex?: string
  /** Reads the plain bytes of this system's objects, in a worker; null where nothing can be said about them. */
  readonly walker: { readonly name: string; readonly walk: Walker; readonly options: unknown } | null
  readInventory(store: ObjectStore, options: InventoryOptions): Promise<Inventory>
}
