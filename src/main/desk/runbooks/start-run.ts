import type { Run, Scenario } from '../../../shared/contract/runbooks.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { SavedCluster } from '../../ports/desk-state.ts'
import type { Runbook } from '../../ports/runbook.ts'
import { findRunbook, runbooksFor } from '../../systems/runbooks.ts'
import { checkMode } from '../confirm.ts'
import type { Desk } from '../desk.ts'
import { savedCluster } from '../saved.ts'

export interface StartRun {
  readonly clusterId: string
  readonly scenario: string
  readonly inputs: Readonly<Record<string, string>>
  readonly failedAt?: string | undefined
  readonly answers: readonly {
    readonly question: string
    readonly answer: string
    readonly because: string
  }[]
  readonly reason?: string | undefined
}

/** Begins a run with the connection as it is saved now: what is changed later changes no run. */
export async function startRun(asked: StartRun, { state, clock, runbooks }: Desk): Promise<Run> {
  const cluster = savedCluster(asked.clusterId, state)
  const runbook = await findRunbook(cluster.system, asked.scenario)
  const reason = asked.reason ?? null
  checkMode(cluster, reason)
  return runbooks.start({
    scenario: runbook.id,
    clusterId: cluster.id,
    setting: {
      cluster: { name: cluster.name, system: cluster.system, connection: cluster.connection },
      inputs: inputsFor(runbook, asked.inputs),
    },
    failedAt: asked.failedAt ?? new Date(clock.now()).toISOString(),
    answers: asked.answers,
    reason,
  })
}

/** Other answers for a run, and the connection as it is saved now: what was begun with them stands no more. */
export async function changeAnswers(
  { id, inputs, reason = null }: ChangeAnswers,
  { state, runbooks }: Pick<Desk, 'state' | 'runbooks'>,
): Promise<Run> {
  const { clusterId, scenario } = runbooks.get(id)
  const cluster = savedCluster(clusterId, state)
  const runbook = await findRunbook(cluster.system, scenario)
  checkMode(cluster, reason)
  const { connection } = cluster
  return runbooks.changeAnswers(id, { inputs: inputsFor(runbook, inputs), connection }, reason)
}

interface ChangeAnswers {
  readonly id: string
  readonly inputs: Readonly<Record<string, string>>
  readonly reason?: string | null | undefined
}

/** Exactly those that the runbook asks for. Throws `usage` where one is missing or unknown. */
function inputsFor(runbook: Runbook, given: Readonly<Record<string, string>>): Record<string, string> {
  const unknown = Object.keys(given).find((name) => !runbook.inputs.some((input) => input.name === name))
  if (unknown !== undefined) {
    throw new HoldfastError('usage', {
      what: `${runbook.id} does not ask for ${JSON.stringify(unknown)}.`,
      why: `It asks for ${runbook.inputs.map(({ name }) => name).join(', ') || 'nothing'}.`,
    })
  }
  return Object.fromEntries(
    runbook.inputs.map(({ name, label, usual, required, example }) => {
      const value = (given[name] ?? usual).trim()
      if (value === '' && required) {
        throw new HoldfastError('usage', {
          what: `${runbook.id} has to know: ${label}.`,
          unchanged: 'Nothing was begun.',
          next: `Give ${name}, such as ${example}; on the command line: --set ${name}=…`,
        })
      }
      return [name, value]
    }),
  )
}

/** What there is for a cluster, with how long it took the last time. */
export async function scenariosFor(
  cluster: SavedCluster,
  { runbooks }: Pick<Desk, 'runbooks'>,
): Promise<Scenario[]> {
  const finished = runbooks
    .list()
    .filter(({ clusterId, state }) => clusterId === cluster.id && state === 'finished')
  const tookMs = (id: string): number | null => {
    const last = finished.find(({ scenario }) => scenario === id)
    return last === undefined || last.endedAt === null
      ? null
      : Math.max(0, Date.parse(last.endedAt) - Date.parse(last.startedAt))
  }
  return (await runbooksFor(cluster.system)).map(({ id, system, title, when, costs, inputs }) => ({
    id,
    system,
    title,
    when,
    costs: [...costs],
    inputs: inputs.map((input) => ({ ...input })),
    lastTookMs: tookMs(id),
  }))
}
