import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ArchiveFacts } from '../../../../../src/main/systems/chango/facts.ts'
import { walkArchive } from '../../../../../src/main/systems/chango/walk.ts'
import { packed, textEntry } from '../../../../lab/chango.ts'
import { inPieces } from '../../../../lab/raw-tar.ts'
import { tries } from '../../../../support/tries.ts'

async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const piece of pieces) parts.push(piece)
  return Buffer.concat(parts)
}

/** Small, so that every byte can be tried. */
async function smallArchive(gzipLevel: number): Promise<Buffer> {
  const stores = ['kms', 'iam', 'metadata'].flatMap((store) => [
    textEntry(`${store}/CURRENT`, 'MANIFEST-000005\n'),
    textEntry(`${store}/MANIFEST-000005`, `the manifest of ${store}`),
  ])
  return bytesOf(packed([...stores, textEntry('manifest.json', '{"timestamp":"2026-05-30"}')], gzipLevel))
}

function isSound(facts: ArchiveFacts): boolean {
  return facts.complete && facts.findings.length === 0
}

/** Of the gzip header: the flag "probably text", the time, the deflate level and the operating system. */
const meaningless = [3, 4, 5, 6, 7, 8, 9]

describe('damage', () => {
  test('no single changed byte changes the contents unnoticed; only what the gzip header says beside them may change', async () => {
    const good = await smallArchive(9)
    const plain = gunzipSync(good)
    const sound = await walkArchive(inPieces(good))
    expect(isSound(sound)).toBe(true)
    const unnoticed: number[] = []
    for (let at = 0; at < good.byteLength; at += 1) {
      for (const flip of [0x01, 0x10, 0x80]) {
        const bent = Buffer.from(good)
        bent[at] = (bent[at] ?? 0) ^ flip
        const facts = await walkArchive(inPieces(bent, 4096))
        // Deflate can write the same bytes in several ways, such as a run of zeros copied from two places.
        if (isSound(facts) && (at < 10 || !gunzipSync(bent).equals(plain))) unnoticed.push(at)
      }
    }
    expect([...new Set(unnoticed)]).toEqual(meaningless)
  })

  test('no header or content byte of the tar changes unnoticed, even under a right gzip checksum', async () => {
    const plain = gunzipSync(await smallArchive(1))
    const sound = await walkArchive(inPieces(gzipSync(plain, { level: 1 })))
    const digests = JSON.stringify(sound.parts)
    const unnoticed: number[] = []
    for (let at = 0; at < plain.byteLength; at += 3) {
      const bent = Buffer.from(plain)
      bent[at] = (bent[at] ?? 0) ^ 0x01
      const facts = await walkArchive(inPieces(gzipSync(bent, { level: 1 }), 65_536))
      const isSame = JSON.stringify(facts.parts) === digests && facts.manifest?.text === sound.manifest?.text
      if (isSound(facts) && isSame) unnoticed.push(at)
    }
    // What fills a file's last block up is nobody's: it is the only place.
    expect(unnoticed.filter((at) => !isFilling(plain, at))).toEqual([])
  })

  test('an archive cut anywhere is truncated and nothing else', async () => {
    const good = await smallArchive(6)
    for (let length = 0; length < good.byteLength; length += 1) {
      const { findings, complete, parts } = await walkArchive(inPieces(good.subarray(0, length)))
      expect([length, complete, parts, ...findings.map(({ code }) => code)]).toEqual([
        length,
        false,
        [],
        'archive.truncated',
      ])
    }
  })

  test('another member or a byte behind the archive is malformed and nothing else', async () => {
    const good = await smallArchive(6)
    for (const tail of [good, Buffer.from([1])]) {
      const { findings } = await walkArchive(inPieces(Buffer.concat([good, tail])))
      expect(findings.map(({ code }) => code)).toEqual(['archive.malformed'])
    }
    expect(isSound(await walkArchive(inPieces(Buffer.concat([good, Buffer.alloc(5000)]))))).toBe(true)
  })

  test('whatever is done to an archive, reading it ends and says what it found', async () => {
    const plain = gunzipSync(await smallArchive(1))
    const change = fc.record({
      at: fc.nat({ max: plain.byteLength - 1 }),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 600 }),
      insert: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        let bent = Buffer.from(plain)
        for (const { at, bytes, insert } of changes) {
          const behind = bent.subarray(insert ? at : at + bytes.byteLength)
          bent = Buffer.concat([bent.subarray(0, at), bytes, behind])
        }
        const facts = await walkArchive(inPieces(gzipSync(bent, { level: 1 })))
        expect(facts.complete || facts.findings.length > 0).toBe(true)
        expect(JSON.parse(JSON.stringify(facts))).toEqual(facts)
      }),
      { seed: 7, numRuns: tries(300) },
    )
  })
})

/** True between the end of a file's contents and the end of its last block, or behind the end of the archive. */
function isFilling(tar: Uint8Array, at: number): boolean {
  let header = 0
  while (header < tar.byteLength && tar[header] !== 0) {
    const size = Number.parseInt(Buffer.from(tar.subarray(header + 124, header + 135)).toString('latin1'), 8)
    const next = header + 512 + Math.ceil(size / 512) * 512
    if (at < next) return at >= header + 512 + size
    header = next
  }
  return false
}
