import { describe, expect, test } from 'vitest'
import type { Look } from '../../../../../src/shared/contract/clusters.ts'
import type { Probe } from '../../../../../src/shared/contract/masters.ts'
import type { SystemName } from '../../../../../src/shared/domain/system-name.ts'
import { questionIds, questionOf } from '../../../../../src/shared/domain/triage/questions.ts'
import type { FoundAnswers } from '../../../../../src/shared/domain/triage/triage.ts'
import {
  findAnswers,
  type Seen,
  type SeenCluster,
} from '../../../../../src/main/desk/runbooks/find-answers.ts'

const at = '2026-11-21T02:00:00.000Z'

function probe(id: string, of: string, state: Probe['state'], more: Partial<Probe> = {}): Probe {
  return {
    id, of, state, question: id, answer: `${id} is ${state}.`, evidence: null, mark: 'documented', next: null, code: null,
    at, tookMs: 1, ...more,
  } // prettier-ignore
}

const unreachable = { code: 'master.unreachable', answer: 'Nobody answers.' } as const

function look(more: Partial<Look> = {}): Look {
  return {
    asOf: at, failure: null, backups: 3, restorable: 3, notRestorable: 0, notProved: 0,
    newest: { backupId: 'b3', createdAt: at },
    newestRestorable: { backupId: 'b3', createdAt: at, level: 'wellFormed', verifiedAt: at },
    proved: { level: 'wellFormed', failedAt: null, verifiedAt: at, notProvable: [] },
    days: [], keyProof: { state: 'opens', opens: 3, of: 3 }, lastDrill: null, storedBytes: 1, objects: 9, worst: null, ...more,
  } // prettier-ignore
}

function cluster(
  name: string,
  probes: readonly Probe[] | null,
  of: Look | null,
  isRemote = true,
): SeenCluster {
  const health =
    probes === null ? null : { state: 'unknown' as const, words: '', at, probes: [...probes], failure: null }
  return { name, health, look: of, isRemote }
}

function found(system: SystemName, probes: readonly Probe[] | null, more: Partial<Seen> = {}): FoundAnswers {
  const answers = findAnswers({
    system,
    cluster: cluster('core', probes, look()),
    others: [],
    masterKeys: 1,
    restored: null,
    ...more,
  })
  for (const id of questionIds) {
    const answer = answers[id]
    if (answer === undefined) continue
    expect(questionOf(id, system).choices.map((choice) => choice.id)).toContain(answer.choice)
    expect(answer.because).not.toBe('')
  }
  return answers
}

function choices(answers: FoundAnswers): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(answers).map(([id, answer]) => [id, answer.choice]))
}

describe('what is known before anybody is asked', () => {
  test('a kiok that is in order answers all but what only people know', () => {
    const probes = [
      probe('answers', 'a:1', 'ok'), probe('ready', 'a:1', 'ok'), probe('login', 'core', 'ok'),
    ] // prettier-ignore
    expect(choices(found('kiok', probes))).toEqual({
      network: 'fine', wrongRestore: 'no', alive: 'all', ready: 'ready', login: 'works',
      bucket: 'reachable', newest: 'good', key: 'opens',
    }) // prettier-ignore
    expect(found('kiok', probes).alive).toEqual({ choice: 'all', because: 'a:1 answers.', at })
    const two = [probe('answers', 'a:1', 'ok'), probe('answers', 'b:1', 'ok')]
    expect(found('kiok', two).alive?.because).toBe('a:1, b:1 answer.')
  })

  test('a master that does not answer is dead only where nothing else explains its silence', () => {
    const dead = probe('answers', 'b:1', 'bad', unreachable)
    expect(found('chango', [probe('answers', 'a:1', 'ok'), dead]).alive?.choice).toBe('some')
    expect(found('chango', [dead]).alive).toMatchObject({ choice: 'none', because: 'b:1: Nobody answers.' })
    expect(
      found('chango', [dead, probe('answers', 'c:1', 'bad', { code: 'master.tls' })]).alive,
    ).toBeUndefined()
    expect(found('chango', []).alive).toBeUndefined()
    expect(found('chango', null).alive).toBeUndefined()
  })

  test('ready is what all of them say, not ready what one of them says', () => {
    const ready = (state: Probe['state'], of: string) => probe('ready', of, state)
    expect(found('chango', [ready('ok', 'a'), probe('leader', 'core', 'ok')]).ready?.choice).toBe('ready')
    expect(found('chango', [ready('ok', 'a'), probe('leader', 'core', 'bad')]).ready?.choice).toBe('notReady')
    expect(found('chango', [ready('ok', 'a')]).ready).toBeUndefined()
    expect(found('kiok', [ready('ok', 'a'), ready('notAsked', 'b')]).ready).toBeUndefined()
    expect(found('kiok', [ready('ok', 'a'), ready('bad', 'b')]).ready?.because).toBe('b: ready is bad.')
  })

  test('a login is lost where it is refused with 401, and not where rights are missing or a gate is closed', () => {
    const login = (answer: string) =>
      found('kiok', [probe('login', 'core', 'bad', { code: 'master.refusedLogin', answer })]).login?.choice
    expect(login('The login was refused. http://a answers 401.')).toBe('lost')
    expect(login('The login was refused. http://a answers 403.')).toBeUndefined()
    const role = probe('role', 'a', 'bad', { code: 'master.refusedLogin' })
    expect(found('armada', [role]).login?.choice).toBe('lost')
    expect(found('armada', [probe('role', 'a', 'warning')]).login?.choice).toBe('works')
  })

  test('kiseki’s quorum is what was counted', () => {
    expect(found('kiseki', [probe('quorum', 'core', 'bad')]).quorum?.choice).toBe('lost')
    expect(found('kiseki', [probe('quorum', 'core', 'warning')]).quorum?.choice).toBe('holds')
    expect(found('kiseki', [probe('hydrator', 'n1', 'bad')]).nodeFault?.choice).toBe('halted')
    expect(found('kiok', [probe('quorum', 'core', 'bad')]).quorum).toBeUndefined()
  })

  test('kindling’s database serves where it answers as a primary; a standby says nothing of its primary', () => {
    const probes = [probe('postgres', 'db', 'ok'), probe('servers', 'core', 'ok')]
    expect(choices(found('kindling', probes))).toMatchObject({
      database: 'serves', workers: 'none', ready: 'ready', login: 'works',
    }) // prettier-ignore
    expect(found('kindling', [probe('postgres', 'db', 'bad')]).database).toBeUndefined()
    expect(found('kindling', [...probes, probe('slots', 'db', 'bad')]).ready?.choice).toBe('notReady')
  })
})

describe('what the repository tells', () => {
  const of = (seen: Look, more: Partial<Seen> = {}) =>
    found('kiok', null, { cluster: cluster('core', null, seen), ...more })

  test('a repository that refuses cannot be reached; a locked vault says nothing of it', () => {
    const failed = (code: 'repository.accessDenied' | 'vault.locked') =>
      of(look({ failure: { code, what: 'It is refused.', why: 'AccessDenied.' } }))
    expect(failed('repository.accessDenied').bucket).toEqual({
      choice: 'notReachable', because: 'It is refused. AccessDenied.', at: null,
    }) // prettier-ignore
    expect(failed('repository.accessDenied').newest).toBeUndefined()
    expect(failed('vault.locked').bucket).toBeUndefined()
  })

  test('the newest backup is good, damaged, not proved, or not there', () => {
    expect(of(look()).newest?.choice).toBe('good')
    expect(of(look({ newestRestorable: null })).newest?.choice).toBe('notProved')
    expect(of(look({ backups: 0, newest: null, newestRestorable: null, proved: null })).newest?.choice).toBe(
      'none',
    )
    const worst = { code: 'x', lead: 'One object.', detail: 'Its hash differs.', backups: 1, key: 'k' }
    const proved = {
      level: 'listed' as const,
      failedAt: 'wellFormed' as const,
      verifiedAt: null,
      notProvable: [],
    }
    expect(of(look({ proved, worst })).newest).toEqual({
      choice: 'damaged', because: 'b3 fails its proof. One object. Its hash differs.', at,
    }) // prettier-ignore
  })

  test('a key is never said to be lost: there may be others than those that are kept here', () => {
    const key = (state: Look['keyProof']['state'], opens = 0, masterKeys = 1) =>
      of(look({ keyProof: { state, opens, of: 3 } }), { masterKeys }).key?.choice
    expect(key('opens', 3)).toBe('opens')
    expect(key('refused', 1)).toBe('notProved')
    expect(key('refused')).toBeUndefined()
    expect(key('noKey')).toBeUndefined()
    expect(key('notNeeded')).toBe('notProved')
    expect(key('notNeeded', 0, 0)).toBeUndefined()
  })

  test('a restore of the last days leaves open whether it was the wrong one', () => {
    expect(of(look()).wrongRestore?.choice).toBe('no')
    expect(of(look(), { restored: { at, backupId: 'b1' } }).wrongRestore).toBeUndefined()
  })
})

describe('whether it is this computer', () => {
  const cut = look({ failure: { code: 'repository.unreachable', what: 'Nobody answers.' } })
  const dead = cluster('core', [probe('answers', 'a', 'bad', unreachable)], cut)
  const network = (others: readonly SeenCluster[], own = dead) =>
    found('kiok', null, { cluster: own, others }).network?.choice

  test('one answer from anywhere says that it is not', () => {
    expect(network([cluster('other', null, look())])).toBe('fine')
    expect(network([cluster('other', [probe('answers', 'b', 'ok')], cut)])).toBe('fine')
  })

  test('silence everywhere says that it is, silence of one other place alone says nothing', () => {
    expect(network([])).toBeUndefined()
    expect(network([cluster('other', null, cut)])).toBeUndefined()
    expect(network([cluster('other', [probe('answers', 'b', 'bad', unreachable)], cut)])).toBe('ours')
  })

  test('a repository in a local folder says nothing of the network', () => {
    expect(network([], cluster('core', null, look(), false))).toBeUndefined()
  })
})
