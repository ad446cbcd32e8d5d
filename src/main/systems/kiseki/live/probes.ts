import type { Probe } from '../../../../shared/contract/masters.ts'
import { isHoldfastError } from '../../../../shared/domain/error.ts'
import { countOf } from '../../../../shared/domain/size-words.ts'
import { ask, notAsked, sideBySide, type Answer, type Question } from '../../../engine/live/ask.ts'
import { clockAnswer } from '../../../engine/live/clock-answer.ts'
import { evidenceOf, isPage } from '../../../engine/live/http-replies.ts'
import type { Session } from '../../../ports/cluster-driver.ts'
import type { HttpClient } from '../../../ports/http-client.ts'
import type { KisekiConnection } from './connection.ts'
import { probeDeadlineMs, readNode, shardPath, type NodeFacts } from './node-facts.ts'
import { catchUpAnswer, leaderAnswer, quorumAnswer, restartAnswer } from './quorum.ts'
import { listedSnapshots } from './snapshots.ts'

type Emit = (probe: Probe) => void

const betweenLooksMs = 500

/** Everything that can be asked of kiseki's nodes without changing anything; what they say of themselves is counted, not believed. */
export function probeKiseki(session: Session, config: KisekiConnection): AsyncIterable<Probe> {
  return {
    async *[Symbol.asyncIterator]() {
      // The admin port has neither a login nor TLS (source: metrics.rs).
      const client = await session.http({
        origins: config.nodes,
        basePath: '',
        tls: config.tls,
        proxy: '',
        allowPlaintextCredentials: false,
      })
      yield* sideBySide(
        [
          (emit) => probeNodes(client, session, config, emit),
          ...config.dataPorts.map((origin) => (emit: Emit) => probeDataPort(origin, session, config, emit)),
        ],
        session.signal,
      )
    },
  }
}

async function probeNodes(
  client: HttpClient,
  session: Session,
  config: KisekiConnection,
  emit: Emit,
): Promise<void> {
  const { clock, cluster, signal } = session
  const look = async (): Promise<readonly NodeFacts[]> => {
    const nodes = await Promise.all(
      config.nodes.map(async (origin) =>
        readNode(client, origin, signal).catch((error: unknown) => {
          if (isHoldfastError(error, 'cancelled') || !isHoldfastError(error)) throw error
          return null
        }),
      ),
    )
    return nodes.filter((node) => node !== null)
  }
  const [first] = await Promise.all([
    look(),
    ...config.nodes.map(async (origin) => probeNode(origin, client, session, emit)),
  ])
  const isEven = new Set(first.map(({ committed }) => committed)).size <= 1
  if (!isEven) await clock.wait(betweenLooksMs, signal)
  const second = isEven ? first : await look()
  const of = cluster.name
  const say = async (id: string, question: string, answer: Answer): Promise<void> =>
    emit(await ask({ id, of, question, mark: 'source' }, clock, async () => Promise.resolve(answer)))
  await say('quorum', 'Quorum', quorumAnswer(second, config.nodes.length))
  await say('leader', 'Leader', leaderAnswer(second))
  await say('catchUp', 'Catching up', catchUpAnswer(first, second))
  await say('restart', 'Coming back after a stop', restartAnswer(second))
}

async function probeNode(
  origin: string,
  client: HttpClient,
  { clock, signal }: Session,
  emit: Emit,
): Promise<void> {
  const of = new URL(origin).host
  let date: string | null = null
  const answers = await ask({ id: 'answers', of, question: 'Answers', mark: 'source' }, clock, async () => {
    // Source (metrics.rs): 200 `OK`, unconditionally.
    const reply = await client.send(
      { method: 'GET', path: '/health', origin, deadlineMs: probeDeadlineMs },
      signal,
    )
    date = reply.header('date')
    const evidence = evidenceOf('GET', '/health', reply)
    if (isPage(reply)) {
      return {
        state: 'bad',
        answer: 'It answers with a page for people: another program stands there.',
        evidence,
        next: 'Check that the address leads to the admin port of kiseki.',
      }
    }
    return reply.status === 200
      ? { state: 'ok', answer: 'It answers.', evidence }
      : { state: 'bad', answer: `It answers its health question with ${reply.status}.`, evidence }
  })
  emit(answers)
  const hydrator: Question = { id: 'hydrator', of, question: 'Metadata', mark: 'source' }
  const time: Question = { id: 'clock', of, question: 'Clock', mark: 'inferred' }
  if (answers.state !== 'ok') {
    for (const question of [hydrator, time]) emit(notAsked(question, 'It does not answer.', clock))
    return
  }
  emit(
    await ask(hydrator, clock, async () => {
      const { isHydratorHalted } = await readNode(client, origin, signal)
      const evidence = `GET ${shardPath}`
      return isHydratorHalted
        ? {
            state: 'bad',
            answer: 'It has stopped applying metadata.',
            evidence,
            // Source: hydrator.rs, the message of the halt.
            next: 'Stop this node, remove metadata/compositions.redb and metadata/views.redb, start it: they are built anew.',
          }
        : { state: 'ok', answer: 'It applies metadata as it comes.', evidence }
    }),
  )
  emit(await ask(time, clock, async () => Promise.resolve(clockAnswer(date, clock.now()))))
}

/** Source (s3.rs): one page of a listing is read, 1 000 keys, of which a snapshot has two. */
const longestList = 500

async function probeDataPort(
  origin: string,
  session: Session,
  config: KisekiConnection,
  emit: Emit,
): Promise<void> {
  const question: Question = {
    id: 'snapshots',
    of: new URL(origin).host,
    question: 'Snapshots',
    mark: 'source',
  }
  emit(
    await ask(question, session.clock, async () => {
      const snapshots = await listedSnapshots(origin, session, config)
      if (snapshots >= longestList) {
        return {
          state: 'warning',
          answer: `Its backups are configured; it lists ${countOf(snapshots, 'snapshot')}, where its list ends: it has the oldest alone, and newer ones may be left out.`,
          evidence: 'kiseki.v1.AdminService/ListSnapshots',
          next: 'Look at the backups here: the repository is read to its end. Old ones can be deleted under Retention.',
        }
      }
      return {
        state: 'ok',
        // Source (backup/lib.rs, s3.rs): a failing backend is an empty list, and a list ends at 1 000 keys, the oldest ones.
        answer: `Its backups are configured; it lists ${countOf(snapshots, 'snapshot')}, which proves nothing: its list hides failures.`,
        evidence: 'kiseki.v1.AdminService/ListSnapshots',
      }
    }),
  )
}
