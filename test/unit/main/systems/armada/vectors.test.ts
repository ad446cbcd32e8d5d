import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { armada } from '../../../../../src/main/systems/armada/armada.ts'
import { verifyRepository } from '../../../../lab/verify-repository.ts'
import { factsOf, inspected, vector, vectorRepository } from './fixture.ts'

/** The system's own test data decodes to exactly what its page says (systems page A3, fixtures). */
describe("armada's own test data", () => {
  test('the backup of a table has 1000 keys in 50780 plain bytes', async () => {
    const file = await vector('backup/regatta-test.bak')
    const { md5, sha256, facts } = await inspected(file)
    expect(file.byteLength).toBe(9690)
    expect(md5).toBe('897ed6bacc954b35a6501f23dace1f1c')
    expect(sha256).toBe(createHash('sha256').update(file).digest('hex'))
    expect(facts).toMatchObject({
      complete: true,
      records: 1000,
      keys: 1000,
      plainBytes: 50_780,
      tables: [{ name: 'regatta-test', records: 1000 }],
      withoutTable: 0,
      outOfOrder: 0,
      repeated: 0,
      endLeaderIndex: null,
      problems: [],
    })
  })

  test('an empty table is a file without a byte', async () => {
    const { md5, facts } = await inspected(await vector('backup/applicable-device-secure-policy.bak'))
    expect(md5).toBe('d41d8cd98f00b204e9800998ecf8427e')
    expect(facts).toMatchObject({ complete: true, records: 0, keys: 0, problems: [] })
  })

  test('the snapshot of two chunks has 1000 records without a table and not in order', async () => {
    const file = await vector('snapshot.bin')
    expect(file.byteLength).toBe(8080)
    expect(factsOf(file)).toMatchObject({
      complete: true,
      records: 1000,
      plainBytes: 65_536 + 20_354,
      tables: [],
      withoutTable: 1000,
      problems: [],
    })
    expect(factsOf(file).outOfOrder).toBeGreaterThan(0)
    expect(factsOf(file, 1)).toEqual(factsOf(file))
  })

  test('each of its backups gets the verdict that it was made for', async () => {
    const folders = ['backup', 'backup-corrupted', 'backup-empty', 'backup-missing-file']
    const { said, backups } = await verifyRepository(await vectorRepository(...folders), armada)
    expect(said).toEqual({
      backup: {
        verdict: 'good',
        codes: [],
        stores: { 'applicable-device-secure-policy': 'wellFormed', 'regatta-test': 'wellFormed' },
      },
      // The file is good; what is not even hexadecimal is the MD5 in the manifest.
      'backup-corrupted': {
        verdict: 'bad',
        codes: [],
        stores: { 'regatta-test': 'present object.hashMismatch' },
      },
      'backup-empty': {
        verdict: 'warning',
        codes: ['backup.empty'],
        stores: { 'regatta-test': 'wellFormed' },
      },
      'backup-missing-file': {
        verdict: 'bad',
        codes: [],
        stores: { 'regatta-test': 'listed chain.objectMissing' },
      },
    })
    expect(backups.map(({ backup }) => backup.createdAt)).toEqual(Array(4).fill('2021-09-10T12:37:54.026Z'))
  })
})
