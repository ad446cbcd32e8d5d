import { expect, test } from 'vitest'
import {
  healthOf,
  type JudgedCluster,
  type JudgedLook,
} from '../../../../src/shared/domain/cluster-health.ts'
import { worstFirst } from '../../../../src/shared/domain/worst-first.ts'
import { fleetSentence } from '../../../../src/shared/domain/fleet-sentence.ts'

const nowMs = Date.parse('2026-11-21T02:14:00Z')
const hourMs = 3_600_000

function ago(hours: number): string {
  return new Date(nowMs - hours * hourMs).toISOString()
}

function cluster(name: string, fields: Partial<JudgedLook> | null = {}): JudgedCluster {
  const look: JudgedLook = {
    failure: null,
    backups: 24,
    notProved: 0,
    newest: { backupId: 'b24', createdAt: ago(3) },
    newestRestorable: { backupId: 'b24', createdAt: ago(3), verifiedAt: ago(1) },
    proved: { failedAt: null },
    keyProof: { state: 'opens' },
    lastDrill: null,
    worst: null,
    ...fields,
  }
  return {
    id: name,
    name,
    rpoMs: 24 * hourMs,
    rtoMs: null,
    mode: 'normal',
    masters: { state: 'none' },
    posture: null,
    look: fields === null ? null : look,
  }
}

const none: Partial<JudgedLook> = { newestRestorable: null, proved: { failedAt: 'intact' } }
const unread: Partial<JudgedLook> = { newestRestorable: null, notProved: 24 }

function said(...clusters: readonly JudgedCluster[]): string {
  const rule = { nowMs, reverifyAfterDays: 30 }
  const { title, lead } = fleetSentence(
    worstFirst(clusters.map((each) => ({ cluster: each, health: healthOf(each, rule) }))),
  )
  return [title, lead]
    .filter((part) => part !== null)
    .join(' ')
    .replaceAll('\u00a0', ' ')
}

test('a fleet that can be restored says so, with the oldest of its newest backups', () => {
  expect(said(cluster('a'), cluster('b'))).toBe(
    'All 2 clusters can be restored. The oldest of the newest proved backups is 3 h 00 m old, of a.',
  )
  expect(said(cluster('a'))).toBe('a can be restored. Its newest proved backup is 3 h 00 m old.')
})

test('the worst cluster is the sentence, the others follow', () => {
  expect(
    said(cluster('lab', none), cluster('prod', none), cluster('edge', unread), cluster('a'), cluster('b')),
  ).toBe(
    'lab could not be restored if it failed now. prod needs action, too. One needs attention; two are good.',
  )
})

test('a cluster that can only be restored to long ago says to when', () => {
  const old = { backupId: 'b10', createdAt: '2026-11-07T02:00:00Z', verifiedAt: ago(1) }
  expect(said(cluster('prod', { newestRestorable: old, proved: { failedAt: 'intact' } }))).toBe(
    'prod can only be restored to 7 Nov 02:00 UTC, 14 d 0 h ago.',
  )
})

test('a repository that cannot be read is said as that, not as lost', () => {
  expect(said(cluster('core', { failure: { code: 'repository.unreachable', what: 'No answer.' } }))).toBe(
    'The repository of core cannot be read.',
  )
})

test('where nothing needs action, what needs attention is named', () => {
  expect(said(cluster('edge', unread), cluster('lab', unread), cluster('a'))).toBe(
    'No cluster needs action now; edge needs attention: not proved. One more needs attention. One is good.',
  )
})

test('clusters that were not looked at yet are never counted as good', () => {
  expect(said(cluster('a', null), cluster('b', null))).toBe('Looking at 2 clusters.')
  expect(said(cluster('a', null), cluster('b'))).toBe(
    'One of 2 clusters can be restored. One is not looked at yet.',
  )
})

test('many clusters that need action are counted, not listed', () => {
  const many = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => cluster(name, none))
  expect(said(...many)).toBe('a could not be restored if it failed now. b, c and 3 more need action, too.')
})
