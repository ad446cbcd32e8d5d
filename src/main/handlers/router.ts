import type { Desk } from '../desk/desk.ts'
import { createAuditHandlers } from './audit.ts'
import { createBackupHandlers } from './backups.ts'
import { createClusterHandlers } from './clusters.ts'
import { createDrillHandlers } from './drills.ts'
import { createHostHandlers, type HostParts } from './host.ts'
import { implementation, oneAtATime } from './implement.ts'
import { createJobHandlers } from './jobs.ts'
import { createMasterHandlers } from './masters.ts'
import { createRepositoryHandlers } from './repositories.ts'
import { createRestoreHandlers } from './restore.ts'
import { createRetentionHandlers } from './retention.ts'
import { createRunbookHandlers } from './runbooks.ts'
import { createSettingsHandlers } from './settings.ts'
import { createSetupHandlers } from './setup.ts'
import { createVaultHandlers } from './vault.ts'
import { createVerifyHandlers } from './verify.ts'

/** Everything that a window, a tab or a command line may ask of this desk. */
export function createRouter(desk: Desk, host: HostParts) {
  const alone = oneAtATime()
  return implementation.router({
    host: createHostHandlers(desk, host),
    vault: createVaultHandlers(desk.secrets),
    repositories: createRepositoryHandlers(desk, alone),
    clusters: createClusterHandlers(desk, alone),
    masters: createMasterHandlers(desk, alone),
    backups: createBackupHandlers(desk),
    verify: createVerifyHandlers(desk),
    restore: createRestoreHandlers(desk),
    retention: createRetentionHandlers(desk),
    runbooks: createRunbookHandlers(desk),
    drills: createDrillHandlers(desk),
    jobs: createJobHandlers(desk),
    audit: createAuditHandlers(desk.audit),
    settings: createSettingsHandlers(desk.state, desk),
    setup: createSetupHandlers(desk, alone),
  })
}

export type Router = ReturnType<typeof createRouter>
