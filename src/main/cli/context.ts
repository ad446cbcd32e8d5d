import type { RepositoryAddress } from '../../shared/domain/address.ts'
import type { ByteWork } from '../ports/byte-work.ts'
import type { Catalog } from '../ports/catalog.ts'
import type { Clock } from '../ports/clock.ts'
import type { ObjectStore } from '../ports/object-store.ts'
import type { Random } from '../ports/random.ts'
import type { RestoreTarget } from '../ports/restore-target.ts'
import type { Output, Stream } from './output.ts'

/** How a repository is reached, beside its address. Nothing in it is a secret. */
export interface AccessOptions {
  /** Profile of the shared AWS configuration. */
  readonly profile: string | null
  /** File with the PEM certificates of a private authority. */
  readonly caFile: string | null
  readonly allowHttp: boolean
  readonly sshKeyFiles: readonly string[]
  /** `SHA256:…` of a host key that the operator has compared. */
  readonly hostKey: string | null
  /** Null: as fast as it goes. */
  readonly maxBytesPerSecond: number | null
}

/** What the host gives to the command line: everything that touches the machine. */
export interface CliPorts {
  readonly clock: Clock
  readonly random: Random
  readonly stdout: Stream
  readonly stderr: Stream
  /** Null where the variable is not set. */
  readonly env: (name: string) => string | null
  readonly readFile: (path: string) => Promise<Uint8Array>
  /** `read`: every write is refused, whatever asks for it. */
  readonly openStore: (
    address: RepositoryAddress,
    access: AccessOptions,
    mode: 'read' | 'write',
  ) => Promise<ObjectStore>
  /** Where this installation remembers things. */
  readonly stateFolder: string
  readonly openCatalog: (folder: string) => Promise<Catalog>
  /** Null: as many workers as this machine has use for. */
  readonly openByteWork: (workers: number | null) => Promise<ByteWork>
  /** `repositoryFolder`: where the backup is read from, if that is on this machine. */
  readonly openTarget: (dir: string, repositoryFolder: string | null) => Promise<RestoreTarget>
  /** Makes the demonstration's repositories below the folder. */
  readonly makeLab: (dir: string) => Promise<DemonstrationLab>
  /** A new empty folder for the demonstration. */
  readonly makeTemporaryFolder: () => Promise<string>
}

/** What the demonstration shows its commands on. */
export interface DemonstrationLab {
  readonly masterKeyFile: string
  readonly repositories: readonly { readonly system: string; readonly address: string }[]
}

/** What one run of a command works with. */
export interface CommandContext {
  readonly ports: CliPorts
  readonly output: Output
  readonly signal: AbortSignal
}
