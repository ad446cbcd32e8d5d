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
import { probeVolumes } from './volume-snapshot.ts'

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
          ...(config.api.length === 0
            ? []
            : [
                (emit: Emit) => probeServers(client, session, config, emit),
                (emit: Emit) => probeVolumes(session, config, emit, { needsOne: false }),
              ]),
        ],
        session.signal,
      )
    },
  }
}

/** What a cold backup of volumes needs: the API, and a volume that is detached. */
export function probeColdBackup(session: Session, config: KindlingConnection): AsyncIterable<Probe> {
  return sideBySide([async (emit) => probeVolumes(session, config, emit, { needsOne: true })], session.signal)
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
        const isTold = await probeTool(host, tool, 'bad', { clock, signal, emit })
        const check: Question = { id: 'check', of: address, question: 'Check', mark: 'documented' }
        emit(
          isTold
            ? await ask(check, clock, async () => tool.check(host, signal))
            : notAsked(check, `${tool.name} does not tell.`, clock),
        )
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
  if (config.serviceUser === '') return
  const files = read.filter((one) => one !== null)
  for (const comparison of comparisons) {
    const question = comparisonQuestion(comparison, cluster.name)
    emit(
      files.length === 0
        ? notAsked(question, 'No host tells.', clock)
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
  const sudo: Question = { id: 'sudo', of: address, question: 'Sudo', mark: 'documented' }
  const reading: readonly Question[] =
    config.serviceUser === '' ? [] : [{ id: 'files', of: address, question: 'Files', mark: 'source' }]
  const throughSudo = [
    ...reading,
    ...(isFirst
      ? [...toolQuestions(address, tool), ...(config.postgres === '' ? [] : postgresQuestions(address))]
      : []),
  ]
  const leaveOut = (questions: readonly Question[], why: string): null => {
    for (const question of questions) emit(notAsked(question, why, clock))
    return null
  }
  const host = await logIn(address, session, config, emit)
  if (host === null) {
    return leaveOut([units, ...(isFirst ? [sudo] : []), ...throughSudo], 'It does not answer.')
  }
  const askUnits = async (): Promise<void> =>
    emit(await ask(units, clock, async () => unitsAnswer(host, signal)))
  async function askThroughSudo(entered: RemoteHost): Promise<HostFiles | null> {
    // One try before all others: each password that sudo refuses counts as a failed login of this user.
    if (isFirst && !(await mayBecome(entered, sudo, round, emit))) {
      return leaveOut(throughSudo, 'Its sudo does not let this user in.')
    }
    let files: HostFiles | null = null
    await Promise.all([
      ...reading.map(async (question) =>
        emit(
          await ask(question, clock, async () => {
            files = await readHostFiles(entered, config.serviceUser, salt, signal)
            return { state: 'ok', answer: 'They are compared on the hosts; only whether they agree is told.' }
          }),
        ),
      ),
      isFirst ? probeTool(entered, tool, 'ok', { clock, signal, emit }) : null,
      isFirst && config.postgres !== ''
        ? probePostgres(entered, { postgres: config.postgres, tool }, { clock, signal, emit })
        : null,
    ])
    return files
  }
  const [files] = await Promise.all([askThroughSudo(host), askUnits()])
  return files
}

async function mayBecome(
  host: RemoteHost,
  question: Question,
  { session: { clock, signal }, tool }: HostRound,
  emit: Emit,
): Promise<boolean> {
  const user = tool.userOn(host)
  const probe = await ask(question, clock, async () => {
    if (user === null) return { state: 'ok', answer: 'None is needed: the login runs the tool itself.' }
    await host.run({ argv: ['true'], asUser: user, deadlineMs: 15_000 }, signal)
    return { state: 'ok', answer: `It lets this user become ${user}.` }
  })
  emit(probe)
  return probe.state === 'ok'
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
