import { printable } from '../../../shared/domain/printable.ts'
import type { ActionStep, CheckStep, Outcome, StepContext } from '../../ports/runbook.ts'
import { mustRunOn, runOn, saidBy, type HostAccess } from './on-host.ts'
import { done, failed, notYet, unknown } from './outcomes.ts'
import { action, check } from './steps.ts'
import { overSsh } from './twins.ts'

export interface RestartUnit {
  /** Begins the ids of both steps. */
  readonly id: string
  readonly host: HostAccess
  /** A name of systemd. */
  readonly unit: string
  /** Null: as the one who logs in. */
  readonly asUser: string | null
  readonly why: string
  readonly undo: string
  /** Where it runs already: `leave` it alone, or restart it all the same. */
  readonly whereItRuns: 'leave' | 'restart'
  /** What has to be so in the moment before; anything but `done` is told, and nothing is restarted. */
  readonly guard?: (context: StepContext) => Promise<Outcome>
}

/**
 * Restarts one unit, once. systemd gives each start of a unit an id of its own (documented: systemd.exec, INVOCATION_ID): it is noted
 * before, so that afterwards it is seen whether this very restart has happened.
 */
export function restartUnit(of: RestartUnit): readonly [CheckStep, ActionStep] {
  const { id, host, unit, whereItRuns } = of
  const name = `${unit} on ${host.address}`
  const before = `${id}.before`
  return [
    check({
      id: `${id}-before`,
      section: 'restore',
      title: `See how ${name} stands`,
      why: 'Which start it is of is noted, so that a restart is seen for what it is.',
      touches: `Asks systemd on ${host.address}.`,
      look: async (context) => {
        const { state, invocation, evidence } = await seenUnit(of, context)
        return state === 'missing'
          ? failed(`systemd on ${host.address} knows no ${unit}.`, { evidence, next: 'Check its name.' })
          : done(`${name} is ${state}.`, {
              evidence,
              learnt: { [before]: invocation, [`${id}.state`]: state },
            })
      },
    }),
    action({
      id,
      section: 'restore',
      title: `Restart ${name}`,
      why: of.why,
      touches: `${name}.`,
      undo: of.undo,
      twin: overSsh(host.address, of.asUser ?? undefined, ['systemctl', 'restart', '--', unit]),
      expected: { ms: 10_000, source: 'assumed' },
      damage: 1,
      notNeeded: (known) =>
        whereItRuns === 'leave' && known.get(`${id}.state`) === 'active'
          ? `${name} runs: what runs is left alone.`
          : null,
      act: async (context) => {
        const allowed = await of.guard?.(context)
        if (allowed !== undefined && allowed.state !== 'done') return { ...allowed, state: 'notYet' }
        const { code, stderr } = await runOn(
          host,
          {
            argv: ['systemctl', 'restart', '--', unit],
            ...(of.asUser !== null && { asUser: of.asUser }),
            // systemd waits 90 s for a service to stop, and as long for it to start (documented: DefaultTimeoutStopSec).
            deadlineMs: 200_000,
          },
          context,
        )
        const seen = await restarted(of, before, context)
        return code === 0 || seen.state === 'done'
          ? seen
          : failed(`${name} was not restarted. ${saidBy({ stderr })}`.trim(), {
              evidence: seen.evidence,
              next: `journalctl -u ${unit} tells why.`,
            })
      },
      look: async (context) => restarted(of, before, context),
    }),
  ]
}

async function restarted(of: RestartUnit, before: string, context: StepContext): Promise<Outcome> {
  const { state, invocation, evidence } = await seenUnit(of, context)
  const name = `${of.unit} on ${of.host.address}`
  if (state === 'failed') {
    return failed(`${name} does not stay up.`, { evidence, next: `journalctl -u ${of.unit} tells why.` })
  }
  if (state === 'activating' || state === 'deactivating' || state === 'reloading') {
    return unknown(`${name} is on its way.`, { evidence, next: 'Look again in a minute.' })
  }
  const isNew = invocation !== '' && invocation !== context.known.get(before)
  return state === 'active' && isNew
    ? done(`${name} was restarted, and runs.`, { evidence })
    : notYet(`${name} was not restarted: it is ${state}.`, { evidence })
}

async function seenUnit({ host, unit, asUser }: RestartUnit, context: StepContext) {
  const { stdout } = await mustRunOn(
    host,
    {
      argv: ['systemctl', 'show', '--property=LoadState,ActiveState,InvocationID', '--', unit],
      ...(asUser !== null && { asUser }),
      deadlineMs: 30_000,
    },
    context,
  )
  const value = (name: string): string =>
    printable(new RegExp(`^${name}=(.*)$`, 'm').exec(stdout)?.[1]?.trim() ?? '')
  const invocation = value('InvocationID')
  const state = value('LoadState') === 'not-found' ? 'missing' : value('ActiveState')
  const evidence = [
    { name: `${unit} on ${host.address}`, value: state },
    { name: 'InvocationID', value: invocation },
  ]
  return { state, invocation, evidence }
}
