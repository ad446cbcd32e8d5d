import type { ConnectionField, SshValues, TlsValues } from '../../shared/contract/connection-fields.ts'
import type { ClusterSchedule, Probe, SnapshotWay } from '../../shared/contract/masters.ts'
import type { RepositoryAddress } from '../../shared/domain/address.ts'
import type { DrillOutcome, DrillPhase, DrillPhaseName } from '../../shared/domain/drill.ts'
import type { SystemName } from '../../shared/domain/system-name.ts'
import type { ToolDrill } from './backup-system.ts'
import type { ByteWork } from './byte-work.ts'
import type { Clock } from './clock.ts'
import type { GapTable } from './gaps.ts'
import type { GrpcClient, GrpcProtocol } from './grpc-client.ts'
import type { HttpClient } from './http-client.ts'
import type { MasterKey } from './master-key.ts'
import type { ObjectStore } from './object-store.ts'
import type { Random } from './random.ts'
import type { RemoteHost } from './remote-host.ts'
import type { S3KeyPair } from './secrets.ts'

/**
 * What a driver works with while it talks to one cluster for one purpose. All that is opened through it is closed with it, and
 * ends with its signal.
 */
export interface Session {
  readonly cluster: { readonly name: string; readonly system: SystemName }
  readonly clock: Clock
  readonly random: Random
  readonly signal: AbortSignal
  http(wanted: {
    readonly origins: readonly string[]
    readonly basePath: string
    readonly tls: TlsValues
    readonly proxy: string
    readonly allowPlaintextCredentials: boolean
  }): Promise<HttpClient>
  /** `origin`: `https://host:port`, or `http:` for plaintext. */
  grpc(origin: string, tls: TlsValues, protocol: GrpcProtocol): Promise<GrpcClient>
  /** Logged in to once a session, and shared. */
  host(address: string, ssh: SshValues): Promise<RemoteHost>
  /** Credentials by their ids; each use is an audit entry. */
  login(id: string): Promise<{ readonly user: string; readonly password: string }>
  token(id: string): Promise<string>
  password(id: string): Promise<string>
  s3(id: string): Promise<S3KeyPair>
  /** Puts a token that a master has just made into the vault, in place of the one there; an audit entry too. */
  replaceToken(id: string, token: string): Promise<void>
  /** The cluster's master keys, the newest first; forgotten when the session ends. */
  masterKeys(): Promise<readonly MasterKey[]>
  /**
   * 16 bytes for deriving keys of the newest master key: this installation's own, and the same each time. Nothing secret. Throws
   * `key.missing`.
   */
  keySalt(): Uint8Array
  /** For work on whole objects, so that this thread stays free for who waits for an answer. */
  byteWork(): Promise<ByteWork>
  /** The cluster's repository. */
  repository(mode: 'read' | 'write'): Promise<ObjectStore>
  /**
   * The repository's bucket, for a tool on a host that reads it by itself: the place is the one that the operator saved, never
   * one that a backup names. Null where it is no bucket, or its key pair is not in the vault.
   */
  bucket(): Promise<BucketAccess | null>
}

export interface BucketAccess {
  readonly place: Extract<RepositoryAddress, { readonly kind: 's3' }>
  readonly pair: S3KeyPair
}

/** Name and value, for the audit chain and the job's log. Nothing secret. */
export interface Fact {
  readonly name: string
  readonly value: string
}

export interface SnapshotProgress {
  progress(doneBytes: number, totalBytes: number | null): void
  log(severity: 'info' | 'warning' | 'error', text: string): void
}

/** What the driver knows when it is done; whether a backup exists is then looked up in the repository. */
export type SnapshotOutcome =
  /** The cluster says that it is done, or this console has written it. */
  | {
      readonly kind: 'made'
      /** As the repository will name it; null where the cluster does not say. */
      readonly backupId: string | null
      /** The cluster's own hash of an object, by the last part of its key, where it gives one: it appears nowhere else. */
      readonly hash: { readonly object: string; readonly sha256: string } | null
      /** Where it is kept outside of the cluster's repository, so that it is not looked for there: a sentence. */
      readonly keptElsewhere?: string
      readonly facts: readonly Fact[]
    }
  /** The request was accepted, and by what is known of the system nothing comes of it. */
  | { readonly kind: 'onlyLogged'; readonly sentence: string; readonly facts: readonly Fact[] }
  /** It may go on in the cluster: the repository decides. */
  | { readonly kind: 'unknown'; readonly sentence: string; readonly facts: readonly Fact[] }

export interface SettingsChange {
  readonly [name: string]: string | null
}

/** A backup to restore for trial with the system's own tool, as it was proved. */
export interface ToolDrillWish {
  /** Of the drill; the same where one that was cut short is begun anew. */
  readonly id: string
  /** Of this installation: what another one has left is not its own. */
  readonly desk: string
  readonly backup: ToolDrill
  /** Of the manifest that was proved. */
  readonly manifestSha256: string
  /** Whether it is the newest one: then all that was archived since is replayed, as a restore in earnest does. */
  readonly isNewest: boolean
  readonly host: string
  /** Of that host; a folder of its own is made in it. */
  readonly folder: string
}

export interface ToolDrillEnd {
  readonly outcome: DrillOutcome
  /** All but `prove`. */
  readonly phases: readonly DrillPhase[]
  readonly items: number
  readonly plainBytes: number
  readonly seen: readonly string[]
  readonly notMeasured: readonly string[]
  /** With its host. */
  readonly folder: string
  readonly folderStands: boolean
}

/** Restores for trial with the system's own tool on a host, beside the cluster and never into it. */
export interface ToolDriller {
  /** Of the cluster; where nobody names another one. */
  readonly usualHost: string
  /** Whether a host serves the cluster. */
  serves(host: string): boolean
  /** What it does and costs there, a sentence each. */
  readonly says: readonly string[]
  /** Throws `usage` where no drill can be made in that folder; asks nobody. */
  check(wish: Pick<ToolDrillWish, 'id' | 'host' | 'folder'>): void
  /**
   * A backup that the tool cannot restore, or the system cannot open, is a drill that failed, and an end. What says nothing of the backup
   * is thrown. What earlier drills of this installation have left in that folder is removed before, its own after, also once `work` has
   * been aborted: that is why the session has a longer life.
   */
  drill(
    session: Session,
    wish: ToolDrillWish,
    parts: {
      readonly work: AbortSignal
      readonly reached: (phase: DrillPhaseName) => void
      readonly log: SnapshotProgress['log']
    },
  ): Promise<ToolDrillEnd>
}

/** What the system's own tool says of its backups; it is its word, and no verdict of a backup here. */
export interface ToolWord {
  /** `unknown`: it ran, and what it says proves nothing. */
  readonly state: 'whole' | 'bad' | 'unknown'
  readonly sentence: string
  /** What it printed, or what was made of it, a line each. */
  readonly lines: readonly string[]
  readonly next: string | null
}

/** Has the system's own tool verify what it keeps, on a host of the cluster. */
export interface ToolVerifier {
  readonly tool: string
  /** What it does and costs there, what it proves and what not, a sentence each. */
  readonly says: readonly string[]
  /** Whether it writes down what it finds, in its own list of backups. */
  readonly marks: boolean
  /** Whether what it verifies lies outside of the cluster's repository, where nothing of it is read here. */
  readonly keepsElsewhere: boolean
  /** Throws where it could not be run, or did not do it. `backups`: null for all, or the newest one. */
  verify(
    session: Session,
    backups: readonly string[] | 'newest' | null,
    log: SnapshotProgress['log'],
  ): Promise<ToolWord>
}

/** A cluster whose connection is given. Methods throw `HoldfastError`s; probes answer instead of throwing. */
export interface LiveCluster {
  /** To how many masters and hosts a probe connects at once. */
  readonly places: number
  /**
   * Every question, each answered once, a dead master's too, as the answers come. Nothing is changed by asking. Masters are
   * asked side by side, so that a dead one delays no other one's answer.
   */
  probe(session: Session): AsyncIterable<Probe>
  /** What must not be `bad` before a snapshot in this way is begun. */
  beforeSnapshot(session: Session, way: string): AsyncIterable<Probe>
  /** Throws before anything was asked for, or ends with what is known; a request that changes something is never repeated. */
  snapshot(session: Session, way: string, report: SnapshotProgress): Promise<SnapshotOutcome>
  /** Throws where the cluster could not be asked. */
  schedule(session: Session): Promise<ClusterSchedule>
  /** Left out: its backups are drilled by their bytes, or not at all. */
  readonly toolDriller?: ToolDriller
  /** Left out: its backups have no tool of their own that verifies them. */
  readonly toolVerifier?: ToolVerifier
  /** Null where the cluster has no settings of its own that can be changed. */
  readonly changeSettings:
    null | ((session: Session, changes: SettingsChange) => Promise<{ readonly facts: readonly Fact[] }>)
}

/** One kind of cluster, as far as its masters go. */
export interface ClusterDriver {
  readonly system: SystemName
  /** What can be done with its masters, in a sentence. */
  readonly summary: string
  /** In the order in which a form asks for them. */
  readonly fields: readonly ConnectionField[]
  readonly snapshotWays: readonly SnapshotWay[]
  readonly scheduler: 'cluster' | 'none'
  /** What nobody does for this system unless this console does, a sentence each. */
  readonly nobodyDoes: readonly string[]
  /** What nothing public fixes of it, with what is tried in which order; empty where its source says all that is used. */
  readonly gaps: GapTable
  /** Throws `connection.invalid` with what is wrong with which field. */
  connect(values: unknown): LiveCluster
}
