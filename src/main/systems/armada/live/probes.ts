import type { Probe } from '../../../../shared/contract/masters.ts'
import { isHoldfastError } from '../../../../shared/domain/error.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import { countOf } from '../../../../shared/domain/size-words.ts'
import { quoted } from '../../../engine/archive/entry-name.ts'
import { ask, notAsked, sideBySide, type Answer, type Question } from '../../../engine/live/ask.ts'
import type { Session } from '../../../ports/cluster-driver.ts'
import type { ArmadaConnection } from './connection.ts'
import { findTool } from './find-tool.ts'
import {
  openServer,
  type ArmadaServer,
  type ListedTable,
  type ServerRole,
  type ServerStatus,
} from './server.ts'

type Emit = (probe: Probe) => void

/** Everything that can be asked of armada's servers, and of the hosts beside them, without changing anything. */
export function probeArmada(session: Session, config: ArmadaConnection): AsyncIterable<Probe> {
  const servers = (emit: Emit, origins: readonly string[], wanted: ServerRole) =>
    origins.map(async (origin) => probeServer(origin, wanted, session, config, emit))
  return sideBySide(
    [
      async (emit) => {
        if (config.reach === 'cliOverSsh') return
        await Promise.all([
          ...servers(emit, config.servers, 'leader'),
          ...servers(emit, config.followers, 'follower'),
        ])
      },
      ...config.hosts.map((address) => async (emit: Emit) => probeHost(address, session, config, emit)),
    ],
    session.signal,
  )
}

async function probeServer(
  origin: string,
  wanted: ServerRole,
  session: Session,
  config: ArmadaConnection,
  emit: Emit,
): Promise<void> {
  const { clock } = session
  const of = new URL(origin).host
  const question = (id: string, words: string): Question => ({ id, of, question: words, mark: 'source' })
  const role = question('role', 'Role')
  const listed = question('listed', 'All tables')
  const told: { server: ArmadaServer | null; status: ServerStatus | null } = { server: null, status: null }
  const answers = await ask(question('answers', 'Answers'), clock, async () => {
    told.server = await openServer(origin, session, config)
    told.status = await told.server.status()
    const { version } = told.status
    return {
      state: 'ok',
      answer: version === null ? 'It answers.' : `It answers, version ${printable(version)}.`,
      evidence: 'regatta.v1.Cluster/Status',
    }
  })
  emit(answers)
  emit(await ask(question('tls', 'TLS'), clock, async () => Promise.resolve(tlsAnswer(origin, answers))))
  const { server, status } = told
  if (server === null || status === null) {
    for (const each of [question('tables', 'Tables'), role, listed])
      emit(notAsked(each, 'It does not answer.', clock))
    return
  }
  emit(await ask(question('tables', 'Tables'), clock, async () => Promise.resolve(tablesAnswer(status))))
  emit(await ask(role, clock, async () => roleAnswer(server, wanted, config, origin)))
  emit(await ask(listed, clock, async () => listedAnswer(server, status, wanted)))
}

function tlsAnswer(origin: string, answers: Probe): Answer {
  if (origin.startsWith('http:')) {
    return {
      state: 'warning',
      answer: 'It speaks plaintext: everybody on the way can read and change the tables.',
      next: 'Give the server a certificate (--api.address=https://…).',
    }
  }
  if (answers.state === 'ok')
    return { state: 'ok', answer: 'It speaks TLS, and its certificate is believed.' }
  return { state: 'notAsked', answer: 'It does not answer.' }
}

/** A table that failed is left out of the list of tables, so the system's own backup passes over it in silence (source: engine.go, backup.go). */
export function tablesAnswer({ tables, errors }: Pick<ServerStatus, 'tables' | 'errors'>): Answer {
  if (errors.length === 0) {
    return { state: 'ok', answer: `It serves ${countOf(tables.length, 'table')}, none of them in error.` }
  }
  return {
    state: 'bad',
    answer: `${countOf(errors.length, 'table')} in error: ${quotedSome(errors)}.`,
    evidence: 'regatta.v1.Cluster/Status, errors',
    next: 'Look at the log of that server: a backup would leave these tables out.',
  }
}

async function roleAnswer(
  server: ArmadaServer,
  wanted: ServerRole,
  { maintenanceToken }: ArmadaConnection,
  origin: string,
): Promise<Answer> {
  const found = await server.role()
  const evidence = 'maintenance.v1.Maintenance/Backup of a table that nobody has'
  if (found === 'off') {
    return {
      state: wanted === 'leader' ? 'bad' : 'warning',
      answer: 'Its maintenance is switched off: it makes no backups.',
      evidence,
      next: 'Start it with --maintenance.enabled=true and a token.',
    }
  }
  if (found !== wanted) {
    return {
      state: wanted === 'leader' ? 'bad' : 'warning',
      answer:
        found === 'follower' ? 'It is a follower: it makes no backups.' : 'It belongs to a leader cluster.',
      evidence,
      next: `Name it among the ${found === 'follower' ? 'followers' : 'servers'} of this connection.`,
    }
  }
  const words = found === 'leader' ? 'It belongs to the leader cluster' : 'It is a follower'
  // A server that was started without a token takes any.
  if (maintenanceToken === null || (await server.isOpen())) {
    return {
      state: 'warning',
      answer: `${words}, and wants no token: whoever reaches it may replace every table.`,
      evidence,
      next: 'Start it with --maintenance.token.',
    }
  }
  return { state: 'ok', answer: `${words}, and accepts the token.`, evidence: `${evidence}, ${origin}` }
}

async function listedAnswer(
  server: ArmadaServer,
  { tables, errors }: ServerStatus,
  wanted: ServerRole,
): Promise<Answer> {
  const evidence = 'regatta.v1.Tables/List'
  try {
    const missing = missingOf(await server.tables(), tables)
    if (missing.length === 0)
      return { state: 'ok', answer: 'Its status leaves out no table that it lists.', evidence }
    return {
      state: 'bad',
      answer: `Its status leaves out ${quotedSome(missing)}.`,
      evidence,
      next:
        errors.length === 0
          ? 'Wait until the tables are there on this server, or look at its log.'
          : 'Look at the log of that server.',
    }
  } catch (error) {
    if (!isHoldfastError(error, 'master.notOffered')) throw error
    const answer = 'It lists no tables, so whether its status leaves one out is not known.'
    return { state: wanted === 'leader' ? 'warning' : 'unknown', answer, evidence }
  }
}

export function missingOf(
  listed: readonly Pick<ListedTable, 'name'>[],
  served: readonly string[],
): readonly string[] {
  return listed.flatMap(({ name }) => (served.includes(name) ? [] : [name]))
}

/** The first few, for a sentence. */
export function quotedSome(names: readonly string[]): string {
  const some = names.slice(0, 5).map((name) => quoted(name))
  return names.length > some.length
    ? `${some.join(', ')} and ${names.length - some.length} more`
    : some.join(', ')
}

async function probeHost(
  address: string,
  session: Session,
  { ssh, reach }: ArmadaConnection,
  emit: Emit,
): Promise<void> {
  // Where the host alone reaches the servers, it is the one whose answer counts.
  const id = reach === 'cliOverSsh' ? 'answers' : 'tool'
  emit(
    await ask({ id, of: address, question: 'Tool', mark: 'source' }, session.clock, async () => {
      const host = await session.host(address, ssh)
      const tool = await findTool(host, session.signal)
      return {
        state: 'ok',
        answer: `It has ${tool.program}${tool.version === null ? '' : `, version ${tool.version}`}.`,
        evidence: `${tool.program} version`,
      }
    }),
  )
}
