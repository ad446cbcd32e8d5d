import { runOn, saidBy, type HostAccess } from '../../../engine/runbook/on-host.ts'
import { done, failed, notYet } from '../../../engine/runbook/outcomes.ts'
import { action } from '../../../engine/runbook/steps.ts'
import { overSsh, sh } from '../../../engine/runbook/twins.ts'
import type { ActionStep, Known, Outcome, StepContext } from '../../../ports/runbook.ts'
import { lookAt, pids, roleWords, type Role, type RoleAt } from './role-process.ts'
import { as, userOn, type KiokSite } from './site.ts'

interface StopOf extends RoleAt {
  readonly title: string
  readonly why: string
  readonly notNeeded?: (known: Known) => string | null
}

export function stopRole(of: StopOf): ActionStep {
  const { role, host, site, notNeeded } = of
  return action({
    id: of.id,
    section: 'restore',
    title: of.title,
    why: of.why,
    touches: `${roleWords[role]} in ${site.installFolder} on ${host.address}.`,
    undo: 'It is started again.',
    twin: overSsh(host.address, userOn(site, host), [
      'sh',
      '-c',
      sh`cd ${site.installFolder} && bin/stop-${role}.sh`,
    ]),
    // Documented (configuration): a worker drains for up to 60 s.
    expected: {
      ms: role === 'worker' ? 60_000 : 10_000,
      source: role === 'worker' ? 'documented' : 'assumed',
    },
    damage: 1,
    ...(notNeeded !== undefined && { notNeeded }),
    act: async (context) => stopOn(role, host, site, context),
    look: async (context) => {
      const { alive } = await lookAt({ id: of.id, role, host, site }, context)
      return alive.length === 0
        ? done(`No ${role} runs on ${host.address}.`)
        : notYet(`${roleWords[role]} runs on ${host.address}.`, { evidence: pids(alive) })
    },
  })
}

export async function stopOn(
  role: Role,
  host: HostAccess,
  site: KiokSite,
  context: StepContext,
): Promise<Outcome> {
  const output = await runOn(
    host,
    {
      argv: [
        '/bin/sh',
        '-c',
        'cd -- "$1" && exec "$2" </dev/null',
        'sh',
        site.installFolder,
        `bin/stop-${role}.sh`,
      ],
      ...as(userOn(site, host)),
      deadlineMs: 120_000,
    },
    context,
  )
  const { alive } = await lookAt({ id: 'stop', role, host, site }, context)
  if (alive.length === 0) return done(`No ${role} runs on ${host.address}.`)
  return failed(`${roleWords[role]} on ${host.address} still runs. ${saidBy(output)}`.trim(), {
    evidence: pids(alive),
    next: 'Look at its log; stop it by hand.',
  })
}
