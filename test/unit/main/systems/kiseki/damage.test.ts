import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readTarFacts } from '../../../../../src/main/systems/kiseki/facts.ts'
import { kiseki } from '../../../../../src/main/systems/kiseki/kiseki.ts'
import { walkKiseki } from '../../../../../src/main/systems/kiseki/walk.ts'
import { findingCodes } from '../../../../../src/shared/domain/finding.ts'
import { kisekiManifest } from '../../../../lab/kiseki.ts'
import { memoryStore } from '../../../../fakes/memory-store.ts'
import { inPieces } from '../../../../lab/raw-tar.ts'
import { verifyRepository } from '../../../../lab/verify-repository.ts'
import { tries } from '../../../../support/tries.ts'

const sample = readFileSync(new URL('../../../../vectors/kiseki/sample.tar', import.meta.url))
const backupId = '2026-05-04T12:34:56Z-8a6e0804-2bd0-4672-b79d-d97027f9071a'
const manifest = kisekiManifest({
  backupId,
  createdAt: '2026-05-04T12:34:56Z',
  shardCount: 2,
  metadataBytes: 14,
  dataBytes: 10,
})

/** Offsets of the three entries' contents and of what fills their blocks up: no checksum of a tar covers them. */
const bodies = [512, 1536, 2560].flatMap((at) => Array.from({ length: 512 }, (_, offset) => at + offset))

/** First digits of the checksums: a space in the place of a leading zero is the same number. */
const leadingZeros = [148, 1172, 2196]

describe('damage to a snapshot', () => {
  test('of any single byte of a header or of the end is told; of the contents no format could', async () => {
    const unnoticed: number[] = []
    for (let at = 0; at < sample.byteLength; at += 1) {
      for (const flip of [0x01, 0x10, 0x80]) {
        const bent = Buffer.from(sample)
        bent[at] = (bent[at] ?? 0) ^ flip
        const facts = await walkKiseki(inPieces(bent, 4096))
        if (facts.complete && facts.findings.length === 0) unnoticed.push(at)
      }
    }
    expect(new Set(unnoticed)).toEqual(new Set([...leadingZeros, ...bodies]))
  })

  test('of any kind ends in closed codes, and is never good unless the counts still agree', async () => {
    const change = fc.record({
      at: fc.nat({ max: sample.byteLength }),
      bytes: fc.oneof(fc.uint8Array({ maxLength: 600 }), fc.constant(new Uint8Array(512))),
      drop: fc.nat({ max: 1200 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        let bent = Buffer.from(sample)
        for (const { at, bytes, drop } of changes)
          bent = Buffer.concat([bent.subarray(0, at), bytes, bent.subarray(at + drop)])
        const store = memoryStore()
        await store.put(`${backupId}/snapshot.tar`, bent)
        await store.put(`${backupId}/manifest.json`, manifest)
        const { backups, evidence } = await verifyRepository(store, kiseki)
        const [judged] = backups
        const findings = [
          ...(judged?.report.findings ?? []),
          ...(judged?.report.stores.flatMap((part) => part.findings) ?? []),
        ]
        expect(findings.every(({ code }) => findingCodes.includes(code))).toBe(true)
        const seen = evidence.object(`${backupId}/snapshot.tar`)
        const facts =
          seen.kind === 'read' ? readTarFacts(JSON.parse(JSON.stringify(seen.facts.content))) : null
        if (judged?.verdict === 'good') {
          expect(facts).toMatchObject({ complete: true, shards: 2, metadataBytes: 14, dataBytes: 10 })
          expect(bent.byteLength).toBe(sample.byteLength)
        } else expect(findings).not.toEqual([])
      }),
      { seed: 40, numRuns: tries(400) },
    )
  })

  test('a tar with more flaws than anyone reads is told in a few lines', async () => {
    const bad = Buffer.from(sample.subarray(0, 1024))
    bad.write('../x', 0, 'latin1')
    bad.fill(0, 4, 100)
    bad.write('        ', 148, 'latin1')
    const sum = bad.subarray(0, 512).reduce((total, byte) => total + byte, 0)
    bad.write(`${sum.toString(8).padStart(7, '0')}\0`, 148, 'latin1')
    const many = Buffer.concat([...Array.from({ length: 1000 }, () => bad), Buffer.alloc(1024)])
    const { findings } = await walkKiseki(inPieces(many, 65_536))
    expect(findings).toHaveLength(21)
    expect(findings.at(-1)).toEqual({
      code: 'archive.unsafePath',
      message: '980 more entries have the same flaw.',
    })
  })
})
