import type { AuditEvent, AuditLog } from '../../../src/main/ports/audit-log.ts'
import { memoryAuditLog } from '../audit-log.ts'
import { hexOf, hourMs, iso } from './seeded.ts'
import type { World } from './world.ts'

/** A chain with six weeks of what usually happens at a desk. */
export async function sampleAudit({ clock, fleet }: World): Promise<AuditLog> {
  let pastMs: number | null = null
  const audit = memoryAuditLog({ now: () => pastMs ?? clock.now() }, 'lena on desk-1, browser')
  const nowMs = clock.now()
  const events = fleet.slice(0, 7).flatMap(({ cluster, chain }) => {
    const [newest] = chain().backups
    return [
      event('cluster.added', cluster.name, { system: cluster.system, repository: cluster.address }),
      event('secret.used', cluster.name, { credential: `${cluster.name}, reader`, purpose: 'look' }),
      ...Array.from({ length: 90 }, (_, place) =>
        place % 9 === 8
          ? event('verify.finished', cluster.name, {
              backups: String(chain().backups.length),
              job: hexOf(`${cluster.id} ${place}`, 24),
            })
          : event(place % 2 === 0 ? 'secret.used' : 'backup.judged', cluster.name, {
              backup: chain().backups[place]?.backupId ?? newest?.backupId ?? '',
              verdict: chain().backups[place]?.verdict ?? 'good',
            }),
      ),
      ...(cluster.mode === 'protected'
        ? [
            event(
              'cluster.changed',
              cluster.name,
              { mode: 'normal → protected' },
              'CHG-1180: customer data since October',
            ),
          ]
        : []),
    ]
  })
  for (const [place, each] of events.entries()) {
    pastMs = nowMs - (events.length - place) * 1.5 * hourMs
    await audit.append(each)
  }
  pastMs = null
  let checkedAt = iso(nowMs - 2 * 60_000)
  const status = async () => ({ ...(await audit.status()), checkedAt })
  return {
    ...audit,
    status,
    async verify() {
      await clock.wait(400)
      checkedAt = iso(clock.now())
      return status()
    },
  }
}

function event(
  action: string,
  subject: string,
  facts: Readonly<Record<string, string>>,
  reason: string | null = null,
): AuditEvent {
  return {
    action,
    subject,
    facts: Object.entries(facts).map(([name, value]) => ({ name, value })),
    reason,
  }
}
