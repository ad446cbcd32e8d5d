import { beforeAll, describe, expect, test } from 'vitest'
import { createTableReader } from '../../../../../src/main/systems/armada/table-reader.ts'
import type { Random } from '../../../../../src/main/ports/random.ts'
import { readManifest } from '../../../../../src/main/systems/armada/manifest.ts'
import { readSidecar } from '../../../../../src/main/systems/armada/sidecar.ts'
import { endRecord, putRecord } from '../../../../../src/main/systems/armada/record-writer.ts'
import { seededNumber, seededRandom } from '../../../../lab/seeded.ts'
import { compressedFileOf, factsOf, fileOf, vector } from './fixture.ts'
import { tries } from '../../../../support/tries.ts'

const records = Array.from({ length: 6 }, (_, at) =>
  putRecord({
    table: 'table',
    key: Buffer.from(`key/${at}`),
    value: Buffer.from(`the value of ${at}, the value of ${at}`),
    leaderIndex: BigInt(900 + at),
  }),
)
const closedCodes: readonly string[] = ['archive.malformed', 'archive.truncated']
let plainFile: Uint8Array
let compressedFile: Uint8Array
let realFile: Uint8Array

beforeAll(async () => {
  plainFile = await fileOf(...records, endRecord('table', 999n))
  compressedFile = await compressedFileOf(...records, endRecord('table', 999n))
  realFile = await vector('backup/regatta-test.bak')
})

describe("The reader of a table's file", () => {
  test('sees every cut of a file that has its end record', () => {
    for (const file of [plainFile, compressedFile]) {
      expect(factsOf(file)).toMatchObject({ complete: true, keys: 6, endLeaderIndex: '999', problems: [] })
      for (let cut = 0; cut < file.byteLength; cut += 1) {
        const { problems, endLeaderIndex } = factsOf(file.subarray(0, cut))
        expect(endLeaderIndex).toBeNull()
        // After no byte, and after the identifier, nothing is cut; what is missing is the end record.
        expect(problems.map(({ code }) => code)).toEqual(cut === 0 || cut === 10 ? [] : ['archive.truncated'])
      }
    }
  })

  test('takes no file with a turned bit for the one that it was', () => {
    for (const file of [plainFile, compressedFile]) {
      const whole = factsOf(file)
      for (let at = 0; at < file.byteLength; at += 1) {
        for (let bit = 0; bit < 8; bit += 1) {
          const turned = Uint8Array.from(file)
          turned[at] = (turned[at] ?? 0) ^ (1 << bit)
          const facts = factsOf(turned)
          expect(facts.problems.every(({ code }) => closedCodes.includes(code))).toBe(true)
          // A chunk whose type turns into one that is stepped over takes its records with it.
          expect(facts.problems.length > 0 || facts.keys !== whole.keys).toBe(true)
        }
      }
    }
  })

  test('comes to an end with every mutant, in closed codes, and holds no more than a record', () => {
    const random = seededRandom('mutants')
    const sources = [plainFile, compressedFile, realFile.subarray(0, 400)]
    let seen = 0
    for (let round = 0; round < tries(100_000); round += 1) {
      const source = sources[round % sources.length] ?? plainFile
      const mutant = mutate(source, random)
      const reader = createTableReader()
      reader.push(mutant)
      const { problems, complete } = reader.finish()
      for (const { code } of problems)
        if (!closedCodes.includes(code)) throw new Error(`an open code: ${code}`)
      if (!complete || problems.length > 0) seen += 1
    }
    expect(seen).toBeGreaterThan(tries(90_000))
  })

  test('comes to an end with every mutant of what lies under the checksums', async () => {
    const random = seededRandom('inner mutants')
    const plain = Buffer.concat([...records, endRecord('table', 999n)])
    for (let round = 0; round < tries(10_000); round += 1) {
      const { problems } = factsOf(await fileOf(mutate(plain, random)))
      expect(problems.every(({ code }) => closedCodes.includes(code))).toBe(true)
    }
  })
})

describe('The readers of manifest and sidecar', () => {
  test('come to an end with every mutant', async () => {
    const random = seededRandom('documents')
    const manifest = await vector('backup/manifest.json')
    const sidecar = Buffer.from(
      '{"format":"holdfast-armada/1","serverVersion":"v1","statusErrors":["a: b"],"tables":{"a":{"sha256":"' +
        `${'0'.repeat(64)}","size":1,"keys":2}}}`,
    )
    const kinds = new Set<string>()
    for (let round = 0; round < tries(5_000); round += 1) {
      const read = readManifest(mutate(manifest, random))
      if (!read.ok) kinds.add(read.finding.code)
      kinds.add(readSidecar(mutate(sidecar, random)).kind)
    }
    expect([...kinds].sort()).toEqual(['facts', 'manifest.unreadable', 'unknown', 'wrong'])
  })
})

/** One to four flips, cuts, insertions, repetitions and edits of a byte. */
function mutate(source: Uint8Array, random: Random): Uint8Array {
  const next = (below: number): number => seededNumber(random, below)
  let mutant: Uint8Array = Uint8Array.from(source)
  const edits = 1 + next(4)
  for (let edit = 0; edit < edits; edit += 1) {
    const place = next(Math.max(1, mutant.byteLength))
    switch (next(5)) {
      case 0:
        mutant[place] = next(256)
        break
      case 1:
        mutant[place] = (mutant[place] ?? 0) ^ (1 << next(8))
        break
      case 2:
        mutant = mutant.subarray(0, place)
        break
      case 3:
        mutant = Buffer.concat([mutant.subarray(0, place), random.bytes(next(9)), mutant.subarray(place)])
        break
      default:
        mutant = Buffer.concat([mutant.subarray(0, place), mutant.subarray(next(place + 1))])
    }
  }
  return mutant
}
