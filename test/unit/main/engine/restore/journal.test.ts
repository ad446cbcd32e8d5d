import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lastDoneRun, readJournal, unfinishedRun } from '../../../../../src/main/engine/restore/journal.ts'
import {
  formatRecord,
  parseRecord,
  type JournalEvent,
  type JournalRecord,
} from '../../../../../src/main/engine/restore/journal-record.ts'
import { tries } from '../../../../support/tries.ts'

const at = '2026-11-20T02:00:00.000Z'
const names = [
  {
    name: 'kms',
    aside: 'kms.before-restore-1',
    incoming: { area: 'staging', run: 'r1', name: 'kms' },
    expect: { kind: 'folder', files: 2, sizeBytes: 9, digest: 'ab' },
  },
  { name: 'patches', aside: 'patches.before-restore-1', incoming: null, expect: null },
] as const
const place = { area: 'target', name: 'kms' } as const

function recordsOf(...runs: readonly (readonly [string, ...JournalEvent[]])[]): JournalRecord[] {
  const events = runs.flatMap(([run, ...each]) => each.map((event) => ({ run, event })))
  return events.map(({ run, event }, index) => ({ seq: index + 1, at, run, ...event }))
}

const whole = recordsOf(
  [
    'r1',
    {
      kind: 'begin',
      job: 'restore',
      backupId: 'b',
      planHash: 'h',
      plan: { any: [1] },
      manages: ['kms'],
      askedBy: 'job-1',
    },
    { kind: 'swap', names },
    { kind: 'moved', from: place, to: { area: 'target', name: 'kms.before-restore-1' } },
    { kind: 'done' },
  ],
  [
    'r2',
    { kind: 'begin', job: 'rollback', of: 'r1', askedBy: null },
    { kind: 'swap', names: [] },
    { kind: 'undo', why: 'nötig' },
    { kind: 'undone' },
  ],
)
const lines = whole.map(formatRecord)
const bytes = Buffer.from(lines.join(''))

describe('a journal', () => {
  test('gives back what was written, run by run', () => {
    expect(lines.map((line) => parseRecord(line.trimEnd()))).toEqual(whole)
    const reading = readJournal(bytes, '/t')
    expect(reading.runs.map(({ run, end }) => [run, end?.how])).toEqual([
      ['r1', 'done'],
      ['r2', 'undone'],
    ])
    expect(reading.runs[0]?.swap).toEqual(names)
    expect(reading.wholeBytes).toBe(bytes.byteLength)
    expect(unfinishedRun(reading)).toBeNull()
    expect(lastDoneRun(reading)?.run).toBe('r1')
  })

  test('cut at any byte is the journal up to the last whole record', () => {
    for (let cut = 0; cut <= bytes.byteLength; cut += 1) {
      const reading = readJournal(bytes.subarray(0, cut), '/t')
      let count = 0
      let end = 0
      for (const line of lines) {
        if (end + Buffer.byteLength(line) > cut) break
        end += Buffer.byteLength(line)
        count += 1
      }
      expect(reading.lastSeq, `cut at ${cut}`).toBe(count)
      expect(reading.wholeBytes, `cut at ${cut}`).toBe(end)
    }
  })

  test('whose last record is damaged is as if that had never been written', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), (where, flip) => {
        const last = Buffer.byteLength(lines.at(-1) ?? '')
        const damaged = Buffer.from(bytes)
        const spot = bytes.byteLength - last + (where % (last - 1))
        damaged[spot] = (damaged[spot] ?? 0) ^ flip
        // A newline in the middle makes two damaged lines of it, and damage before the end is never taken for a cut.
        fc.pre(damaged[spot] !== 0x0a)
        expect(readJournal(damaged, '/t').lastSeq).toBe(whole.length - 1)
      }),
      { seed: 7, numRuns: tries(300) },
    )
  })

  test('damaged anywhere before is broken, and nothing is guessed', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), (where, flip) => {
        const damaged = Buffer.from(bytes)
        const last = Buffer.byteLength(lines.at(-1) ?? '')
        // The newline before the last record may go: then both together are a damaged end.
        const spot = where % (bytes.byteLength - last - 1)
        damaged[spot] = (damaged[spot] ?? 0) ^ flip
        expect(() => readJournal(damaged, '/t')).toThrow(/journal of restores in \/t cannot be read/)
      }),
      { seed: 7, numRuns: tries(300) },
    )
  })

  test.each<[string, JournalRecord[]]>([
    ['a record is missing', whole.filter(({ seq }) => seq !== 3)],
    [
      'a run begins inside another',
      recordsOf(['r1', whole[0] as JournalEvent], ['r2', whole[0] as JournalEvent]),
    ],
    ['a run ends that never began', recordsOf(['r1', { kind: 'done' }])],
    [
      'a record belongs to another run',
      recordsOf(['r1', whole[0] as JournalEvent], ['r2', { kind: 'done' }]),
    ],
    ['a name is not plain', [{ ...whole[0], run: '../r1' } as JournalRecord]],
  ])('in which %s is broken', (_, records) => {
    const text = records.map((record) => formatRecord(record)).join('')
    expect(() => readJournal(Buffer.from(text), '/t')).toThrow(/cannot be read/)
  })

  test.each(['../etc', 'a/b', '', '..'])('that would move the name %j is not believed', (name) => {
    const [first] = names
    const record = { seq: 1, at, run: 'r1', kind: 'swap', names: [{ ...first, name }] } as const
    expect(parseRecord(formatRecord(record).trimEnd())).toBe('unknown')
    const moved = { seq: 1, at, run: 'r1', kind: 'moved', from: place, to: { area: 'target', name } } as const
    expect(parseRecord(formatRecord(moved).trimEnd())).toBe('unknown')
  })
})
