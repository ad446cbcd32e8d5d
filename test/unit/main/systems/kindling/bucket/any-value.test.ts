import { expect, test } from 'vitest'
import { isJsonObject, jsonOrNull } from '../../../../../../src/shared/domain/strict-json.ts'
import { readSmall } from '../../../../../../src/main/engine/transfer/read-small.ts'
import { kindling } from '../../../../../../src/main/systems/kindling/kindling.ts'
import { readInfoText } from '../../../../../../src/main/systems/kindling/info-text.ts'
import { infoText } from '../../../../../lab/kindling.ts'
import { verifyRepository } from '../../../../../lab/verify-repository.ts'
import { chainIn, full } from './fixture.ts'

/** What stands in the place of a value; null: nothing does. */
const hostile = [
  null, 'null', 'true', '[]', '{}', '-1', '1.5', '1e309', '9007199254740991', '18446744073709551615', '""', '"("', '"../x"',
  '"__proto__"',
] // prettier-ignore

type Values = Readonly<Record<string, string>>

/** The values with each of them, and each of the first object's fields, exchanged in turn. */
function* bent(values: Values): Generator<Values> {
  for (const [key, before] of Object.entries(values)) {
    const { [key]: _, ...others } = values
    for (const text of hostile) yield text === null ? others : { ...others, [key]: text }
    const inner = jsonOrNull(before)
    if (!isJsonObject(inner) || key !== Object.keys(values)[0]) continue
    for (const field of Object.keys(inner)) {
      const { [field]: __, ...fields } = inner
      const rest = JSON.stringify(fields).slice(1)
      const comma = rest === '}' ? '' : ','
      for (const text of hostile)
        yield { ...others, [key]: text === null ? `{${rest}` : `{"${field}":${text}${comma}${rest}` }
    }
  }
}

test.each([
  'backup/kindling/backup.info',
  'archive/kindling/archive.info',
  `backup/kindling/${full}/backup.manifest`,
])('Whatever stands for a value of %s, the backups are judged', async (file) => {
  const store = await chainIn({ bundles: true })
  const reading = readInfoText(await readSmall(store, file, 1e6))
  if (!reading.ok) throw new Error(reading.reason)
  const sections = Object.fromEntries(
    [...reading.info.sections].map(([name, values]) => [name, Object.fromEntries(values)]),
  )
  delete sections['backrest']?.['backrest-checksum']
  let tried = 0
  for (const [section, values] of Object.entries(sections)) {
    for (const other of bent(values)) {
      const bytes = Buffer.from(infoText({ ...sections, [section]: other }))
      for (const ending of ['', '.copy']) await store.put(`${file}${ending}`, bytes)
      const { said } = await verifyRepository(store, kindling)
      expect(Object.keys(said).length, JSON.stringify(other)).toBeGreaterThan(0)
      tried += 1
    }
  }
  expect(tried).toBeGreaterThan(100)
})

test('A name may have equals signs, and a line of millions of them is no pair', () => {
  const read = (name: string) => {
    const reading = readInfoText(
      Buffer.from(infoText({ backrest: { 'backrest-format': '5' }, files: { [name]: '7' } })),
    )
    return reading.ok ? [...(reading.info.sections.get('files') ?? [])] : reading.reason
  }
  expect(read('a="b=c')).toEqual([['a="b=c', '7']])
  expect(read('a="'.repeat(4_000_000))).toMatch(/a line that is no pair/)
})
