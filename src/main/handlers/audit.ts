import type { AuditLog } from '../ports/audit-log.ts'
import { implementation } from './implement.ts'

const { audit } = implementation

export function createAuditHandlers(log: AuditLog) {
  return {
    status: audit.status.handler(() => log.status()),
    list: audit.list.handler(async ({ input }) => {
      const { entries, more } = await log.list(input)
      return { entries: [...entries], more }
    }),
    verify: audit.verify.handler(({ signal }) => log.verify(signal)),
    export: audit.export.handler(async function* ({ signal }) {
      for await (const text of log.export(signal)) yield { text }
    }),
  }
}
