import { isContractProcedure } from '@orpc/contract'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { contract } from '../../../../src/shared/contract/contract.ts'
import { frameLimits, readCallBody, readPortFrame } from '../../../../src/shared/frames/call-frame.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

test('A body of one input is read, and so is none', () => {
  for (const text of ['{}', '{"json":{"a":[1,{"b":null}]}}', '{"json":"text"}', '{"json":null}']) {
    expect(readCallBody(bytes(text))).toMatchObject({ ok: true, text })
  }
  expect(readCallBody(new Uint8Array())).toMatchObject({ ok: true, value: {} })
})

test('A body that is not one, or could be read as something else, is refused', () => {
  for (const text of [
    'null',
    '[]',
    '"text"',
    '{',
    '{"json":1}}',
    '{"json":{"__proto__":1}}',
    '{"json":[{"a":{"constructor":1}}]}',
    '{"json":{"prototype":1}}',
    '{"__proto__":{"json":1}}',
    '{"json":1,"meta":[]}',
    '{"json":1,"maps":[]}',
    '{"json":1,"json":2}',
  ]) {
    expect([text, readCallBody(bytes(text)).ok]).toEqual([text, false])
  }
  expect(readCallBody(new Uint8Array([0x7b, 0xff, 0x7d])).ok).toBe(false)
})

test('A body is refused above its limit and not at it', () => {
  const frame = '{"json":""}'
  const full = `{"json":"${'a'.repeat(frameLimits.bytes - frame.length)}"}`
  expect(readCallBody(bytes(full)).ok).toBe(true)
  expect(readCallBody(bytes(full.replace('aa', 'aaa'))).ok).toBe(false)
})

test('A call and the end of a call are read from a port', () => {
  for (const text of [
    '{"i":"1","p":{"u":"/host/info"}}',
    '{"i":"zz","p":{"u":"/clusters/list","b":{"json":{}}}}',
    '{"i":"1","t":4}',
  ]) {
    expect([text, readPortFrame(text).ok]).toEqual([text, true])
  }
})

test('Every procedure of the contract can be called in a frame', () => {
  const paths = (part: object, path: string): string[] =>
    isContractProcedure(part)
      ? [path]
      : Object.entries(part).flatMap(([name, inner]) => paths(inner, `${path}/${name}`))
  const all = paths(contract, '')
  expect(all.length).toBeGreaterThan(40)
  for (const path of all)
    expect([path, readPortFrame(`{"i":"1","p":{"u":"${path}"}}`).ok]).toEqual([path, true])
})

test('Anything else from a port is refused', () => {
  const frames: readonly unknown[] = [
    undefined,
    null,
    1,
    {},
    { i: '1', p: { u: '/host/info' } },
    new Uint8Array(8),
    '',
    'null',
    '[]',
    '{}',
    '{"i":1,"p":{"u":"/host/info"}}',
    '{"i":"__proto__","p":{"u":"/host/info"}}',
    '{"i":"1"}',
    '{"i":"1","p":null}',
    '{"i":"1","p":{}}',
    '{"i":"1","t":1,"p":{"u":"/host/info"}}',
    '{"i":"1","t":3,"p":{"e":"message"}}',
    '{"i":"1","t":4,"p":{}}',
    '{"i":"1","p":{"u":"host/info"}}',
    '{"i":"1","p":{"u":"http://evil/host/info"}}',
    '{"i":"1","p":{"u":"//evil/host"}}',
    '{"i":"1","p":{"u":"/host/../x"}}',
    '{"i":"1","p":{"u":"/host/info?a"}}',
    '{"i":"1","p":{"u":"/host/info","m":"GET"}}',
    '{"i":"1","p":{"u":"/host/info","h":{"content-type":"text/event-stream"}}}',
    '{"i":"1","p":{"u":"/host/info","b":"text"}}',
    '{"i":"1","p":{"u":"/host/info"},"x":1}',
    `{"i":"1","p":{"u":"/host/info","b":{"json":"${'a'.repeat(frameLimits.bytes)}"}}}`,
  ]
  for (const frame of frames) expect([frame, readPortFrame(frame).ok]).toEqual([frame, false])
})

test('No text makes the readers throw or lets a prototype be named', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.json().map((json) => `{"json":${json}}`),
      ),
      (text) => {
        readPortFrame(text)
        const reading = readCallBody(bytes(text))
        if (reading.ok)
          expect(JSON.stringify(reading.value)).not.toMatch(/"(__proto__|constructor|prototype)":/)
      },
    ),
  )
})
