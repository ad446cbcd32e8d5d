import type { ByteWork } from '../ports/byte-work.ts'
import type { Catalog } from '../ports/catalog.ts'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'
import type { OpenStore } from '../ports/repository-access.ts'
import type { RestoreTarget } from '../ports/restore-target.ts'
import type { Output, Stream } from './output.ts'

/** What the host gives to the command line: everything that touches the machine. */
export interface CliPorts {
  readonly clock: Clock
  readonly random: Random
  readonly stdout: Stream
  readonly stderr: Stream
  /** Null where the variable is not set. */
  readonly env: (name: string) => string | null
  readonly readFile: (path: string) => Promise<Uint8Array>
  readonly openStore: OpenStore
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
