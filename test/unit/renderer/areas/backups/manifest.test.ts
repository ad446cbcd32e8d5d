import { describe, expect, test } from 'vitest'
import {
  childrenOf,
  readManifestTree,
  type ManifestNode,
} from '../../../../../src/renderer/areas/backups/model/manifest-tree.ts'
import { textLines } from '../../../../../src/renderer/areas/backups/model/text-lines.ts'
import { actingParts } from '../../../../../src/shared/domain/printable.ts'

function treeOf(text: string): readonly ManifestNode[] {
  const reading = readManifestTree(text)
  if (!reading.ok) throw new Error('The text is not JSON.')
  return reading.nodes
}

describe('A manifest as a tree', () => {
  test('has a line for every field, with what it is', () => {
    const nodes = treeOf('{"format":"kiok-reference/1","stores":[{"a":1},null],"old":false,"none":{}}')
    expect(nodes.map(({ name, kind, text }) => [name, kind, text])).toEqual([
      ['format', 'text', 'kiok-reference/1'],
      ['stores', 'list', '2 items'],
      ['old', 'boolean', 'false'],
      ['none', 'object', '0 fields'],
    ])
    const [, stores] = nodes
    expect(stores && childrenOf(stores).map((node) => [node.name, node.hasChildren])).toEqual([
      ['[0]', true],
      ['[1]', false],
    ])
  })

  test('opens a long list in ranges of 100, and loses nothing', () => {
    const [list] = treeOf(JSON.stringify({ list: Array.from({ length: 1234 }, (_, n) => n) }))
    const ranges = list ? childrenOf(list) : []
    expect(ranges).toHaveLength(13)
    expect(ranges[12]?.name).toBe('1200 to 1233')
    const items = ranges.flatMap(childrenOf)
    expect(items.map((item) => item.value)).toEqual(Array.from({ length: 1234 }, (_, n) => n))
    expect(new Set([...ranges, ...items].map((node) => node.path)).size).toBe(1247)
  })

  test('takes a name that means something to a program for a name', () => {
    const nodes = treeOf('{"__proto__":{"polluted":1},"constructor":"<img src=x onerror=alert(1)>"}')
    expect(nodes.map((node) => node.name)).toEqual(['__proto__', 'constructor'])
    expect(nodes[1]?.text).toBe('<img src=x onerror=alert(1)>')
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  test('is not made from a text that is not JSON', () => {
    expect(readManifestTree('{"a":')).toEqual({ ok: false })
  })
})

describe('A manifest as text', () => {
  test('keeps every character, in lines that a window can hold', () => {
    const text = `{\n${'x'.repeat(4000)}\n\n}`
    const lines = textLines(text)
    expect(lines.map((line) => (line.number === null ? '' : '\n') + line.text).join('')).toBe(`\n${text}`)
    expect(Math.max(...lines.map((line) => line.text.length))).toBe(400)
    expect(lines.map((line) => line.number).filter((number) => number !== null)).toEqual([1, 2, 3, 4])
  })
})

describe('Characters that act instead of being read', () => {
  test('are shown by their number, in their place', () => {
    expect(actingParts('kms\u202Ecne.txt')).toEqual([
      { text: 'kms', acting: false },
      { text: 'U+202E', acting: true },
      { text: 'cne.txt', acting: false },
    ])
    expect(actingParts('\u0000')).toEqual([{ text: 'U+0000', acting: true }])
  })

  test('leave letters of any script as they stand', () => {
    expect(actingParts('Ünïcødé 日本 עברית')).toEqual([{ text: 'Ünïcødé 日本 עברית', acting: false }])
  })
})
