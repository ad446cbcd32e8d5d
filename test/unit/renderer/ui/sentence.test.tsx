import { renderToString } from 'react-dom/server'
import { expect, test } from 'vitest'
import { Sentence } from '../../../../src/renderer/ui/sentence.tsx'

const shown = (text: string): string => renderToString(<Sentence text={text} />).replaceAll(/<[^>]*>/g, '')

test('a time is told in words', () => {
  expect(shown('It was read on 2026-11-22T19:17:04.261Z; not since.')).toBe(
    'It was read on 22 Nov 2026 19:17:04 UTC; not since.',
  )
  expect(shown('20261122T132438Z (2026-11-22T13:24:38.736Z)')).toContain('(22')
})

test('a time that is a part of a name stays as it stands there', () => {
  for (const name of [
    '2026-11-22T17:00:00Z-0e90204d-de87',
    'snapshots/2026-11-22T17:00:00Z/manifest.json',
    'backup-2026-11-22T17:00:00Z',
  ])
    expect(shown(`The manifest of ${name} is gone.`)).toBe(`The manifest of ${name} is gone.`)
})
