import type { Change } from '../../shared/contract/host.ts'
import type { AuditLog } from '../ports/audit-log.ts'
import type { DeskState } from '../ports/desk-state.ts'
import type { OpenGrpc } from '../ports/grpc-client.ts'
import type { OpenHttp } from '../ports/http-client.ts'
import type { Log } from '../ports/log.ts'
import type { OpenHost } from '../ports/remote-host.ts'
import type { RestoreTarget } from '../ports/restore-target.ts'
import type { Secrets } from '../ports/secrets.ts'
import type { RepositoryPorts } from '../operations/open-repository.ts'

/** Everything that the desk works with; chosen by a host. */
export interface DeskPorts extends RepositoryPorts {
  readonly state: DeskState
  readonly secrets: Secrets
  readonly audit: AuditLog
  readonly log: Log
  /** `repositoryFolder`: where the backup is read from, if that is on this machine. */
  readonly openTarget: (dir: string, repositoryFolder: string | null) => Promise<RestoreTarget>
  readonly openHttp: OpenHttp
  readonly openGrpc: OpenGrpc
  readonly openHost: OpenHost
  /** Tells every window what may have changed. */
  readonly publish: (change: Change) => void
}
