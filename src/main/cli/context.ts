import type { ContractRouterClient } from '@orpc/contract'
import type { ConnectionValues } from '../../shared/contract/connection-fields.ts'
import type { Contract } from '../../shared/contract/contract.ts'
import type { NewSecret } from '../../shared/contract/vault.ts'
import type { AuditLog } from '../ports/audit-log.ts'
import type { ByteWork } from '../ports/byte-work.ts'
import type { Catalog } from '../ports/catalog.ts'
import type { Clock } from '../ports/clock.ts'
import type { SystemName } from '../../shared/domain/system-name.ts'
import type { Random } from '../ports/random.ts'
import type { OpenStore } from '../ports/repository-access.ts'
import type { ScratchSpace } from '../ports/scratch-space.ts'
import type { SavedPlace } from '../desk/cluster-repository.ts'
import type { HeldRequest } from '../operations/open-repository.ts'
import type { TargetPorts } from '../operations/open-target.ts'
import type { Output, Stream } from './output.ts'

/** What the host gives to the command line: everything that touches the machine. */
export interface CliPorts extends TargetPorts {
  readonly clock: Clock
  readonly random: Random
  readonly stdout: Stream
  readonly stderr: Stream
  /** Null where the variable is not set. */
  readonly env: (name: string) => string | null
  /** `openMode`: that of a file which other users can reach, such as `0644`; else null. */
  readonly readMasterKey: (
    path: string,
  ) => Promise<{ readonly bytes: Uint8Array; readonly openMode: string | null }>
  readonly openStore: OpenStore
  /** Where this installation remembers things. */
  readonly stateFolder: string
  readonly openCatalog: (folder: string) => Promise<Catalog>
  /** Folders for restores for trial, as this installation knows them. */
  readonly openScratch: (folder: string) => Promise<ScratchSpace>
  /** The chain of this installation; nothing is made before the first entry. */
  readonly openAudit: (folder: string) => Promise<AuditLog>
  /** Whether heads of that chain are kept elsewhere, by its settings. */
  readonly isAnchored: (folder: string) => Promise<boolean>
  /** Walks an exported chain by itself. Throws `audit.cannotWrite` where it cannot be read. */
  readonly checkAuditExport: (file: string, signal: AbortSignal) => Promise<ChainCheck>
  /** Where the stand-alone checker of an export is. */
  readonly auditChecker: string
  /** Makes a new file of this account alone; throws where there is one, and leaves nothing where it could not be written whole. */
  readonly writeNewFile: (path: string, pieces: AsyncIterable<string>) => Promise<void>
  /** A text that the operator has named. Throws `usage`, also for one that is larger. */
  readonly readTextFile: (path: string, mostBytes: number) => Promise<string>
  /** Null: as many workers as this machine has use for. */
  readonly openByteWork: (workers: number | null) => Promise<ByteWork>
  /** This installation's desk, opened in this process. `shell`: as the audit chain names it. */
  readonly openDesk: (stateFolder: string, shell: 'browser' | 'command line') => Promise<CliDesk>
  /**
   * Makes the clusters that the demonstration of the window shows, below the folder; those that were made there at `madeAt` are
   * used again. Throws `usage` for a folder that holds anything else.
   */
  readonly makeFleet: (dir: string) => Promise<DemonstrationFleet & { readonly madeAt: string | null }>
  /** Starts masters for some of those clusters, in this process. */
  readonly startMasters: (dir: string) => Promise<DemonstrationMasters>
  /** The desktop window, which opens on a state folder that no desk of this process has open; or why there can be none. */
  readonly findDesktop: () => Promise<
    | { readonly kind: 'none'; readonly reason: string }
    | {
        readonly kind: 'possible'
        /** Null once it was there and is closed; else why there was none, as the end of a sentence. */
        readonly open: (stateFolder: string, signal: AbortSignal) => Promise<string | null>
      }
  >
  /** Opens a file of this machine in the operator's browser; false where there is none. */
  readonly openInBrowser: (path: string) => Promise<boolean>
  /** A line of the operator's input: what they typed, or null at the end of it. */
  readonly readLine: (signal: AbortSignal) => Promise<string | null>
  readonly stdinIsTerminal: () => boolean
  /** From now on Ctrl-C ends nothing by itself, but is heard here; gives how to leave it as it was. */
  readonly onInterrupt: (heard: () => void) => () => void
  /** What is typed, and not shown; null where there is no terminal. */
  readonly askSecret: (question: string, signal: AbortSignal) => Promise<string | null>
  /** All that is piped in. */
  readonly readStdin: (signal: AbortSignal) => Promise<string>
  /** The bytes of a file, refused where others than its owner can read it. */
  readonly readKeyFile: (path: string) => Promise<Uint8Array>
  /** Makes the demonstration's repositories below the folder, anew where they were there. Throws `usage` as `makeFleet` does. */
  readonly makeLab: (dir: string) => Promise<DemonstrationLab & { readonly renewed: boolean }>
  /** A new empty folder for the demonstration. */
  readonly makeTemporaryFolder: () => Promise<string>
}

/** How far a chain holds. */
export interface ChainCheck {
  readonly last: { readonly seq: number; readonly hash: string }
  readonly broken: { readonly seq: number; readonly reason: string } | null
}

/** A desk with its calls, and the window that shows it to a browser of this machine. */
export interface CliDesk {
  readonly client: ContractRouterClient<Contract>
  /** What a saved cluster's repository is opened with; the caller closes it, and may close the desk before. */
  openCluster(
    clusterId: string,
    purpose: string,
    options: { readonly maxRatio: number | null; readonly keys: boolean },
  ): Promise<HeldRequest>
  /** Where a saved repository is, and how it is opened; the desk may be closed before it is. */
  openRepository(repositoryId: string, purpose: string): Promise<SavedPlace>
  serve(options: ServeOptions): Promise<ServedDesk>
  close(): Promise<void>
}

export interface ServeOptions {
  /** Null: a free port of the loopback interface. */
  readonly socket: string | null
  readonly port: number
  readonly publicOrigin: URL | null
  readonly idleMs: number | null
}

export interface ServedDesk {
  readonly origin: string
  readonly addresses: readonly string[]
  makeLink(): Promise<{ readonly path: string }>
  readonly ended: Promise<'idle' | 'closed'>
  close(): Promise<void>
}

/** What the demonstration shows its commands on. */
export interface DemonstrationLab {
  readonly masterKeyFile: string
  readonly repositories: readonly { readonly system: string; readonly address: string }[]
}

/** Clusters for the demonstration of the window. */
export interface DemonstrationFleet {
  readonly masterKeyFile: string
  readonly clusters: readonly {
    readonly name: string
    readonly system: SystemName
    readonly mode: 'normal' | 'protected' | 'readOnly'
    readonly address: string
    readonly rpoMs: number
    readonly rtoMs: number | null
    readonly needsKey: boolean
  }[]
}

/** Masters of the demonstration's clusters, and how they are reached. */
export interface DemonstrationMasters {
  readonly connections: readonly {
    readonly cluster: string
    /** But for the credentials. */
    readonly values: ConnectionValues
    /** By the fields of the connection that hold them. */
    readonly credentials: Readonly<Record<string, { readonly label: string; readonly secret: NewSecret }>>
  }[]
  close(): Promise<void>
}

/** What one run of a command works with. */
export interface CommandContext {
  readonly ports: CliPorts
  readonly output: Output
  readonly signal: AbortSignal
}
