import { eventIterator, oc } from '@orpc/contract'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { contract } from '../../../src/shared/contract/contract.ts'
import { secret } from '../../../src/shared/contract/values.ts'
import { leaksOf, proceduresOf, type Leak } from '../../support/output-schemas.ts'

const procedures = proceduresOf(contract)

test('no output, event or error of the contract can hold a secret', () => {
  const leaks = procedures.flatMap(({ path, outputs }) =>
    outputs.flatMap(([name, schema]) => leaksOf(schema, `${path} ${name}`)),
  )
  expect(leaks).toEqual([])
})

test('every procedure of every area was walked, with its error', () => {
  const walked = new Set(procedures.map(({ path }) => path))
  const names = Object.entries(contract).flatMap(([area, calls]) =>
    Object.keys(calls).map((name) => `${area}.${name}`),
  )
  expect(names.length).toBeGreaterThan(30)
  expect([...walked].sort()).toEqual(names.sort())
  for (const { path, outputs } of procedures) {
    expect(
      outputs.map(([name]) => name),
      path,
    ).toEqual(['output', 'FAILED'])
  }
})

test('what goes in as a secret is found by the same walk, so the walk would find it on its way out', () => {
  const found = (path: string): readonly string[] => {
    const { input } = procedures.find((one) => one.path === path) ?? {}
    return leaksOf(input, path)
      .filter(({ why }) => why === 'it is marked as a secret')
      .map(({ at }) => at)
  }
  expect(found('vault.choose')).toEqual(['vault.choose|1.passphrase'])
  expect(found('vault.unlock')).toEqual(['vault.unlock.passphrase'])
  const newSecrets = [
    '|0.secretAccessKey',
    '|0.sessionToken',
    '|1.key',
    '|3.password',
    '|4.token',
    '|5.password',
  ]
  expect(found('vault.add')).toEqual(newSecrets.map((at) => `vault.add.secret${at}`))
  expect(found('vault.replace')).toEqual(newSecrets.map((at) => `vault.replace.secret${at}`))
})

const harmless = z.object({ name: z.string() })
const planted: readonly (readonly [string, z.ZodType | undefined])[] = [
  ['a secret', secret],
  ['a secret deep inside', z.object({ list: z.array(z.object({ value: secret.nullable().optional() })) })],
  ['a secret in one of several shapes', z.union([harmless, z.object({ value: secret })])],
  ['a secret with a default', z.object({ value: secret.default('x') })],
  ['a field with a telling name', z.object({ secretAccessKey: z.string() })],
  ['anything', z.object({ value: z.any() })],
  ['the unknown', z.array(z.unknown())],
  ['a record', z.record(z.string(), z.string())],
  ['an open object', z.looseObject({ name: z.string() })],
  ['an object with a rest', z.object({ name: z.string() }).catchall(z.string())],
  ['a map', z.map(z.string(), z.string())],
  ['a value made by code', z.string().transform((value) => value)],
  ['a value checked by code alone', z.custom<string>()],
  ['no schema', undefined],
]

test.each(planted)('a planted leak is found: %s', (_, schema) => {
  expect(leaksOf(schema, 'output')).not.toEqual([])
})

test('a planted leak is found in an event, in the end of a stream and in the data of an error', () => {
  const leaky = z.object({ value: secret })
  const router = {
    area: {
      event: oc.output(eventIterator(leaky)),
      end: oc.output(eventIterator(harmless, leaky)),
      error: oc.errors({ FAILED: { data: leaky } }).output(harmless),
    },
  }
  const leaks = proceduresOf(router).flatMap(({ path, outputs }): readonly Leak[] =>
    outputs.flatMap(([name, schema]) => leaksOf(schema, `${path} ${name}`)),
  )
  expect(leaks.map(({ at }) => at)).toEqual([
    'area.event output[event].value',
    'area.end output[end].value',
    'area.error FAILED.value',
  ])
})
