import { setTimeout } from 'node:timers/promises'
import type { RemoteHost } from '../../../src/main/ports/remote-host.ts'
import type { ActionStep, Outcome, Runbook, Step, StepContext } from '../../../src/main/ports/runbook.ts'
import { HoldfastError } from '../../../src/shared/domain/error.ts'
import type { RunbookFault } from './faults.ts'
import type { RunbookLab } from './lab.ts'

/** What became of one step that met the fault. */
export interface Struck {
  /** Where it stood when the operator saw it next. */
  said: string | null
  /** What the look at it found then. */
  found: Outcome['state'] | null
}

export interface Strikes {
  readonly fault: RunbookFault | 'none'
  /** By step. Grows as they are struck. */
  readonly struck: Map<string, Struck>
  /** Which steps are struck; each once. */
  readonly wants: (step: string) => boolean
  /** This process is dead from now on. */
  readonly dies: () => void
  /** The number of the command that the connection is cut at; by step, from 1. Other steps: none. */
  readonly cutAt: ReadonlyMap<string, number>
  /** How many commands each action has run on hosts; grows. */
  readonly commands: Map<string, number>
  /** How many lines each action had sent; grows. */
  readonly lines: Map<string, number>
  /** Somebody else tries to begin; what it was told. */
  readonly begins: () => Promise<string>
}

/** The runbook whose actions meet the fault the first time that they are asked for. */
export function struckBook(runbook: Runbook, lab: RunbookLab, strikes: Strikes): Runbook {
  return {
    ...runbook,
    steps: (setting) => runbook.steps(setting).map((step) => struckStep(step, lab, strikes)),
  }
}

/** What a lab needs for a start, and more. */
const waitMs = 30_000

function struckStep(step: Step, lab: RunbookLab, strikes: Strikes): Step {
  const note = (outcome: Outcome): Outcome => {
    const struck = strikes.struck.get(step.id)
    if (struck !== undefined) struck.found ??= outcome.state
    return outcome
  }
  switch (step.kind) {
    case 'action':
      return {
        ...step,
        act: async (context) => struckAct(step, context, lab, strikes),
        look: async (context) => note(await step.look(context)),
      }
    case 'check':
      if (strikes.fault !== 'S3 cut') return step
      return {
        ...step,
        look: async (context) => withoutBucket(step.id, async () => step.look(context), lab, strikes),
      }
    case 'wait':
      // Whoever waits in vain is told so, and looks again.
      return { ...step, atMostMs: Math.min(step.atMostMs, waitMs) }
    case 'choice':
    case 'confirm':
    case 'manual':
      return step
  }
}

async function struckAct(
  step: ActionStep,
  context: StepContext,
  lab: RunbookLab,
  strikes: Strikes,
): Promise<Outcome> {
  const { fault, struck, wants, dies } = strikes
  const act = async (): Promise<Outcome> => step.act(context)
  if (fault === 'none') {
    const before = (await lab.sent()).length
    const outcome = await step.act(counted(step.id, context, strikes.commands))
    strikes.lines.set(step.id, (await lab.sent()).length - before)
    return outcome
  }
  if (struck.has(step.id) || !wants(step.id)) return act()
  const strike = (): void => void struck.set(step.id, { said: null, found: null })
  switch (fault) {
    case 'desktop killed before':
      strike()
      dies()
      return never()
    case 'desktop killed after':
      strike()
      await act()
      dies()
      return never()
    case 'SSH cut':
      return step.act(cutAt(strikes.cutAt.get(step.id) ?? 0, context, lab, strike))
    case 'host rebooted': {
      if (lab.hosts.every(({ reboot }) => reboot === null)) return act()
      const outcome = await act()
      strike()
      for (const host of lab.hosts) await host.reboot?.()
      return outcome
    }
    case 'disk full': {
      if (lab.hosts.every(({ fill }) => fill === null)) return act()
      strike()
      const frees = lab.hosts.map((host) => host.fill?.())
      try {
        return await act()
      } finally {
        for (const free of frees) free?.()
      }
    }
    case 'S3 cut':
      return withoutBucket(step.id, act, lab, strikes)
    case 'second operator': {
      strike()
      const said = await strikes.begins()
      struck.set(step.id, { said, found: null })
      return act()
    }
  }
}

async function never(): Promise<never> {
  return new Promise(() => undefined)
}

/** Struck only where it has asked the bucket. */
async function withoutBucket(
  id: string,
  work: () => Promise<Outcome>,
  { bucket }: RunbookLab,
  { struck, wants }: Strikes,
): Promise<Outcome> {
  if (bucket === null || struck.has(id) || !wants(id)) return work()
  const before = bucket.refused()
  bucket.refuse()
  try {
    return await work()
  } finally {
    if (bucket.refused() > before) struck.set(id, { said: null, found: null })
    bucket.admit()
  }
}

function counted(id: string, context: StepContext, commands: Map<string, number>): StepContext {
  return withHosts(context, async (host, command, signal) => {
    commands.set(id, (commands.get(id) ?? 0) + 1)
    return host.run(command, signal)
  })
}

/** The connection is cut while the `place`-th command runs, or before its answer is heard. */
function cutAt(place: number, context: StepContext, lab: RunbookLab, strike: () => void): StepContext {
  let count = 0
  return withHosts(context, async (host, command, signal) => {
    count += 1
    if (count !== place) return host.run(command, signal)
    strike()
    let isOver = false
    const ends = host.run(command, signal).finally(() => (isOver = true))
    ends.catch(() => undefined)
    while (!isOver && !lab.hosts.some((each) => each.started().length > 0)) await setTimeout(2)
    for (const each of lab.hosts) each.killSessions()
    await ends
    throw new HoldfastError('host.lost', { what: `The connection to ${host.name} was lost.` })
  })
}

function withHosts(
  context: StepContext,
  run: (host: RemoteHost, ...given: Parameters<RemoteHost['run']>) => ReturnType<RemoteHost['run']>,
): StepContext {
  const { session } = context
  return {
    ...context,
    session: {
      ...session,
      host: async (address, ssh) => {
        const host = await session.host(address, ssh)
        return { ...host, run: async (command, signal) => run(host, command, signal) }
      },
    },
  }
}
