import { expect, test } from 'vitest'
import { readTarFacts, type TarFacts } from '../../../../../src/main/systems/kiseki/facts.ts'

const facts: TarFacts = {
  format: 'kiseki-walk/1',
  complete: true,
  shards: 1,
  metadataBytes: 2,
  dataBytes: 3,
  dataAlone: 1,
  firstDataAlone: 'b',
  others: 0,
  expectedBytes: 4096,
  endByte: 4096,
  findings: [{ code: 'archive.malformed', message: 'Damaged.' }],
}

test('facts are what was kept of them, and nothing else is taken for facts', () => {
  expect(readTarFacts(JSON.parse(JSON.stringify(facts)))).toEqual(facts)
  for (const name of Object.keys(facts)) {
    expect([name, readTarFacts({ ...facts, [name]: undefined })]).toEqual([name, null])
    expect([name, readTarFacts({ ...facts, [name]: {} })]).toEqual([name, null])
  }
  expect(readTarFacts({ ...facts, findings: [{ code: 'archive.odd', message: '' }] })).toBeNull()
  expect(readTarFacts(null)).toBeNull()
})
