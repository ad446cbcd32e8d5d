import type { Probe } from '../../../shared/contract/masters.ts'
import type { ErrorCode } from '../../../shared/domain/error.ts'
import type { SystemName } from '../../../shared/domain/system-name.ts'
import type { QuestionId } from '../../../shared/domain/triage/questions.ts'
import type { Found, FoundAnswers } from '../../../shared/domain/triage/triage.ts'
import { answersProbe } from '../live/health-of.ts'

/** What the masters themselves have answered. A question that they were not asked, or that failed in any other way, stays open. */
export function findInProbes(system: SystemName, probes: readonly Probe[]): FoundAnswers {
  const finders = system === 'kindling' ? databaseFinders : mastersFinders
  return Object.fromEntries(
    finders.flatMap(([id, find]) => {
      const found = find(probes, system)
      return found === null ? [] : [[id, found]]
    }),
  )
}

type Find = (probes: readonly Probe[], system: SystemName) => Found | null
type Finder = readonly [QuestionId, Find]

const mastersFinders: readonly Finder[] = [
  ['alive', findAlive],
  ['quorum', (probes, system) => (system === 'kiseki' ? findQuorum(probes) : null)],
  ['ready', findReady],
  ['nodeFault', (probes) => findBad(probes, ['hydrator'], 'halted')],
  ['login', findLogin],
]

const databaseFinders: readonly Finder[] = [
  ['database', (probes) => findOk(probes, 'postgres', 'serves')],
  ['workers', (probes) => findOk(probes, 'servers', 'none')],
  ['ready', (probes) => findBad(probes, ['slots'], 'notReady') ?? findOk(probes, 'servers', 'ready')],
  ['login', findLogin],
]

/** After these a master was asked and did not answer; after any other failure nobody knows whether it lives. */
const silent: ReadonlySet<ErrorCode> = new Set(['master.unreachable', 'master.timedOut', 'host.unreachable'])

function findAlive(probes: readonly Probe[]): Found | null {
  const asked = probes.filter(({ id }) => id === answersProbe)
  const alive = asked.filter(({ state }) => state === 'ok')
  const dead = asked.filter(({ code }) => code !== null && silent.has(code))
  const [first] = asked
  if (first === undefined || alive.length + dead.length < asked.length) return null
  const at = lastOf(asked)
  if (dead.length === 0) return { choice: 'all', because: answersWords(alive), at }
  const because = dead.map(({ of, answer }) => (answer.includes(of) ? answer : `${of}: ${answer}`)).join(' ')
  return alive.length === 0
    ? { choice: 'none', because, at }
    : { choice: 'some', because: `${answersWords(alive)} ${because}`, at }
}

function findQuorum(probes: readonly Probe[]): Found | null {
  const quorum = probes.find(({ id }) => id === 'quorum')
  if (quorum === undefined) return null
  const { state, answer, at } = quorum
  if (state === 'ok' || state === 'warning') return { choice: 'holds', because: answer, at }
  return state === 'bad' ? { choice: 'lost', because: answer, at } : null
}

/** Ready where every master says so and one leads; of armada and kiseki, where all of them answer and none is in trouble. */
function findReady(probes: readonly Probe[], system: SystemName): Found | null {
  const wanted: Readonly<Record<SystemName, readonly string[]>> = {
    kiok: ['ready'],
    chango: ['ready', 'leader'],
    kiseki: ['leader', 'hydrator'],
    armada: ['tables'],
    kindling: [],
  }
  const ids = wanted[system]
  const bad = findBad(probes, ids, 'notReady')
  if (bad !== null) return bad
  const asked = probes.filter(({ id }) => ids.includes(id))
  const isComplete = ids.every((id) => asked.some((probe) => probe.id === id))
  if (!isComplete || asked.some(({ state }) => state !== 'ok')) return null
  return {
    choice: 'ready',
    because: asked.map(({ of, answer }) => `${of}: ${answer}`).join(' '),
    at: lastOf(asked),
  }
}

/** Which question shows that a login is taken. */
const loginProbes: Readonly<Record<SystemName, string>> = {
  kiok: 'login',
  chango: 'login',
  kiseki: 'login',
  armada: 'role',
  kindling: 'servers',
}

function findLogin(probes: readonly Probe[], system: SystemName): Found | null {
  const asked = probes.filter(({ id }) => id === loginProbes[system])
  const refused = asked.find(({ code, answer }) => {
    // 403 and 503 are other troubles: rights that are missing, a gate that is closed.
    return code === 'master.refusedLogin' && (system === 'armada' || / answers 401\b/.test(answer))
  })
  if (refused !== undefined) return { choice: 'lost', because: refused.answer, at: refused.at }
  const taken = asked.find(({ state, code }) => state === 'ok' || (state === 'warning' && code === null))
  return taken === undefined ? null : { choice: 'works', because: 'It was taken.', at: taken.at }
}

function findBad(probes: readonly Probe[], ids: readonly string[], choice: string): Found | null {
  const bad = probes.find(({ id, state, code }) => ids.includes(id) && state === 'bad' && code === null)
  return bad === undefined ? null : { choice, because: `${bad.of}: ${bad.answer}`, at: bad.at }
}

function findOk(probes: readonly Probe[], id: string, choice: string): Found | null {
  const ok = probes.find((probe) => probe.id === id && probe.state === 'ok')
  return ok === undefined ? null : { choice, because: `${ok.of}: ${ok.answer}`, at: ok.at }
}

function answersWords(probes: readonly Probe[]): string {
  return `${probes.map(({ of }) => of).join(', ')} ${probes.length === 1 ? 'answers' : 'answer'}.`
}

function lastOf(probes: readonly Probe[]): string | null {
  return probes.reduce<string | null>((last, { at }) => (last === null || at > last ? at : last), null)
}
