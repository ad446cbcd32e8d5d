import type { Probe } from '../../../../shared/contract/masters.ts'
import { ask, type Question } from '../../../engine/live/ask.ts'
import { done, notYet } from '../../../engine/runbook/outcomes.ts'
import type { Outcome } from '../../../ports/runbook.ts'
import { chosenTool } from '../live/chosen-tool.ts'
import { comparisonQuestion, comparisons, readHostFiles } from '../live/host-files.ts'
import { probePostgres } from '../live/postgres.ts'
import { closedConnection, databaseHost, toolHost, type Site } from './site.ts'
import { userOn } from './postgres-server.ts'

/**
 * Whether the database is one that kindling can work with (KD-1, step 8): out of recovery, wal_level, slots, publication, role,
 * and the same DSN and master key on every host. `closed`: asked through the socket, while no process of kindling listens.
 */
export async function postgresChecks(
  site: Site,
  { isClosed }: { readonly isClosed: boolean },
): Promise<Outcome & { readonly probes: readonly Probe[] }> {
  const { session, config } = site
  const probes: Probe[] = []
  const emit = (probe: Probe): void => {
    const told = isClosed && probe.id === 'slots' && probe.state === 'warning' ? unheard(probe) : probe
    probes.push(told)
    site.line(
      told.state === 'ok' ? 'info' : told.state === 'warning' ? 'warning' : 'error',
      `${told.question}: ${told.answer}`,
    )
  }
  const host = isClosed ? await databaseHost(site) : await toolHost(site)
  await probePostgres(
    host,
    {
      postgres: isClosed ? closedConnection(site) : config.postgres,
      tool: isClosed ? { userOn: () => userOn(site, host) } : chosenTool(config),
    },
    { clock: session.clock, signal: session.signal, emit },
  )
  if (config.serviceUser !== '') for (const probe of await compareFiles(site)) emit(probe)
  const evidence = probes.map(({ id, state, evidence: seen }) => ({
    name: id,
    value: seen === null ? state : `${state}: ${seen}`,
  }))
  const wrong = probes.filter(({ state }) => state !== 'ok' && state !== 'warning')
  const [first] = wrong
  if (first === undefined) {
    const warnings = probes
      .filter(({ state }) => state === 'warning')
      .map(({ question, answer }) => `${question}: ${answer}`)
    return {
      ...done(['The database is one that kindling can work with.', ...warnings].join(' '), {
        evidence,
      }),
      probes,
    }
  }
  const words = wrong.map(({ question, answer }) => `${question}: ${answer}`)
  return {
    ...notYet(words.join(' '), { evidence, ...(first.next !== null && { next: first.next }) }),
    probes,
  }
}

/** While every unit is stopped nobody listens, and slots are not restored (documented): that is as it has to be. */
function unheard(probe: Probe): Probe {
  return {
    ...probe,
    state: 'ok',
    answer: `${probe.answer} That is right while every unit is stopped.`,
    next: null,
  }
}

async function compareFiles(site: Site): Promise<readonly Probe[]> {
  const { session, config } = site
  const salt = Buffer.from(session.random.bytes(16)).toString('hex')
  const silent: Probe[] = []
  const read = await Promise.all(
    config.hosts.map(async (address) => {
      const question: Question = { id: 'files', of: address, question: 'Files', mark: 'source' }
      const files: { value: Awaited<ReturnType<typeof readHostFiles>> | null } = { value: null }
      const probe = await ask(question, session.clock, async () => {
        files.value = await readHostFiles(
          await session.host(address, config.ssh),
          config.serviceUser,
          salt,
          session.signal,
        )
        return { state: 'ok', answer: 'They are compared on the hosts.' }
      })
      if (probe.state !== 'ok') silent.push(probe)
      return files.value
    }),
  )
  const files = read.filter((one) => one !== null)
  const compared =
    files.length === 0
      ? []
      : await Promise.all(
          comparisons.map(async (comparison) =>
            ask(comparisonQuestion(comparison, session.cluster.name), session.clock, async () =>
              Promise.resolve(comparison.answer(files)),
            ),
          ),
        )
  return [...silent, ...compared]
}
