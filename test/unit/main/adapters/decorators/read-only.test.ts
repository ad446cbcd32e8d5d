import { expect, test } from 'vitest'
import { readOnly } from '../../../../../src/main/adapters/decorators/read-only.ts'
import { failure, inPieces, names, read, utf8 } from '../../../../conformance/store-helpers.ts'
import { memoryStore } from '../../../../fakes/memory-store.ts'

test('a read-only store reads, and refuses every write before it reaches the store', async () => {
  const inner = memoryStore()
  await inner.put('x', utf8('x'))
  const store = readOnly(inner)
  expect(store.capabilities.canWrite).toBe(false)
  expect(await names(store)).toEqual(['x'])
  expect(await read(store, 'x')).toEqual(utf8('x'))
  expect(await store.head('x')).toMatchObject({ sizeBytes: 1 })
  await failure(store.put('x', utf8('new')), 'repository.readOnly')
  await failure(store.putStream('y', inPieces(utf8('new'), 1)), 'repository.readOnly')
  await failure(store.delete('x'), 'repository.readOnly')
  expect(await read(inner, 'x')).toEqual(utf8('x'))
  expect(await names(inner)).toEqual(['x'])
})
