import type { Change } from '../../shared/contract/host.ts'
import type { AuditLog } from '../ports/audit-log.ts'

/** The same log; every window is told of a new entry. */
export function announced(audit: AuditLog, publish: (change: Change) => void): AuditLog {
  return {
    status: () => audit.status(),
    verify: (signal) => audit.verify(signal),
    list: (options) => audit.list(options),
    export: (signal) => audit.export(signal),
    async append(event) {
      const entry = await audit.append(event)
      publish({ topic: 'audit' })
      return entry
    },
    async appendAll(events) {
      await audit.appendAll(events)
      publish({ topic: 'audit' })
    },
  }
}
