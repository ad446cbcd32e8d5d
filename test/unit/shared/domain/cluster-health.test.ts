import { expect, test } from 'vitest'
import {
  healthOf,
  type JudgedCluster,
  type JudgedLook,
} from '../../../../src/shared/domain/cluster-health.ts'
import { worstFirst } from '../../../../src/shared/domain/worst-first.ts'

const nowMs = Date.parse('2026-11-21T02:14:00Z')
const hourMs = 3_600_000
const rule = { nowMs, reverifyAfterDays: 30 }

function ago(hours: number): string {
  return new Date(nowMs - hours * hourMs).toISOString()
}

function look(fields: Partial<JudgedLook> = {}): JudgedLook {
  return {
    failure: null,
    backups: 24,
    notProved: 0,
    newest: { backupId: 'b24', createdAt: ago(1) },
    newestRestorable: { backupId: 'b24', createdAt: ago(1), verifiedAt: ago(1) },
    proved: { failedAt: null },
    keyProof: { state: 'opens' },
    lastDrill: null,
    worst: null,
    ...fields,
  }
}

function cluster(
  name: string,
  fields: Partial<JudgedLook> | null = {},
  more: Partial<JudgedCluster> = {},
): JudgedCluster {
  return {
    id: name,
    name,
    rpoMs: 24 * hourMs,
    rtoMs: 20 * 60_000,
    mode: 'normal',
    masters: { state: 'none' },
    posture: null,
    look: fields === null ? null : look(fields),
    ...more,
  }
}

const damaged = { lead: 'Damaged object.', detail: '14 backups point to it.', key: 'b8/kms.enc' }

test('a cluster whose newest backup is proved, young and without a finding is good', () => {
  expect(healthOf(cluster('a'), rule)).toMatchObject({
    group: 'good',
    tone: 'good',
    reason: null,
    next: null,
  })
})

test('a cluster that was not looked at yet is never good', () => {
  expect(healthOf(cluster('a', null), rule)).toMatchObject({ group: 'attention', word: 'Not looked at yet' })
})

test('a repository that cannot be read asks for action, whatever was seen before', () => {
  const failure = { code: 'repository.accessDenied', what: 'It may not be listed.' } as const
  expect(healthOf(cluster('a', { failure }), rule)).toMatchObject({
    group: 'act',
    word: 'Not readable',
    next: 'connection',
    reason: { lead: 'It may not be listed.' },
  })
})

test('a locked vault is no fault of the cluster: it asks to be unlocked', () => {
  const failure = { code: 'vault.locked', what: 'The vault is locked.' } as const
  expect(healthOf(cluster('a', { failure }), rule)).toMatchObject({
    group: 'attention',
    tone: 'unknown',
    next: 'unlock',
  })
})

test('an empty place asks for action', () => {
  expect(healthOf(cluster('a', { backups: 0, newestRestorable: null }), rule).word).toBe('No backups')
})

test('backups that nobody read yet are not proved, which is want of proof and not a fault', () => {
  const unread = cluster('a', { newestRestorable: null, notProved: 24 })
  expect(healthOf(unread, rule)).toMatchObject({ group: 'attention', tone: 'unknown', next: 'verify' })
})

test('without a key nothing can be proved, and the key is what is asked for', () => {
  const sealed = cluster('a', { newestRestorable: null, notProved: 24, keyProof: { state: 'noKey' } })
  expect(healthOf(sealed, rule)).toMatchObject({ word: 'No key', next: 'keys' })
})

test('no restorable backup among proved ones is the worst', () => {
  const none = cluster('a', { newestRestorable: null, proved: { failedAt: 'intact' }, worst: damaged })
  expect(healthOf(none, rule)).toMatchObject({ group: 'act', word: 'Nothing to restore', next: 'chain' })
})

test('a newest backup that is damaged asks for action once the restorable one is over its target', () => {
  const fields = { proved: { failedAt: 'intact' as const }, worst: damaged }
  const old = { backupId: 'b10', createdAt: ago(14 * 24), verifiedAt: ago(1) }
  expect(healthOf(cluster('a', { ...fields, newestRestorable: old }), rule)).toMatchObject({
    group: 'act',
    word: 'Not restorable',
    reason: damaged,
    next: 'chain',
  })
  const young = { backupId: 'b23', createdAt: ago(20), verifiedAt: ago(1) }
  expect(healthOf(cluster('a', { ...fields, newestRestorable: young }), rule)).toMatchObject({
    group: 'attention',
    word: 'Newest failed',
  })
  const empty = { code: 'backup.empty', lead: 'Empty backup.', detail: 'No shard.', key: null }
  const hollow = { proved: { failedAt: null }, worst: empty, newestRestorable: young }
  expect(healthOf(cluster('a', hollow), rule)).toMatchObject({ word: 'Newest empty', next: 'backups' })
})

test('a backup under another key asks for that key', () => {
  const worst = {
    code: 'envelope.wrongKey',
    lead: 'Another key.',
    detail: 'None opens it.',
    key: 'b8/kms.enc',
  }
  const refused = cluster('a', { keyProof: { state: 'refused' }, worst })
  expect(healthOf(refused, rule)).toMatchObject({ word: 'Another key', next: 'keys' })
})

test('newer backups that are not proved do not make an old proved one young', () => {
  const proved = { backupId: 'b20', createdAt: ago(72), verifiedAt: ago(70) }
  expect(healthOf(cluster('a', { newestRestorable: proved, notProved: 3 }), rule)).toMatchObject({
    group: 'attention',
    word: 'Newest not proved',
    next: 'verify',
    ratio: 3,
  })
})

test('a run that is missing is overdue, and asks for action past twice the target', () => {
  const at = (hours: number) => ({
    newest: { backupId: 'b', createdAt: ago(hours) },
    newestRestorable: { backupId: 'b', createdAt: ago(hours), verifiedAt: ago(1) },
  })
  expect(healthOf(cluster('a', at(26)), rule)).toMatchObject({ group: 'attention', word: 'Overdue' })
  expect(healthOf(cluster('a', at(49)), rule)).toMatchObject({ group: 'act', word: 'Overdue' })
})

test('a missing run and an empty repository offer a snapshot where the masters can be asked for one', () => {
  const late = {
    newest: { backupId: 'b', createdAt: ago(26) },
    newestRestorable: { backupId: 'b', createdAt: ago(26), verifiedAt: ago(1) },
  }
  const none = { backups: 0, newest: null, newestRestorable: null, proved: null }
  const masters = { state: 'down' }
  expect(healthOf(cluster('a', late), rule).next).toBe('backups')
  expect(healthOf(cluster('a', late, { masters }), rule).next).toBe('snapshot')
  expect(healthOf(cluster('a', late, { masters, mode: 'readOnly' }), rule).next).toBe('backups')
  expect(healthOf(cluster('a', none), rule).next).toBe('connection')
  expect(healthOf(cluster('a', none, { masters }), rule).next).toBe('snapshot')
})

test('a newest backup from the future says that a clock is wrong; a few minutes are no fault', () => {
  const from = (hours: number) =>
    healthOf(
      cluster('a', {
        newest: { backupId: 'b24', createdAt: ago(hours) },
        newestRestorable: { backupId: 'b24', createdAt: ago(hours), verifiedAt: ago(0) },
      }),
      rule,
    )
  expect(from(-2)).toMatchObject({ group: 'attention', word: 'Clocks differ', next: 'backups' })
  expect(from(-2).reason?.detail).toContain('2\u00a0h\u00a000\u00a0m from now')
  expect(from(-0.05)).toMatchObject({ group: 'good' })
})

test('proof older than the re-verify age is old, not good', () => {
  const restorable = { backupId: 'b24', createdAt: ago(1), verifiedAt: ago(31 * 24) }
  expect(healthOf(cluster('a', { newestRestorable: restorable }), rule)).toMatchObject({
    group: 'attention',
    word: 'Proof is old',
    isProofOld: true,
  })
})

test('a finding in older backups needs attention although the newest is good', () => {
  expect(healthOf(cluster('a', { worst: damaged }), rule)).toMatchObject({
    group: 'attention',
    reason: damaged,
  })
})

test('older backups that stay unproved although the newest is proved are not passed over', () => {
  expect(healthOf(cluster('a', { notProved: 1 }), rule)).toMatchObject({
    group: 'attention',
    word: 'Not all proved',
    next: 'verify',
  })
})

test('the night’s backup may wait for its proof while a proved one is within the target', () => {
  const proved = { backupId: 'b23', createdAt: ago(20), verifiedAt: ago(19) }
  expect(healthOf(cluster('a', { newestRestorable: proved, notProved: 1 }), rule).group).toBe('good')
})

test('clusters stand worst first: by group, by state, by age over target, by name', () => {
  const overdue = (hours: number) => ({
    newest: { backupId: 'b', createdAt: ago(hours) },
    newestRestorable: { backupId: 'b', createdAt: ago(hours), verifiedAt: ago(1) },
  })
  const fleet = [
    cluster('good-b'),
    cluster('good-a'),
    cluster('unread', { newestRestorable: null, notProved: 24 }),
    cluster('late', overdue(26)),
    cluster('later', overdue(60)),
    cluster('latest', overdue(90)),
    cluster('none', { newestRestorable: null, proved: { failedAt: 'intact' }, worst: damaged }),
  ]
  const judged = fleet.map((each) => ({ cluster: each, health: healthOf(each, rule) }))
  expect(worstFirst(judged).map((each) => each.cluster.name)).toEqual([
    'none',
    'latest',
    'later',
    'late',
    'unread',
    'good-a',
    'good-b',
  ])
})

test('a cluster is not good whose last drill failed, or was slower than its target allows', () => {
  const drilled = (lastDrill: JudgedLook['lastDrill']) => healthOf(cluster('a', { lastDrill }), rule)
  expect(drilled({ outcome: 'failed', rtoMs: null })).toMatchObject({
    tone: 'warn',
    word: 'Drill failed',
    next: 'drills',
  })
  expect(drilled({ outcome: 'restored', rtoMs: 25 * 60_000 })).toMatchObject({
    group: 'attention',
    word: 'Drill too slow',
    reason: {
      lead: 'RTO above target.',
      detail: expect.stringContaining('5\u00a0m\u00a000\u00a0s over the target of 20\u00a0m'),
    },
  })
  expect(drilled({ outcome: 'restored', rtoMs: 20 * 60_000 })).toMatchObject({ group: 'good' })
  expect(drilled({ outcome: 'readable', rtoMs: null })).toMatchObject({ group: 'good' })
})

test('A repository that is badly protected needs attention where nothing else does, a warning of it does not', () => {
  const posture = (state: 'bad' | 'warning'): Partial<JudgedCluster> => ({
    posture: { worst: { id: 'keyLike', state, sentence: 'One object looks like a key.' } },
  })
  expect(healthOf(cluster('open', {}, posture('bad')), rule)).toMatchObject({
    group: 'attention',
    word: 'Not protected',
    reason: { lead: 'Keys beside the backups.', detail: 'One object looks like a key.' },
    next: 'posture',
  })
  expect(healthOf(cluster('open', {}, posture('warning')), rule)).toMatchObject({ group: 'good' })
  expect(healthOf(cluster('none', { backups: 0 }, posture('bad')), rule)).toMatchObject({ group: 'act' })
})
