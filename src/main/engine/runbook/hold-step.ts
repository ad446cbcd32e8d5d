import { isHoldfastError } from '../../../shared/domain/error.ts'
import type { ActionStep, Outcome, StepContext } from '../../ports/runbook.ts'
import { heldUnits, holdByHand, holdUnits, releaseByHand, releaseUnits, unheldUnits } from './held-units.ts'
import { onEachHost, type HostAccess } from './on-host.ts'
import { done, failed, notYet, whereFailing } from './outcomes.ts'
import { action } from './steps.ts'

export interface HoldStep extends Pick<ActionStep, 'id' | 'title' | 'why'> {
  readonly hosts: readonly HostAccess[]
  /** For the words of the plan, and the command that does the same. */
  readonly usualUnits: readonly string[]
  /** By systemd's own ids, of what is there to be started on a host; what cannot be held there, a sentence each. */
  readonly units: (host: HostAccess, context: StepContext) => Promise<UnitsThere>
  /** Why nothing may start though the run is taken back or abandoned; null: it may. */
  readonly keeps: (context: StepContext) => Promise<string | null>
}

export interface UnitsThere {
  readonly units: readonly string[]
  readonly cannot: readonly string[]
}

/**
 * Before what it holds is stopped: then there is no moment in which a reboot starts it. Whoever starts the units again gives them back
 * first (`releaseUnits`); so does the run that is taken back or abandoned, as soon as what they work on is whole.
 */
export function holdStep(of: HoldStep): ActionStep {
  const all = of.hosts.map(({ address }) => address).join(', ')
  const look = async (context: StepContext): Promise<Outcome> =>
    onEachHost(of.hosts, context, async (host) => lookHeld(host, await of.units(host, context), context))
  return action({
    id: of.id,
    section: 'safety',
    title: of.title,
    why: of.why,
    touches: `A file for each of ${of.usualUnits.join(', ')} in /etc/systemd/system on ${all}, as far as they are there, and systemctl daemon-reload.`,
    undo: 'The files are removed where the units are started again, and where the run is abandoned with nothing half done.',
    twin: `${holdByHand(of.usualUnits)}   # as root on each host`,
    damage: 1,
    endsWithRun: true,
    // Where it cannot be done somebody else has to see to it, and says how.
    skip: 'operator',
    act: async (context) =>
      onEachHost(of.hosts, context, async (host) => {
        const there = await of.units(host, context)
        try {
          if (there.units.length > 0) await holdUnits(host, there.units, context)
        } catch (error) {
          if (!isHoldfastError(error, 'host.commandFailed')) throw error
          return failed([error.text.what, error.text.why ?? ''].join(' ').trim(), {
            next: `Nothing keeps ${there.units.join(', ')} on ${host.address} from starting at boot. Disable them there, then go past this step with a reason.`,
          })
        }
        return lookHeld(host, there, context)
      }),
    look,
    takeBack: async (context) => giveBack(of, context),
  })
}

async function lookHeld(
  host: HostAccess,
  { units, cannot }: UnitsThere,
  context: StepContext,
): Promise<Outcome> {
  const unheld = await unheldUnits(host, units, context)
  const evidence = units.map((unit) => ({
    name: `${unit} on ${host.address}`,
    value: unheld.includes(unit) ? 'starts' : 'is held back',
  }))
  if (unheld.length > 0)
    return notYet(`Not held back on ${host.address}: ${unheld.join(', ')}.`, { evidence })
  const words =
    units.length === 0
      ? `No unit on ${host.address} is to be held back.`
      : `Held back on ${host.address}: ${units.join(', ')}.`
  return done([words, ...cannot].join(' '), { evidence })
}

async function giveBack({ hosts, keeps }: HoldStep, context: StepContext): Promise<Outcome> {
  const byHand = `By hand, on each of these hosts: ${releaseByHand(context.runId)}`
  return onEachHost(hosts, context, async (host) => {
    const outcome = await whereFailing(async () => {
      const own = (await heldUnits(host, context)).filter(({ run }) => run === context.runId)
      if (own.length === 0) return done(`Nothing is held back on ${host.address} by this run.`)
      const kept = await keeps(context)
      const units = own.map(({ unit }) => unit).join(', ')
      if (kept !== null) {
        return failed(`Held back still on ${host.address}: ${units}. ${kept}`, {
          next: `The run that starts them again gives them back. ${byHand}`,
        })
      }
      await releaseUnits(host, own, context)
      return done(`Given back on ${host.address}: ${units}.`)
    }, 'unknown')
    return outcome.state === 'unknown'
      ? {
          ...outcome,
          sentence: `Held back still, perhaps, on ${host.address}. ${outcome.sentence}`,
          next: byHand,
        }
      : outcome
  })
}
