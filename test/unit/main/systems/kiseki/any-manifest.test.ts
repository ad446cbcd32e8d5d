import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readManifest } from '../../../../../src/main/systems/kiseki/manifest.ts'
import { timeOfSnapshotId } from '../../../../../src/main/systems/kiseki/snapshot-id.ts'
import { tries } from '../../../../support/tries.ts'

const id = '2026-05-04T12:34:56Z-8a6e0804-2bd0-4672-b79d-d97027f9071a'
const codes = ['manifest.unreadable', 'manifest.idMismatch', 'format.unusual']

test('Any manifest is read with counts that are counts, or a reason why not', () => {
  const time = timeOfSnapshotId(id)
  if (time === null) throw new Error('The id is none.')
  const value = fc.oneof(
    fc.constantFrom(id, time.text, 0, 7, -1, 1.5, 1e300, '7', null, '"shard_count":9'),
    fc.jsonValue({ maxDepth: 2 }),
  )
  const manifest = fc.record(
    {
      snapshot_id: value,
      shard_count: value,
      metadata_bytes: value,
      data_bytes: value,
      created_at: value,
      other: value,
    },
    { requiredKeys: [] },
  )
  const kinds = new Set<string>()
  fc.assert(
    fc.property(manifest, fc.nat({ max: 400 }), fc.boolean(), (any, at, isCut) => {
      const text = JSON.stringify(any)
      const read = readManifest(Buffer.from(isCut ? text.slice(0, at) : text), id, time)
      for (const { code, message } of read.findings) {
        expect(codes).toContain(code)
        expect(message).not.toBe('')
        kinds.add(code)
      }
      if (read.manifest === null)
        expect(read.findings.map(({ code }) => code)).toEqual(['manifest.unreadable'])
      for (const count of Object.values(read.manifest ?? {}))
        expect(Number.isSafeInteger(count) && count >= 0).toBe(true)
    }),
    { numRuns: tries(5000), seed: 15 },
  )
  expect([...kinds].sort()).toEqual([...codes].sort())
})

test('Any name is the id of a snapshot whose time is real, or unknown, or is no id', () => {
  const digits = fc.integer({ min: 0, max: 99 }).map((number) => String(number).padStart(2, '0'))
  const uuid = id.slice(21)
  fc.assert(
    fc.property(
      fc.nat({ max: 12_000 }),
      fc.array(digits, { minLength: 5, maxLength: 5 }),
      (year, [month, day, ...clock]) => {
        const text = `${String(year).padStart(4, '0')}-${month}-${day}T${clock.join(':')}Z`
        const time = timeOfSnapshotId(`${text}-${uuid}`)
        expect(time?.text).toBe(text)
        expect(time?.hasZero).toBe(month === '00' || day === '00')
        const createdAt = time?.createdAt ?? null
        if (createdAt !== null) expect(new Date(createdAt).toISOString()).toBe(text.replace('Z', '.000Z'))
        expect(timeOfSnapshotId(`${text}-${uuid}x`)).toBeNull()
      },
    ),
    { numRuns: tries(3000), seed: 16 },
  )
})
