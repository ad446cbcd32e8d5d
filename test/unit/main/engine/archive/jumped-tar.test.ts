import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ArchiveFault } from '../../../../../src/main/engine/archive/archive-fault.ts'
import { usableTarEntries } from '../../../../../src/main/engine/archive/usable-entries.ts'
import { readWhole } from '../../../../../src/main/engine/transfer/read-object.ts'
import { jumpingRead, type JumpSizes } from '../../../../../src/main/engine/transfer/jumping-read.ts'
import type { ObjectInfo, ObjectStore } from '../../../../../src/main/ports/object-store.ts'
import { memoryStore } from '../../../../fakes/memory-store.ts'
import { endOfTar, gnuLong, paxHeader, rawFile, rawHeader, withChecksum } from '../../../../lab/raw-tar.ts'
import { stoppedClock } from '../../../../lab/verify-repository.ts'
import { tries } from '../../../../support/tries.ts'

const clock = stoppedClock('2026-11-20T12:00:00Z')

/** What is listed of a tar, what is said against its names, and how it ends. */
async function listed(pieces: AsyncIterable<Uint8Array>) {
  const entries: string[] = []
  const flaws: string[] = []
  try {
    const found = usableTarEntries(pieces, ({ code, message }) => flaws.push(`${code} ${message}`))
    for await (const { path, kind, sizeBytes } of found) entries.push(`${kind} ${path} ${sizeBytes}`)
    return { entries, flaws, end: 'whole' }
  } catch (error) {
    if (!(error instanceof ArchiveFault)) throw error
    return { entries, flaws, end: `${error.code} ${error.message}` }
  }
}

interface Stored {
  readonly store: ObjectStore
  readonly info: ObjectInfo
  readonly ranges: { readonly startByte: number; readonly endByte?: number }[]
}

async function stored(tar: Uint8Array): Promise<Stored> {
  const inner = memoryStore({ pieceBytes: 700 })
  const info = await inner.put('tar', tar)
  const ranges: Stored['ranges'] = []
  const store: ObjectStore = {
    ...inner,
    get: async (key, options) => {
      ranges.push(options?.range ?? { startByte: 0 })
      return inner.get(key, options)
    },
  }
  return { store, info, ranges }
}

async function bothWays(tar: Uint8Array, sizes: JumpSizes) {
  const { store, info, ranges } = await stored(tar)
  const jumped = await listed(jumpingRead(store, info, { clock }, sizes))
  const asked = [...ranges]
  const streamed = await listed(readWhole(store, info, { clock }))
  return { jumped, streamed, asked }
}

/** Never more requests than jumps that were worth one, and ranges that were used up. */
function mostRequests(bytes: number, { leastBytes, worthBytes }: JumpSizes): number {
  return 1 + Math.ceil(bytes / Math.min(leastBytes, worthBytes))
}

const small: JumpSizes = { leastBytes: 512, mostBytes: 2048, worthBytes: 1024 }

const file = fc
  .record({
    name: fc.constantFrom('a', 'kms/x', 'd/', '../up', 'a'.repeat(90), '\u202Egood', '__proto__', 'a'),
    bytes: fc.nat(9_000),
    type: fc.constantFrom('0', '0', '0', '0', '5', '2', '7', 'S', 'Z'),
  })
  .map(({ name, bytes, type }) => rawFile({ name, type }, Buffer.alloc(bytes, 0x61)))
const extended = fc
  .record({ name: fc.constantFrom('long', 'l'.repeat(4097), 'x/../y'), bytes: fc.nat(5_000) })
  .chain(({ name, bytes }) => {
    const body = rawFile({ name: 'short' }, Buffer.alloc(bytes, 0x62))
    return fc.constantFrom(
      Buffer.concat([gnuLong(name), body]),
      Buffer.concat([paxHeader([['path', name]]), body]),
      Buffer.concat([paxHeader([['size', String(bytes)]]), body]),
      Buffer.concat([paxHeader([['path', name]], 'g'), body]),
    )
  })
/** A size that leads behind the end, to its last byte, or nowhere. */
const lying = fc
  .constantFrom(1, 511, 512, 4096, 1024 ** 3, 16 * 1024 ** 4, 17 * 1024 ** 4, Number.MAX_SAFE_INTEGER)
  .map((sizeBytes) =>
    sizeBytes < 8 ** 11
      ? rawHeader({ name: 'lies', sizeBytes })
      : withChecksum(Buffer.from(rawHeader({ name: 'lies', patch: { 124: base256(sizeBytes) } }))),
  )
const zeros = fc.constantFrom(512, 1024, 4096, 20_000).map((bytes) => Buffer.alloc(bytes))
const noise = fc.uint8Array({ maxLength: 1500 })

function base256(value: number): Uint8Array {
  const field = Buffer.alloc(12)
  field[0] = 0x80
  field.writeBigUInt64BE(BigInt(value), 4)
  return field
}

const archive = fc
  .record({
    parts: fc.array(
      fc.oneof(
        { weight: 8, arbitrary: file },
        { weight: 3, arbitrary: extended },
        { weight: 1, arbitrary: fc.oneof(lying, zeros, noise) },
      ),
      { maxLength: 8 },
    ),
    end: fc.constantFrom(
      endOfTar,
      Buffer.alloc(10_240),
      Buffer.alloc(512),
      Buffer.alloc(0),
      Buffer.from('x'),
    ),
    cut: fc.option(fc.nat(40_000)),
  })
  .map(({ parts, end, cut }) => {
    const whole = Buffer.concat([...parts, end])
    return cut === null ? whole : whole.subarray(0, cut)
  })

describe('A tar whose large files are jumped over', () => {
  test('is listed as one that is read whole, whatever it is: names, flaws and how it ends', async () => {
    const ends = new Set<string>()
    let jumps = 0
    await fc.assert(
      fc.asyncProperty(archive, fc.constantFrom(512, 700, 4096), async (tar, leastBytes) => {
        const sizes = { ...small, leastBytes }
        const { jumped, streamed, asked } = await bothWays(tar, sizes)
        expect(jumped).toEqual(streamed)
        expect(asked.length).toBeLessThanOrEqual(mostRequests(tar.byteLength, sizes))
        ends.add(streamed.end.split(' ')[0] ?? '')
        if (asked.some(({ startByte }, at) => at > 0 && startByte > (asked[at - 1]?.endByte ?? 0) + 1))
          jumps += 1
      }),
      { numRuns: tries(1500), seed: 41 },
    )
    expect(jumps).toBeGreaterThan(100)
    expect([...ends].toSorted()).toEqual([
      'archive.malformed',
      'archive.tooLarge',
      'archive.truncated',
      'archive.unsafeEntry',
      'whole',
    ])
  })

  test('costs a request and a small range a file, where all of it was read before', async () => {
    const sizes: JumpSizes = { leastBytes: 64 * 1024, mostBytes: 8 * 1024 ** 2, worthBytes: 1024 ** 2 }
    const body = Buffer.alloc(3 * 1024 ** 2)
    const names = Array.from({ length: 8 }, (_, at) => `shard-${at}.data`)
    const tar = Buffer.concat([...names.map((name) => rawFile({ name }, body)), endOfTar])
    const { store, info, ranges } = await stored(tar)
    const { entries, end } = await listed(jumpingRead(store, info, { clock }))
    expect([entries.length, end]).toEqual([8, 'whole'])
    expect(ranges.length).toBeLessThanOrEqual(9)
    const read = ranges.reduce((sum, { startByte, endByte = 0 }) => sum + endByte - startByte + 1, 0)
    expect(read).toBeLessThanOrEqual(9 * sizes.leastBytes)
  })

  test('of many small files is read in ranges that grow, as nothing is worth a jump', async () => {
    const parts = Array.from({ length: 2000 }, (_, at) => rawFile({ name: `f${at}` }, Buffer.alloc(4000, 1)))
    const { store, info, ranges } = await stored(Buffer.concat([...parts, endOfTar]))
    const { entries, end } = await listed(jumpingRead(store, info, { clock }))
    expect([entries.length, end]).toEqual([2000, 'whole'])
    expect(ranges.length).toBeLessThan(12)
  })

  test('that was replaced meanwhile ends with that, and mixes no two of them', async () => {
    const tar = (letter: number): Uint8Array =>
      Buffer.concat([
        rawFile({ name: 'a' }, Buffer.alloc(5000, letter)),
        rawFile({ name: 'b' }, 'x'),
        endOfTar,
      ])
    const { store, info } = await stored(tar(0x61))
    const pieces = jumpingRead(store, info, { clock }, small)
    const found = usableTarEntries(pieces, () => {})
    await found.next()
    await store.put('tar', tar(0x62))
    await expect(found.next()).rejects.toMatchObject({ code: 'object.changed' })
  })
})
