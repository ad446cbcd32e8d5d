import type { Probe } from '../../../../shared/contract/masters.ts'
import { countOf, spanWords } from '../../../../shared/domain/size-words.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import { isJsonObject, type JsonObject } from '../../../../shared/domain/strict-json.ts'
import { ask, notAsked, type Answer, type Question } from '../../../engine/live/ask.ts'
import { clockAnswer } from '../../../engine/live/clock-answer.ts'
import { evidenceOf, listOf, refusal } from '../../../engine/live/http-replies.ts'
import type { Session } from '../../../ports/cluster-driver.ts'
import type { HttpClient } from '../../../ports/http-client.ts'
import type { KindlingConnection } from './connection.ts'

/** One that is dead shall not be waited for longer. */
const deadlineMs = 4_000
const serversPath = '/api/platform/servers'

export async function openPlatform(session: Session, config: KindlingConnection): Promise<HttpClient> {
  return session.http({
    origins: config.api,
    basePath: '',
    tls: config.tls,
    proxy: config.proxy,
    allowPlaintextCredentials: config.plaintext,
  })
}

export async function probeApi(
  origin: string,
  client: HttpClient,
  { clock, signal }: Session,
  emit: (probe: Probe) => void,
): Promise<void> {
  const of = new URL(origin).host
  let date: string | null = null
  const answers = await ask({ id: 'answers', of, question: 'Answers', mark: 'source' }, clock, async () => {
    // Source (serve_http.go): 200 `ok`, public, and unconditionally.
    const reply = await client.send({ method: 'GET', path: '/healthz', origin, deadlineMs }, signal)
    date = reply.header('date')
    const evidence = evidenceOf('GET', '/healthz', reply)
    if (reply.status === 200 && reply.text.trim() !== 'ok') {
      return {
        state: 'bad',
        answer: 'It answers its health question with something else than “ok”: another program stands there.',
        evidence,
        next: 'Check that the address leads to kindling.',
      }
    }
    return reply.status === 200
      ? { state: 'ok', answer: 'It answers.', evidence }
      : { state: 'bad', answer: `It answers its health question with ${reply.status}.`, evidence }
  })
  emit(answers)
  const time: Question = { id: 'clock', of, question: 'Clock', mark: 'inferred' }
  emit(
    answers.state === 'ok'
      ? await ask(time, clock, async () => Promise.resolve(clockAnswer(date, clock.now())))
      : notAsked(time, 'It does not answer.', clock),
  )
}

export async function probeServers(
  client: HttpClient,
  session: Session,
  { api, token }: Pick<KindlingConnection, 'api' | 'token'>,
  emit: (probe: Probe) => void,
): Promise<void> {
  const { clock, cluster, signal } = session
  const question: Question = { id: 'servers', of: cluster.name, question: 'Servers', mark: 'source' }
  if (api.length === 0 || token === null) {
    emit(notAsked(question, `The connection has no ${api.length === 0 ? 'API' : 'API key'}.`, clock))
    return
  }
  emit(
    await ask(question, clock, async () => {
      const reply = await client.send(
        {
          method: 'GET',
          path: serversPath,
          // Source (auth/middleware.go).
          authorization: `Bearer ${await session.token(token)}`,
          deadlineMs,
        },
        signal,
      )
      if (reply.status !== 200) throw refusal(reply, 'The servers are not told.')
      const rows = listOf(reply, 'The list of servers cannot be read:', ['servers']).filter(isJsonObject)
      return serversAnswer(rows, evidenceOf('GET', serversPath, reply))
    }),
  )
}

/**
 * Source (rpc/servers/servers.go): a heartbeat every 10 s, stale after 20 s, dead after 30 s. In the split units a process that runs the
 * api alone writes no row of a component, so one that is missing is no fault.
 */
function serversAnswer(rows: readonly JsonObject[], evidence: string): Answer {
  if (rows.length === 0) return { state: 'warning', answer: 'It knows no server.', evidence }
  const troubles = rows.flatMap((row) => {
    const words = troubleOf(row)
    return words === null ? [] : [`${textIn(row, 'hostname') ?? 'A server without a name'}: ${words}`]
  })
  const count = countOf(rows.length, 'server')
  if (troubles.length === 0)
    return { state: 'ok', answer: `${count}, and all heartbeats are fresh.`, evidence }
  return {
    state: 'warning',
    answer: `${troubles.length} of ${count} need a look. ${troubles.slice(0, 5).join('; ')}.`,
    evidence,
    next: 'Look at the units of these hosts.',
  }
}

function troubleOf(row: JsonObject): string | null {
  const status = textIn(row, 'status') ?? 'unknown'
  const age = row['heartbeat_age_seconds']
  const told = typeof age === 'number' && age >= 0 ? `, its last heartbeat ${spanWords(age * 1000)} ago` : ''
  if (status !== 'active') return `${status}${told}`
  const health = textIn(row, 'heartbeat_health') ?? textIn(row, 'health') ?? 'unknown'
  if (health !== 'healthy') return `${health}${told}`
  const components = row['components']
  const failing = (Array.isArray(components) ? components : []).filter(isJsonObject).filter((component) => {
    const state = textIn(component, 'health')
    return component['enabled'] === true && state !== null && state !== 'healthy'
  })
  if (failing.length === 0) return null
  return failing
    .map((each) => `${textIn(each, 'component') ?? 'a component'} ${textIn(each, 'health') ?? 'unknown'}`)
    .join(', ')
}

function textIn(row: JsonObject, name: string): string | null {
  const value = row[name]
  return typeof value === 'string' && value !== '' ? printable(value.slice(0, 200)) : null
}
