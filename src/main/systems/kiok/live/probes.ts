import type { Probe } from '../../../../shared/contract/masters.ts'
import { ask, notAsked, sideBySide, type Answer, type Question } from '../../../engine/live/ask.ts'
import { clockAnswer } from '../../../engine/live/clock-answer.ts'
import { compareBackups } from '../../../engine/live/compare-backups.ts'
import type { FoundBackup } from '../../../engine/live/listed-backups.ts'
import { evidenceOf, excerptOf, isPage } from '../../../engine/live/http-replies.ts'
import type { Session } from '../../../ports/cluster-driver.ts'
import { openApi, probeDeadlineMs, usualDeadlineMs, type KiokApi } from './api.ts'
import type { KiokConnection } from './connection.ts'
import { gaps } from './gaps.ts'
import { readSchedule } from './schedule.ts'

/** Everything that can be asked of kiok's masters without changing anything. */
export function probeKiok(session: Session, config: KiokConnection): AsyncIterable<Probe> {
  return {
    async *[Symbol.asyncIterator]() {
      const api = await openApi(session, config)
      yield* sideBySide(
        [
          ...config.masters.map(
            (origin) => (emit: (probe: Probe) => void) => probeMaster(origin, api, session, emit),
          ),
          (emit) => probeCluster(api, session, config, emit),
        ],
        session.signal,
      )
    },
  }
}

function pageAnswer(evidence: string): Answer {
  return {
    state: 'bad',
    answer: 'It answers with a page for people: a proxy or another program stands there.',
    evidence,
    next: 'Check that the address leads to kiok, by the name that the master advertises.',
  }
}

async function probeMaster(
  origin: string,
  { client }: KiokApi,
  { clock, signal }: Session,
  emit: (probe: Probe) => void,
): Promise<void> {
  const of = new URL(origin).host
  const get = (path: string) =>
    client.send({ method: 'GET', path, origin, deadlineMs: probeDeadlineMs }, signal)
  let date: string | null = null
  // Documented (operations): 200 while the process lives.
  const answers = await ask(
    { id: 'answers', of, question: 'Answers', mark: 'documented' },
    clock,
    async () => {
      const reply = await get('/healthz')
      date = reply.header('date')
      const evidence = evidenceOf('GET', '/healthz', reply)
      if (isPage(reply)) return pageAnswer(evidence)
      if (reply.status === 200) return { state: 'ok', answer: 'It answers.', evidence }
      return {
        state: 'bad',
        answer: `It answers its health question with ${reply.status}.`,
        evidence,
        next: 'Check that the address leads to kiok, by the name that the master advertises.',
      }
    },
  )
  emit(answers)
  const ready: Question = { id: 'ready', of, question: 'Ready', mark: 'documented' }
  const time: Question = { id: 'clock', of, question: 'Clock', mark: 'inferred' }
  if (answers.state !== 'ok') {
    for (const question of [ready, time]) emit(notAsked(question, 'It does not answer.', clock))
    return
  }
  emit(
    await ask(ready, clock, async () => {
      const reply = await get('/readyz')
      const evidence = evidenceOf('GET', '/readyz', reply)
      if (isPage(reply)) return pageAnswer(evidence)
      if (reply.status === 200) return { state: 'ok', answer: 'It is ready.', evidence }
      const said = excerptOf(reply)
      return {
        state: 'bad',
        answer: `It is not ready${said === '' ? '' : `: ${said}`}.`,
        evidence,
        // Documented (operations): until all masters and one worker are ready every other route answers 503, without a time limit.
        next: 'Its routes stay closed until every master and at least one worker is ready: look for those that are not.',
      }
    }),
  )
  emit(await ask(time, clock, async () => Promise.resolve(clockAnswer(date, clock.now()))))
}

async function probeCluster(
  api: KiokApi,
  session: Session,
  config: KiokConnection,
  emit: (probe: Probe) => void,
): Promise<void> {
  const { clock, cluster } = session
  const of = cluster.name
  const login: Question = { id: 'login', of, question: 'Login', mark: 'documented' }
  const schedule: Question = { id: 'schedule', of, question: 'Schedule', mark: 'documented' }
  if (config.login === null) {
    const why = 'The connection has no login.'
    for (const question of [login, schedule]) emit(notAsked(question, why, clock))
    return
  }
  // The schedule is read with the login, so one request answers both.
  const read: { answer: Answer | null } = { answer: null }
  const entered = await ask(login, clock, async () => {
    const { state, words, evidence } = await readSchedule(api, session)
    read.answer = {
      state: state === 'on' ? 'ok' : 'warning',
      answer: words,
      ...(evidence !== null && { evidence }),
      ...(state === 'off' && { next: 'Give it a schedule, or let this console take its backups on time.' }),
    }
    return { state: 'ok', answer: 'The login is accepted, and may read the settings of backups.' }
  })
  emit(entered)
  const { answer } = read
  emit(
    answer === null
      ? notAsked(schedule, 'The question before it has no answer.', clock)
      : await ask(schedule, clock, async () => Promise.resolve(answer)),
  )
  if (entered.state === 'ok') await compareWithRepository(api, session, emit)
}

async function compareWithRepository(
  api: KiokApi,
  session: Session,
  emit: (probe: Probe) => void,
): Promise<void> {
  const { signal } = session
  await compareBackups(
    {
      gaps,
      get: async (path) => api.send({ method: 'GET', path, deadlineMs: usualDeadlineMs }),
      async found(store) {
        const folders: FoundBackup[] = []
        for await (const entry of store.list({ delimiter: '/', signal }))
          if (entry.kind === 'prefix') folders.push([entry.prefix.slice(0, -1)])
        return folders
      },
      async confirmed(folders, listed, store) {
        const withManifest: FoundBackup[] = []
        for (const [place, folder] of folders.entries()) {
          const [name = ''] = folder
          // A folder without a manifest is no backup; of those that the cluster lists too, only the newest need be asked.
          const isNewest = folders.length - place <= newestChecked
          const isBackup =
            (listed.includes(name) && !isNewest) ||
            (await store.head(`${name}/manifest.json`, { signal })) !== null
          if (isBackup) withManifest.push(folder)
        }
        return withManifest
      },
    },
    session,
    emit,
  )
}

const newestChecked = 5
