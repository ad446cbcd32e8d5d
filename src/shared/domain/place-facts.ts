/** An answer of the place, or why there is none. What was not told is never taken for good. */
export type Told<T> =
  { readonly told: true; readonly value: T } | { readonly told: false; readonly why: string }

/** What a place says of itself: its settings, and how those of its objects lie there that were asked about. */
export type PlaceFacts = BucketFacts | FolderFacts

export interface BucketFacts {
  readonly kind: 'bucket'
  readonly bucket: string
  /** Of the repository in the bucket: keys in it begin with exactly this. */
  readonly prefix: string
  /** `httpHere`: without TLS, to this machine. */
  readonly transport: 'https' | 'http' | 'httpHere'
  readonly versioning: Told<'on' | 'suspended' | 'never'>
  /** `byItself`: what each new object gets without being asked for it. */
  readonly lock: Told<{ readonly enabled: boolean; readonly byItself: DefaultLock | null }>
  /** The algorithm that new objects are encrypted with; null where none is set. */
  readonly encryption: Told<string | null>
  readonly publicBlock: Told<{ readonly ignoresLists: boolean; readonly restrictsPolicies: boolean }>
  readonly policyIsPublic: Told<boolean>
  /** As JSON text; null where there is none. */
  readonly policy: Told<string | null>
  readonly grants: Told<readonly Grant[]>
  readonly lifecycle: Told<readonly LifecycleRule[]>
  /** Of uploads that were begun below the prefix and not ended. */
  readonly uploads: Told<{
    readonly count: number
    readonly oldestAt: string | null
    /** There are more. */
    readonly isCut: boolean
  }>
  /** Whole keys in the bucket that are not of the repository; null where the repository is the whole bucket. */
  readonly outside: Told<{ readonly keys: readonly string[]; readonly isCut: boolean } | null>
  readonly sampled: readonly SampledObject[]
}

export interface DefaultLock {
  readonly mode: LockMode
  readonly days: number
}

/** GOVERNANCE can be lifted by whoever has the right to; COMPLIANCE by nobody before its time. */
export type LockMode = 'GOVERNANCE' | 'COMPLIANCE'

/** Somebody who needs no key of this account. `anyAccount`: whoever has one anywhere. */
export interface Grant {
  readonly to: 'everyone' | 'anyAccount'
  readonly permission: string
}

export interface LifecycleRule {
  readonly id: string
  /** Of whole keys in the bucket. */
  readonly prefix: string
  /** By tags or sizes, too: not every key below the prefix need be meant. */
  readonly isNarrowed: boolean
  readonly deletes: When | null
  readonly moves: readonly (When & { readonly storageClass: string })[]
  readonly deletesOldVersionsAfterDays: number | null
}

/** So many days after it was written, or at a date. */
export interface When {
  readonly days: number | null
  readonly date: string | null
}

export interface SampledObject {
  readonly key: string
  readonly lock: Told<{ readonly mode: LockMode; readonly until: string } | null>
  readonly isHeld: Told<boolean>
  readonly grants: Told<readonly Grant[]>
  /** `isArchived`: it has to be fetched back before it can be read; null where the class is not a known one. */
  readonly storage: Told<{ readonly name: string; readonly isArchived: boolean | null }>
}

export interface FolderFacts {
  readonly kind: 'folder'
  /** `here`: of this machine. */
  readonly where: 'here' | 'sftp'
  readonly path: string
  /** Permission bits. */
  readonly mode: Told<number>
  /** As a number, and whether it is the one that asks; null where it was not told. */
  readonly owner: string | null
  /** What lies on the way to the objects that were asked about, the objects too, and may be written by others than its owner. */
  readonly looseParts: readonly { readonly name: string; readonly mode: number }[]
  readonly mayWrite: Told<boolean>
  /** Whether it lies on the file system that this machine runs from. */
  readonly isOnRootDisk: Told<boolean>
}
