import { printable } from '../../../../shared/domain/printable.ts'
import { runOn, saidBy } from '../../../engine/runbook/on-host.ts'
import { done, failed, notYet, unknown } from '../../../engine/runbook/outcomes.ts'
import { action } from '../../../engine/runbook/steps.ts'
import { overSsh } from '../../../engine/runbook/twins.ts'
import type { ActionStep, Known, Outcome, StepContext } from '../../../ports/runbook.ts'
import { causeOf, logTail } from './log.ts'
import type { NodeFacts } from '../live/node-facts.ts'
import { seeNodes } from './nodes.ts'
import { mustStayUp, restartTrap } from './restart-trap.ts'
import { as, userOn, type KisekiNode, type KisekiSite } from './site.ts'

type UnitState = 'active' | 'activating' | 'deactivating' | 'inactive' | 'failed' | 'unknown'

/** systemd's own word for it: `is-active` ends with 3 for a unit that is not. */
export async function unitState(
  site: KisekiSite,
  { host }: KisekiNode,
  context: StepContext,
): Promise<UnitState> {
  const { stdout } = await runOn(
    host,
    { argv: ['systemctl', 'is-active', '--', site.unit], ...as(userOn(site, host)), deadlineMs: 30_000 },
    context,
  )
  const word = stdout.trim()
  const known = ['active', 'activating', 'deactivating', 'inactive', 'failed'] as const
  return known.find((state) => state === word) ?? 'unknown'
}

export interface UnitStep {
  readonly id: string
  readonly node: KisekiNode
  readonly site: KisekiSite
  readonly section: ActionStep['section']
  readonly why: string
  readonly notNeeded?: (known: Known) => string | null
}

/** Whether it was stopped by this run: then it is started again by it. */
export function stopUnit(of: UnitStep): ActionStep {
  const { id, node, site, notNeeded } = of
  return action({
    id,
    section: of.section,
    title: `Stop ${site.unit} on ${node.host.address}`,
    why: of.why,
    touches: `${site.unit} on ${node.host.address}.`,
    undo: `It is started again. ${restartTrap}`,
    twin: twinOf('stop', of),
    expected: { ms: 10_000, source: 'assumed' },
    damage: 1,
    ...(notNeeded !== undefined && { notNeeded }),
    act: async (context) => {
      const own =
        (await seeNodes(site, context)).find((each) => each.node.place === node.place)?.facts ?? null
      if (own !== null && mustStayUp(own)) return staysUp(node, own)
      await systemctl('stop', of, context)
      // So that a failure that systemd notes later is one of the start that this run asks for.
      await systemctl('reset-failed', of, context)
      return isStopped(of, context)
    },
    look: async (context) => isStopped(of, context),
    takeBack: async (context) => {
      await systemctl('start', of, context)
      return isStarted(of, context)
    },
  })
}

/** Whatever was known of it when the run was begun. */
function staysUp({ host: { address } }: KisekiNode, { committed }: NodeFacts): Outcome {
  return failed(
    `${address} answers, stands at entry ${committed}, and may keep only the end of its log. It was not stopped. ${restartTrap}`,
    {
      next: 'Leave it up, and ask its makers. Where it is known that it was started within its last 2 000 entries, stop it there by hand, then go on.',
    },
  )
}

export function startUnit(of: UnitStep): ActionStep {
  const { id, node, site, notNeeded } = of
  return action({
    id,
    section: of.section,
    title: `Start ${site.unit} on ${node.host.address}`,
    why: of.why,
    touches: `${site.unit} on ${node.host.address}.`,
    undo: null,
    twin: twinOf('start', of),
    expected: { ms: 10_000, source: 'assumed' },
    damage: 1,
    ...(notNeeded !== undefined && { notNeeded }),
    act: async (context) => {
      const { code, stderr } = await systemctl('start', of, context)
      const seen = await isStarted(of, context)
      // A unit that is not there says so on the way, and is inactive afterwards.
      return code === 0 || seen.state === 'done'
        ? seen
        : failed(`${seen.sentence} ${saidBy({ stderr })}`.trim(), {
            evidence: seen.evidence,
            ...(seen.next !== undefined && { next: seen.next }),
          })
    },
    look: async (context) => isStarted(of, context),
  })
}

async function systemctl(
  verb: 'start' | 'stop' | 'reset-failed',
  { node, site }: UnitStep,
  context: StepContext,
) {
  return runOn(
    node.host,
    {
      argv: ['systemctl', verb, '--', site.unit],
      ...as(userOn(site, node.host)),
      // systemd waits 90 s for a service before it gives up.
      deadlineMs: 120_000,
    },
    context,
  )
}

async function isStopped(of: UnitStep, context: StepContext): Promise<Outcome> {
  const { node, site } = of
  const state = await unitState(site, node, context)
  const evidence = [{ name: `${site.unit} on ${node.host.address}`, value: state }]
  switch (state) {
    case 'failed':
      return notYet(`${site.unit} on ${node.host.address} has failed; a stop clears that.`, { evidence })
    case 'inactive':
      return done(`${site.unit} on ${node.host.address} is stopped.`, { evidence })
    case 'active':
    case 'activating':
      return notYet(`${site.unit} on ${node.host.address} runs.`, { evidence })
    case 'deactivating':
    case 'unknown':
      return unknown(`${site.unit} on ${node.host.address} is neither running nor stopped.`, {
        evidence,
        next: 'Look again in a minute.',
      })
  }
}

async function isStarted(of: UnitStep, context: StepContext): Promise<Outcome> {
  const { node, site } = of
  const state = await unitState(site, node, context)
  const evidence = [{ name: `${site.unit} on ${node.host.address}`, value: state }]
  if (state === 'active') return done(`${site.unit} on ${node.host.address} runs.`, { evidence })
  if (state === 'inactive')
    return notYet(`${site.unit} on ${node.host.address} is not started.`, { evidence })
  if (state !== 'failed') {
    return unknown(`${site.unit} on ${node.host.address} is on its way.`, {
      evidence,
      next: 'Look again in a minute.',
    })
  }
  const log = await logTail(site, node, context)
  const { sentence, next } = causeOf(log)
  return failed(`${site.unit} on ${node.host.address} did not stay up. ${sentence}`, {
    evidence: [...evidence, { name: 'log', value: printable(log?.slice(-600) ?? 'not readable') }],
    next,
  })
}

function twinOf(verb: string, { node, site }: UnitStep): string {
  return overSsh(node.host.address, userOn(site, node.host), ['systemctl', verb, '--', site.unit])
}
