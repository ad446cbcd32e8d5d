import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { kindling } from '../../../../../../src/main/systems/kindling/kindling.ts'
import { segmentName } from '../../../../../lab/kindling.ts'
import { harmed, harming, harmsToBytes, keysOf, objectsOf, storeOf } from '../../../../../support/harms.ts'
import { verifyRepository } from '../../../../../lab/verify-repository.ts'
import { chain, chainIn } from './fixture.ts'
import { tries } from '../../../../../support/tries.ts'

test('Whatever is done to a chain of pgBackRest backups, each that is called good can be put together from what is left', async () => {
  const healthy = await objectsOf(await chainIn())
  await fc.assert(
    fc.asyncProperty(harming(harmsToBytes), async (what) => {
      const objects = harmed(healthy, what)
      const plainOf = (key: string): string => gunzipSync(objects.get(key) ?? new Uint8Array()).toString()
      const { said } = await verifyRepository(await storeOf(objects), kindling)
      for (const { label, files, wal } of chain) {
        if (said[label]?.verdict !== 'good' && said[label]?.verdict !== 'warning') continue
        for (const [name, text] of Object.entries(files)) {
          // As the lab makes them: a file lies with the first label of the chain that has it so.
          const holder = chain.find((each) => each.files[name] === text)?.label ?? label
          const key = `backup/kindling/${holder}/pg_data/${name}.gz`
          expect([label, name, plainOf(key)]).toEqual([label, name, text])
        }
        for (let number = wal[0]; number <= wal[1]; number += 1) {
          const segment = segmentName(number)
          const keys = keysOf(objects).filter((key) => key.includes(`/${segment}-`))
          expect(keys.map(plainOf)).toEqual([`write-ahead log ${segment}\n`.repeat(40)])
        }
      }
    }),
    { seed: 13, numRuns: tries(40) },
  )
})
