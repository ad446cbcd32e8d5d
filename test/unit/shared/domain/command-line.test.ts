import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commandLine } from '../../../../src/shared/domain/command-line.ts'
import { tries } from '../../../support/tries.ts'

/** What a real `sh` makes of a command, as the words that it would run. */
function parsedBySh(text: string): readonly string[] {
  const script = `set -- ${text}\nfor word; do printf '%s\\0' "$word"; done`
  return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)
}

describe('A command line that is shown', () => {
  it('leaves ordinary words as they are', () => {
    expect(commandLine(['holdfast', 'verify', '--repository', 'file:///backups', '--all'])).toBe(
      'holdfast verify --repository file:///backups --all',
    )
  })

  const hostile = [
    '',
    "'",
    '"',
    '$(id)',
    '`id`',
    '\\',
    '\n',
    '*',
    '~',
    '~root',
    '!x',
    '#x',
    'a b',
    '-rf',
    ';',
    '&',
    'A=1',
    "it's",
    '{a,b}',
    '\u202e',
    'é',
  ]
  it.each(hostile)('is read by sh as it was meant: %j', (word) => {
    expect(parsedBySh(commandLine(['holdfast', word, 'last']))).toEqual(['holdfast', word, 'last'])
  })

  it('is read by sh as it was meant, whatever the words', () => {
    const word = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom(...'\'"\\$`!*?[]{}()<>|&;~#=% \t\n\r-a'.split('')) }),
    )
    fc.assert(
      fc.property(
        fc.array(fc.array(word.filter((text) => !text.includes('\0'))), { minLength: 1, maxLength: 20 }),
        (all) => {
          for (const words of all) expect(parsedBySh(commandLine(words))).toEqual(words)
        },
      ),
      { numRuns: tries(25) },
    )
  })
})
