import type { Probe } from '../../../../shared/contract/masters.ts'
import { isJsonObject, type JsonObject } from '../../../../shared/domain/strict-json.ts'
import { ask, notAsked, sideBySide, type Answer, type Question } from '../../../engine/live/ask.ts'
import { clockAnswer } from '../../../engine/live/clock-answer.ts'
import { compareBackups } from '../../../engine/live/compare-backups.ts'
import {
  demandSuccess,
  evidenceOf,
  excerptOf,
  firstText,
  isPage,
  listOf,
} from '../../../engine/live/http-replies.ts'
import type { Session } from '../../../ports/cluster-driver.ts'
import type { HttpReply } from '../../../ports/http-client.ts'
import { backupKeys, namesFor } from '../object-names.ts'
import { keyFingerprint } from '../key-fingerprint.ts'
import { openApi, probeDeadlineMs, usualDeadlineMs, type ChangoApi } from './api.ts'
import { readConfig, readSchedule, recordedFingerprint } from './backup-config.ts'
import type { ChangoConnection } from './connection.ts'
import { probeMasterHost } from './host-probes.ts'
import { gaps } from './gaps.ts'

type Emit = (probe: Probe) => void

/** Everything that can be asked of chango's masters without changing anything. */
export function probeChango(session: Session, config: ChangoConnection): AsyncIterable<Probe> {
  return {
    async *[Symbol.asyncIterator]() {
      const api = await openApi(session, config)
      yield* sideBySide(
        [
          ...config.masters.map((origin) => (emit: Emit) => probeMaster(origin, api, session, emit)),
          (emit) => probeCluster(api, session, config, emit),
          ...config.hosts.map((address) => (emit: Emit) => probeMasterHost(address, session, config, emit)),
        ],
        session.signal,
      )
    },
  }
}

/** Documented (cluster-readiness): every route but the logins answers 503 and names what it waits for, until the gate opens. */
const gated = '/admin/api/cluster/info'

async function probeMaster(
  origin: string,
  { client }: ChangoApi,
  { clock, signal }: Session,
  emit: Emit,
): Promise<void> {
  const of = new URL(origin).host
  const heard: { reply: HttpReply | null } = { reply: null }
  const answers = await ask({ id: 'answers', of, question: 'Answers', mark: 'inferred' }, clock, async () => {
    // Asked without a login: 401 says as much of the gate as 200 does.
    const got = await client.send({ method: 'GET', path: gated, origin, deadlineMs: probeDeadlineMs }, signal)
    heard.reply = got
    const evidence = evidenceOf('GET', gated, got)
    const isChango = [200, 401, 403, 503].includes(got.status) && !isPage(got)
    return isChango
      ? { state: 'ok', answer: 'It answers.', evidence }
      : {
          state: 'bad',
          answer: isPage(got)
            ? 'It answers with a page for people, which chango does not.'
            : `It answers ${got.status}, which chango does not.`,
          evidence,
          next: 'Check that the address leads to chango itself.',
        }
  })
  emit(answers)
  const { reply } = heard
  const ready: Question = { id: 'ready', of, question: 'Ready', mark: 'documented' }
  const time: Question = { id: 'clock', of, question: 'Clock', mark: 'inferred' }
  if (reply === null || answers.state !== 'ok') {
    for (const question of [ready, time]) emit(notAsked(question, 'It does not answer.', clock))
    return
  }
  emit(await ask(ready, clock, async () => Promise.resolve(readyAnswer(reply))))
  emit(await ask(time, clock, async () => Promise.resolve(clockAnswer(reply.header('date'), clock.now()))))
}

function readyAnswer(reply: HttpReply): Answer {
  const evidence = evidenceOf('GET', gated, reply)
  if (reply.status !== 503) return { state: 'ok', answer: 'Its gate is open.', evidence }
  const said = excerptOf(reply)
  const waitsFor = /waiting for\s+([^"}\s]+)/.exec(reply.text)?.[1]
  return {
    state: 'bad',
    answer:
      waitsFor === undefined ? `It is not ready: ${said}.` : `It is starting and waits for ${waitsFor}.`,
    evidence: `${evidence}: ${said}`,
    next: nextFor(waitsFor),
  }
}

function nextFor(waitsFor: string | undefined): string {
  if (waitsFor?.includes('leader-ready') === true) {
    return 'Look at the other masters and at ZooKeeper: no leader has opened yet.'
  }
  if (waitsFor?.includes('cluster-ready') === true)
    return 'Wait for the other masters to join, or start them.'
  return 'Look at the log of this master.'
}

async function probeCluster(
  api: ChangoApi,
  session: Session,
  config: ChangoConnection,
  emit: Emit,
): Promise<void> {
  const { clock, cluster } = session
  const of = cluster.name
  const question = (id: string, words: string): Question => ({
    id,
    of,
    question: words,
    mark: 'documented',
  })
  const login = question('login', 'Login')
  const rest = [
    question('leader', 'Leader'),
    question('nodeManagers', 'Node managers'),
    question('schedule', 'Schedule'),
    question('key', 'Master key'),
  ]
  const [leader, nodeManagers, schedule, key] = rest
  if (config.login === null) {
    for (const each of [login, ...rest]) emit(notAsked(each, 'The connection has no login.', clock))
    return
  }
  const listed: JsonObject[] = []
  const get = (path: string) => api.send({ method: 'GET', path, deadlineMs: usualDeadlineMs })
  const entered = await ask(login, clock, async () => {
    const reply = await get('/admin/api/nodes/masters')
    demandSuccess(reply, 'The list of masters could not be read.')
    const found = listOf(reply, 'The list of masters cannot be read:', gaps.nodeLists.names)
    listed.push(...found.filter(isJsonObject))
    return { state: 'ok', answer: 'The login is accepted, and may read the list of masters.' }
  })
  emit(entered)
  if (entered.state !== 'ok') {
    for (const each of rest) emit(notAsked(each, 'The login before it did not work.', clock))
    return
  }
  if (leader) emit(await ask(leader, clock, async () => Promise.resolve(leaderAnswer(listed))))
  if (nodeManagers) {
    emit(
      await ask(nodeManagers, clock, async () => {
        const reply = await get('/admin/api/nodes/node-managers')
        demandSuccess(reply, 'The list of node managers could not be read.')
        const found = listOf(reply, 'The list of node managers cannot be read:', gaps.nodeLists.names)
        return readyNodes('node manager', found.filter(isJsonObject))
      }),
    )
  }
  if (schedule) {
    emit(
      await ask(schedule, clock, async () => {
        const { state, words, evidence } = await readSchedule(api, session, config)
        return {
          state: state === 'on' ? 'ok' : state === 'off' ? 'warning' : 'unknown',
          answer: words,
          ...(evidence !== null && { evidence }),
        }
      }),
    )
  }
  if (key) emit(await ask(key, clock, async () => keyAnswer(api, session)))
  await compareWithRepository(api, session, emit)
}

async function compareWithRepository(api: ChangoApi, session: Session, emit: Emit): Promise<void> {
  const { signal } = session
  await compareBackups(
    {
      gaps,
      get: async (path) => api.send({ method: 'GET', path, deadlineMs: usualDeadlineMs }),
      async found(store) {
        const keys: string[] = []
        for await (const entry of store.list({ signal })) if (entry.kind === 'object') keys.push(entry.key)
        return backupKeys(keys).map(({ key }) => namesFor(key))
      },
    },
    session,
    emit,
  )
}

/** Documented (cluster-operations): exactly one master says `isLeader`. */
function leaderAnswer(masters: readonly JsonObject[]): Answer {
  const leaders = masters.filter(({ isLeader }) => isLeader === true).map(nameOf)
  const evidence = `GET /admin/api/nodes/masters: ${masters.length} masters`
  const [one, ...others] = leaders
  if (one === undefined) {
    return {
      state: 'bad',
      answer: 'No master leads.',
      evidence,
      next: 'Look at ZooKeeper: without it no leader is elected.',
    }
  }
  if (others.length > 0) {
    return { state: 'bad', answer: `${leaders.join(' and ')} both say that they lead.`, evidence }
  }
  const { state, answer } = readyNodes('master', masters)
  return { state, answer: `${one} leads. ${answer}`, evidence }
}

function readyNodes(noun: string, nodes: readonly JsonObject[]): Answer {
  const waiting = nodes.filter(({ ready }) => ready === false).map(nameOf)
  if (nodes.length === 0) return { state: 'warning', answer: `There is no ${noun}.` }
  const all = nodes.length === 1 ? `The one ${noun}` : `All ${nodes.length} ${noun}s`
  return waiting.length === 0
    ? { state: 'ok', answer: `${all} ${nodes.length === 1 ? 'is' : 'are'} ready.` }
    : {
        state: 'warning',
        answer: `Not ready: ${waiting.join(', ')}.`,
        next: 'Look at the logs of those, and start them where they are down.',
      }
}

function nameOf(node: JsonObject): string {
  return firstText(node, gaps.nodeNames.names) ?? 'one without a name'
}

/** The newer dialect tells a fingerprint of the key that seals today's archives. */
async function keyAnswer(api: ChangoApi, session: Session): Promise<Answer> {
  const config = await readConfig(api)
  const recorded = config === null ? null : recordedFingerprint(config)
  if (recorded === null) {
    return {
      state: 'unknown',
      answer: 'These masters tell no fingerprint of their key; the older dialect has none.',
    }
  }
  const keys = await session.masterKeys()
  if (keys.length === 0) {
    return {
      state: 'unknown',
      answer: 'There is no master key here to compare with theirs.',
      next: 'Put it into the vault while the cluster still lives: without it no archive can be restored.',
    }
  }
  const place = keys.findIndex((key) => keyFingerprint(key) === recorded)
  if (place === 0) return { state: 'ok', answer: 'The master key here is the one that the cluster uses.' }
  if (place > 0) {
    return {
      state: 'warning',
      answer: `The cluster uses ${keys[place]?.label ?? 'another key'}, not the newest one here.`,
    }
  }
  return {
    state: 'bad',
    answer: 'The cluster uses another master key than those here.',
    next: 'Put today’s key into the vault: what is backed up now cannot be restored with these.',
  }
}
