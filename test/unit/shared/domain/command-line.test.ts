import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commandLine, withNames } from '../../../../src/shared/domain/command-line.ts'
import { tries } from '../../../support/tries.ts'

/** What a real `sh` makes of a command, as the words that it would run. */
function parsedBySh(text: string): readonly string[] {
  const script = `set -- ${text}\nfor word; do printf '%s\\0' "$word"; done`
  return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)
}

/** The first file that a shell in a terminal makes after these lines were pasted there. */
async function madeByPasting(lines: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-paste-'))
  const env = { PATH: process.env['PATH'], TERM: 'dumb', PS1: 'ready> ' }
  const terminal = spawn('script', ['-qec', 'sh -i', '/dev/null'], { cwd: folder, env })
  const closed = once(terminal, 'close')
  let said = ''
  terminal.stdout.on('data', (piece: Buffer) => {
    const wasReady = said.includes('ready> ')
    said += piece.toString()
    if (!wasReady && said.includes('ready> ')) terminal.stdin.write(`${lines}\n`)
  })
  const made = await new Promise<string>((resolve) => {
    const look = watch(folder, () => {
      const [name] = readdirSync(folder)
      if (name === undefined) return
      look.close()
      resolve(name)
    })
  })
  terminal.kill('SIGKILL')
  await closed
  rmSync(folder, { recursive: true })
  return made
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
    '\t',
    '\r',
    'a\u0003\nrm -rf ~\n',
    'a\u0015b\u001b[201~c',
    '\u007f\u0085\u009b31m',
    "it's\u0001007",
  ]
  it.each(hostile)('is read by sh as it was meant: %j', (word) => {
    expect(parsedBySh(commandLine(['holdfast', word, 'last']))).toEqual(['holdfast', word, 'last'])
  })

  it('has no character in it on which a terminal acts before the shell reads the line', () => {
    for (const word of hostile) {
      expect(commandLine([word, `a ${word} b`])).not.toMatch(/[^\P{Cc}\n]|[\u200b-\u200f\u202a-\u202e]/u)
    }
    expect(commandLine(['a\u0003\nid'])).toBe(`a"$(printf '\\003')"'\nid'`)
  })

  it('is one command also where it is pasted into a terminal', async (context) => {
    if (spawnSync('script', ['--version']).status !== 0)
      return context.skip('no "script" here to make a terminal')
    const name = 'a\u0003\ntouch of-the-name\n'
    expect(await madeByPasting(`: '${name}'`)).toBe('of-the-name')
    expect(await madeByPasting(`${commandLine([':', name])}\ntouch after-it`)).toBe('after-it')
  })

  it('names first what it is about, and last what could be taken for an option', () => {
    expect(withNames(['a', 'b'], ['--all'])).toEqual(['a', 'b', '--all'])
    expect(withNames(['a', '-rf'], ['--all'])).toEqual(['--all', '--', 'a', '-rf'])
    expect(withNames([], ['--all'])).toEqual(['--all'])
  })

  it('is read by sh as it was meant, whatever the words', () => {
    const word = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({
        unit: fc.constantFrom(...'\'"\\$`!*?[]{}()<>|&;~#=% \t\n\r\u0003\u001b\u0080-a7'.split('')),
      }),
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
