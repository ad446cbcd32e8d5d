import { Buffer } from 'node:buffer'
import type { Probe } from '../../../../shared/contract/masters.ts'
import { ask, notAsked, sideBySide, type Answer, type Question } from '../../../engine/live/ask.ts'
import type { Session } from '../../../ports/cluster-driver.ts'
import type { RemoteHost } from '../../../ports/remote-host.ts'
import type { BackupTool } from './backup-tool.ts'
import type { KindlingConnection } from './connection.ts'
import { comparisonQuestion, comparisons, readHostFiles, type HostFiles } from './host-files.ts'
import { openPlatform, probeApi, probeServers } from './platform.ts'
import { postgresQuestions, probePostgres } from './postgres.ts'
import { probeTool, toolQuestions } from './tool-probes.ts'
import { unitsAnswer } from './units.ts'

type Emit = (probe: Probe) => void

/** Everything that can be asked of kindling without changing anything. */
export function probeKindling(
  session: Session,
  config: KindlingConnection,
  tool: BackupTool,
): AsyncIterable<Probe> {
  return {
    async *[Symbol.asyncIterator]() {
      const client = await openPlatform(session, config)
      yield* sideBySide(
        [
          (emit) => probeHosts(session, config, tool, emit),
          ...config.api.map((origin) => (emit: Emit) => probeApi(origin, client, session, emit)),
          (emit) => probeServers(client, session, config, emit),
        ],
        session.signal,
      )
    },
  }
}

/** What a backup needs: the first host alone, its tool, and the check of that tool. */
export async function* probeBackup(
  session: Session,
  config: KindlingConnection,
  tool: BackupTool,
): AsyncGenerator<Probe, void, undefined> {
  const [address] = config.hosts
  if (address === undefined) return
  const { clock, signal } = session
  yield* sideBySide(
    [
      async (emit) => {
        const host = await logIn(address, session, config, emit)
        if (host === null) return
        await probeTool(host, tool, 'bad', { clock, signal, emit })
        const check: Question = { id: 'check', of: address, question: 'Check', mark: 'documented' }
        emit(await ask(check, clock, async () => tool.check(host, signal)))
      },
    ],
    signal,
  )
}

async function probeHosts(
  session: Session,
  config: KindlingConnection,
  tool: BackupTool,
  emit: Emit,
): Promise<void> {
  const { clock, cluster, random } = session
  const salt = Buffer.from(random.bytes(16)).toString('hex')
  const read = await Promise.all(
    config.hosts.map(async (address, place) =>
      probeHost(address, { session, config, tool, salt, isFirst: place === 0 }, emit),
    ),
  )
  const files = read.filter((one) => one !== null)
  for (const comparison of comparisons) {
    const question = comparisonQuestion(comparison, cluster.name)
    const why =
      config.serviceUser === '' ? 'The connection names no user who could read them.' : 'No host tells.'
    emit(
      files.length === 0
        ? notAsked(question, why, clock)
        : await ask(question, clock, async () =>
            Promise.resolve(qualified(comparison.answer(files), files.length, config.hosts.length)),
          ),
    )
  }
}

/** What agrees among some of the hosts proves nothing of the others. */
function qualified(answer: Answer, told: number, hosts: number): Answer {
  if (answer.state !== 'ok' || told === hosts) return answer
  return { ...answer, state: 'unknown', answer: `${answer.answer} Only ${told} of ${hosts} hosts tell.` }
}

interface HostRound {
  readonly session: Session
  readonly config: KindlingConnection
  readonly tool: BackupTool
  readonly salt: string
  readonly isFirst: boolean
}

/** All that is asked of one host; null where its files could not be read. */
async function probeHost(address: string, round: HostRound, emit: Emit): Promise<HostFiles | null> {
  const { session, config, tool, salt, isFirst } = round
  const { clock, signal } = session
  const units: Question = { id: 'units', of: address, question: 'Units', mark: 'source' }
  const reading: Question = { id: 'files', of: address, question: 'Files', mark: 'source' }
  const host = await logIn(address, session, config, emit)
  if (host === null) {
    const first = isFirst ? [...Object.values(toolQuestions(address)), ...postgresQuestions(address)] : []
    for (const question of [units, reading, ...first]) emit(notAsked(question, 'It does not answer.', clock))
    return null
  }
  let files: HostFiles | null = null
  await Promise.all([
    ask(units, clock, async () => unitsAnswer(host, signal)).then(emit),
    config.serviceUser === ''
      ? emit(notAsked(reading, 'The connection names no user who could read them.', clock))
      : ask(reading, clock, async () => {
          files = await readHostFiles(host, config.serviceUser, salt, signal)
          return { state: 'ok', answer: 'They are compared on the hosts; only whether they agree is told.' }
        }).then(emit),
    ...(isFirst
      ? [
          probeTool(host, tool, 'ok', { clock, signal, emit }),
          probePostgres(host, config, { clock, signal, emit }),
        ]
      : []),
  ])
  return files
}

async function logIn(
  address: string,
  session: Session,
  { ssh }: KindlingConnection,
  emit: Emit,
): Promise<RemoteHost | null> {
  const question: Question = { id: 'answers', of: address, question: 'Answers', mark: 'documented' }
  let host: RemoteHost | null = null
  emit(
    await ask(question, session.clock, async () => {
      host = await session.host(address, ssh)
      return { state: 'ok', answer: 'It can be logged in to.' }
    }),
  )
  return host
}
