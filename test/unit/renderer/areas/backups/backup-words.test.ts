import { describe, expect, test } from 'vitest'
import {
  findingCounts,
  headlineOf,
  proofLines,
  whyNoRestore,
} from '../../../../../src/renderer/areas/backups/model/backup-words.ts'
import type { Backup, StoreRow } from '../../../../../src/shared/contract/backups.ts'

const store = (name: string, rest: Partial<StoreRow> = {}): StoreRow => ({
  store: name,
  key: `b/${name}.enc`,
  object: `${name}.enc`,
  holder: 'b',
  heldByItself: true,
  sizeBytes: 1000,
  sha256: null,
  plainSha256: null,
  state: 'intact',
  level: 'wellFormed',
  failedAt: null,
  notProvable: [],
  verifiedAt: '2026-11-21T01:41:12Z',
  intactBy: null,
  recorded: [],
  intactAt: '2026-11-21T01:41:12Z',
  users: 1,
  findings: [],
  ...rest,
})
const damaged = { state: 'damaged', level: 'present', failedAt: 'intact' } as const
const notOpened = { state: 'notOpened', level: 'intact', failedAt: 'decrypts' } as const
const backup = (
  restorability: Backup['restorability'],
  stores: StoreRow[],
  rest: Partial<Backup> = {},
): Backup => ({
  backupId: 'b',
  asOf: '2026-11-21T02:00:00Z',
  createdAt: '2026-11-21T02:00:00Z',
  cluster: null,
  sizeBytes: null,
  newBytes: null,
  verdict: restorability === 'restorable' ? 'good' : restorability === 'notProved' ? 'unknown' : 'bad',
  restorability,
  level: 'present',
  failedAt: null,
  verifiedAt: null,
  restoredAt: null,
  stores,
  findings: [],
  manifestText: null,
  assumed: null,
  restoreWarning: null,
  newer: null,
  older: null,
  newestRestorable: null,
  contents: { kind: 'none', reason: '' },
  ...rest,
})
const empty: Partial<Backup> = {
  verdict: 'warning',
  findings: [{ code: 'backup.empty', severity: 'warning', message: 'Empty.' }],
}
const words = {
  listed: 'Listed',
  present: 'Present',
  intact: 'Intact',
  decrypts: 'Decrypts',
  matches: 'Matches',
  wellFormed: 'Well formed',
  restored: 'Restored',
}

describe('The sentence over a backup', () => {
  test.each([
    [backup('restorable', []), 'This backup can be restored.'],
    [backup('restorable', [], { verdict: 'warning' }), 'This backup can be restored, with a warning.'],
    [
      backup('restorable', [], { restoreWarning: 'Its cluster loads nothing back.' }),
      'This backup is whole, and can be exported.',
    ],
    [backup('notRestorable', [store('shards')], empty), 'This backup holds nothing to restore.'],
    [
      backup('notRestorable', [store('iam'), store('kms', notOpened)]),
      'This backup cannot be restored: its kms store could not be opened.',
    ],
    [
      backup('notRestorable', [store('iam'), store('kms', damaged)]),
      'This backup cannot be restored: its kms store is damaged.',
    ],
    [
      backup('notRestorable', [store('kms', { ...damaged, state: 'missing' }), store('iam', damaged)]),
      'This backup cannot be restored: its kms and iam stores are damaged.',
    ],
    [
      backup('notRestorable', [store('kms', { ...damaged, state: 'missing' })]),
      'This backup cannot be restored: its kms store is missing.',
    ],
    [backup('notRestorable', []), 'This backup cannot be restored.'],
    [
      backup('notProved', [store('iam'), store('joblog', { state: 'neverRead' })]),
      'Whether this backup can be restored is not proved: joblog was never read.',
    ],
    [
      backup('notProved', [
        store('iam', { state: 'neverRead' }),
        store('kms', { state: 'neverRead' }),
        store('x'),
      ]),
      'Whether this backup can be restored is not proved: iam and kms were never read.',
    ],
    [
      backup('notProved', [store('iam', { state: 'neverRead' })]),
      'Whether this backup can be restored is not proved: nothing of it was ever read.',
    ],
  ])('%#', (of, sentence) => {
    expect(headlineOf(of)).toBe(sentence)
  })

  test('says what keeps Restore off, and nothing where it is on', () => {
    expect(whyNoRestore(backup('notRestorable', [store('kms', damaged)]))).toBe(
      'Restore is off until kms is intact.',
    )
    expect(whyNoRestore(backup('notProved', []))).toBeNull()
    expect(whyNoRestore(backup('notRestorable', [store('shards')], empty))).toBe(
      'Restore is off: this backup holds nothing to restore.',
    )
  })
})

describe('The list of proofs', () => {
  test('puts stores of one level together, with the oldest of their evidence', () => {
    const lines = proofLines(
      [
        store('iam'),
        store('kms', { verifiedAt: '2026-11-01T00:00:00Z' }),
        store('joblog', { level: 'intact' }),
      ],
      words,
    )
    expect(lines).toEqual([
      {
        tone: 'good',
        text: 'iam and kms: proved up to “Well formed”',
        evidence: '2 objects, 2.00\u00a0kB',
        at: '2026-11-01T00:00:00Z',
      },
      {
        tone: 'good',
        text: 'joblog: proved up to “Intact”',
        evidence: '1 object, 1.00\u00a0kB',
        at: '2026-11-21T01:41:12Z',
      },
    ])
  })

  test('never calls good what failed, was never read or cannot be proved', () => {
    const lines = proofLines(
      [
        store('kms', damaged),
        store('joblog', { state: 'neverRead', level: 'present', verifiedAt: null }),
        store('iam', { notProvable: [{ level: 'matches', reason: 'no hash is recorded' }] }),
      ],
      words,
    )
    expect(lines.map(({ tone, text }) => [tone, text])).toEqual([
      ['good', 'iam: proved up to “Well formed”'],
      ['bad', 'kms fails at “Intact”'],
      ['unknown', 'joblog was never read'],
      ['notProvable', '“Matches” cannot be proved for iam'],
    ])
  })
})

test('Findings are counted by severity', () => {
  expect(findingCounts([{ severity: 'error' }, { severity: 'warning' }, { severity: 'warning' }])).toBe(
    '1 error, 2 warnings',
  )
})
