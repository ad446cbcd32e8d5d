import type { AuditStatus } from '../../shared/contract/audit.ts'
import type { AuditLog } from '../ports/audit-log.ts'
import { refuseUnanchored, type Anchoring } from './anchoring.ts'

/** What may replace or remove something: its beginning and its end are anchored before anything else goes on. */
const destructive = /^(restore|rollback|copy|prune)\.(started|finished|failed)$/

/** The same log, whose heads are anchored; what is said of it counts what the anchors say. */
export function anchoredAudit(audit: AuditLog, anchoring: Anchoring): AuditLog {
  /** A place that cannot be reached keeps nobody from a restore; that it was not anchored is kept. */
  async function noteMissed({ anchor }: AuditStatus): Promise<void> {
    if (anchor === null || anchor.failure === null) return
    await audit.append({
      action: 'anchor.missed',
      subject: anchor.place,
      facts: [{ name: 'code', value: anchor.failure.code }],
    })
  }

  return {
    async append(event) {
      const isDestructive = destructive.test(event.action)
      if (isDestructive && event.action.endsWith('.started')) {
        refuseUnanchored(anchoring.told(await audit.status()))
      }
      const entry = await audit.append(event)
      if (isDestructive) await anchoring.now()
      else anchoring.appended(entry.seq)
      if (isDestructive && event.action.endsWith('.started')) {
        const told = anchoring.told(await audit.status())
        // Its own anchor may be what has shown it.
        refuseUnanchored(told)
        await noteMissed(told)
      }
      return entry
    },
    async appendAll(events) {
      await audit.appendAll(events)
      anchoring.appended((await audit.status()).entries)
    },
    status: async () => anchoring.told(await audit.status()),
    async verify(signal) {
      const status = await audit.verify(signal)
      // Of a chain that is broken by itself nothing more has to be shown.
      if (status.broken === null) await anchoring.compare(signal)
      return anchoring.told(status)
    },
    list: (options) => audit.list(options),
    export: (signal) => audit.export(signal),
  }
}
