import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { S3Nonsense } from '../../../../../src/main/adapters/s3/failure.ts'
import { childText, parseXml } from '../../../../../src/main/adapters/s3/xml.ts'
import { tries } from '../../../../support/tries.ts'

test('elements and their text are read, attributes and comments are skipped', () => {
  const root = parseXml(
    '<?xml version="1.0"?>\r\n<!-- x --><a xmlns="http://a/"> <b c="d">1</b><b/><e f="g"/><h>2<!-- 3 -->4<![CDATA[<5>]]></h >\n</a>\n',
  )
  expect(root.name).toBe('a')
  expect(root.children.map(({ name, text }) => [name, text])).toEqual([
    ['b', '1'],
    ['b', ''],
    ['e', ''],
    ['h', '24<5>'],
  ])
  expect(childText(root, 'b')).toBe('1')
  expect(childText(root, 'z')).toBeUndefined()
})

test('text is kept as it stands, entities are resolved once, beyond the basic plane too', () => {
  expect(parseXml('<a>\r\n &amp;lt;&lt;&gt;&quot;&apos;&#13;&#x1F600;</a>').text).toBe(
    '\r\n &lt;<>"\'\r\u{1f600}',
  )
})

describe('anything else is refused', () => {
  test.each([
    '', ' ', 'text', '<a>', '</a>', '<a></b>', '<a><b></a></b>', '<a/><b/>', '<a/>x', '<>x</>', '<a', '<a><!--</a>',
    '<!DOCTYPE a><a/>', '<a>&unknown;</a>', '<a>&constructor;</a>', '<a>&#x110000;</a>', `${'<a>'.repeat(19)}${'</a>'.repeat(19)}`,
    `<a>${'<b/>'.repeat(100_001)}</a>`,
  ])('%#', (text) => {
    expect(() => parseXml(text)).toThrow(S3Nonsense)
  }) // prettier-ignore

  test('and never with another error', () => {
    const piece = fc.constantFrom('<', '>', '/', '&', ';', '<a>', '</a>', '<a/>', '<!--', '-->', '<![CDATA[', ']]>', '<?', '?>', '&amp;', '&#', 'x', ' ')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        try {
          expect(parseXml(pieces.join('')).name).not.toBe('')
        } catch (error) {
          expect(error).toBeInstanceOf(S3Nonsense)
        }
      }),
      { numRuns: tries(2000), seed: 3 },
    )
  }) // prettier-ignore
})
