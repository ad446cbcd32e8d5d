import { expect, test } from 'vitest'
import { HeldMasterKey } from '../../../../src/main/engine/master-key.ts'

test('A key that is text is handed to a program as it was typed', () => {
  for (const text of ['a key', '\ufeffk\u00e9y', 'a\u0000b', ' \t']) {
    expect(new HeldMasterKey(Buffer.from(text), 'key').reveal()).toBe(text)
  }
})

test('A key whose bytes are no text is handed to no program: it would be another key there', () => {
  const key = new HeldMasterKey(Buffer.from([0x6b, 0xff, 0x79]), 'the file')
  expect(() => key.reveal()).toThrow(expect.objectContaining({ code: 'key.wrong' }))
  expect(() => key.reveal()).toThrow('The master key from the file')
})
