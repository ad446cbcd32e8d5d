import type { Change } from '../../shared/contract/host.ts'
import type { AuditLog } from '../ports/audit-log.ts'
import type { Policy } from '../../shared/contract/policy.ts'
import type { DeskState } from '../ports/desk-state.ts'
import type { OpenGrpc } from '../ports/grpc-client.ts'
import type { OpenHttp } from '../ports/http-client.ts'
import type { Log } from '../ports/log.ts'
import type { ScratchSpace } from '../ports/scratch-space.ts'
import type { TargetPorts } from '../operations/open-target.ts'
import type { Secrets } from '../ports/secrets.ts'
import type { RepositoryPorts } from '../operations/open-repository.ts'

/** Everything that the desk works with; chosen by a host. */
export interface DeskPorts extends RepositoryPorts, TargetPorts {
  /** As the policy lets it count. */
  readonly state: DeskState
  /** What the administrator of this machine has locked; null: nothing. */
  readonly policy: Policy | null
  readonly secrets: Secrets
  readonly audit: AuditLog
  readonly log: Log
  readonly scratch: ScratchSpace
  readonly openHttp: OpenHttp
  readonly openGrpc: OpenGrpc
  /** Tells every window what may have changed. */
  readonly publish: (change: Change) => void
}
