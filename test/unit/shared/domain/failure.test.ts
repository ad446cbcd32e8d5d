import { expect, test } from 'vitest'
import { HoldfastError } from '../../../../src/shared/domain/error.ts'
import { failureOf } from '../../../../src/shared/domain/failure.ts'
import { memoryLog } from '../../../fakes/memory-log.ts'

const unknownHost = { address: 'master-1', fingerprint: `SHA256:${'A'.repeat(43)}` }

test('What is told of a failure is text: nothing in it acts, whoever has said it', () => {
  const evil = 'The server says: \u001b]52;c;ZXZpbA==\u0007 \u202egnp.\u2066 \u009b31m'
  const text = { what: evil, why: evil, unchanged: evil, next: evil, unknownHost }
  const told = failureOf(new HoldfastError('repository.badAnswer', text), memoryLog(), 'test')
  expect(told).toMatchObject({ code: 'repository.badAnswer', unknownHost })
  for (const part of [told.what, told.why, told.unchanged, told.next]) {
    expect(part).toBe('The server says: \\u001b]52;c;ZXZpbA==\\u0007 \\u202egnp.\\u2066 \\u009b31m')
  }
})

test('What was not said is not told', () => {
  const told = failureOf(new HoldfastError('usage', { what: 'It is none.' }), memoryLog(), 'test')
  expect(told).toStrictEqual({ code: 'usage', what: 'It is none.' })
})
