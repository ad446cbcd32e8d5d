import { expect, test } from 'vitest'
import { parseArguments } from '../../../../src/main/cli/program.ts'

async function helpOf(words: readonly string[]): Promise<string> {
  const parsed = await parseArguments([...words, '--help'], 'test')
  if (parsed.kind !== 'text') throw new Error(words.join(' '))
  return parsed.text
}

/** The names under `Commands:`. */
function commandsIn(help: string): readonly string[] {
  const [, list = ''] = help.split('Commands:\n')
  return [...list.matchAll(/^ {2}([a-z-]+)(?= )/gm)]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'help')
}

test('What a command takes is told in lines of 80 columns, for each of them', async () => {
  const asked: (readonly string[])[] = [[]]
  for (const words of asked) {
    const help = await helpOf(words)
    const lists = help.split('\n').filter((line) => line.startsWith('  '))
    // The addresses of the first page are to be copied whole.
    const wide = lists.filter((line) => line.length > 80 && !line.includes('://'))
    expect(wide, `holdfast ${words.join(' ')} --help`).toEqual([])
    if (words.length < 2) asked.push(...commandsIn(help).map((name) => [...words, name]))
  }
  expect(asked.map((words) => words.join(' '))).toEqual(
    expect.arrayContaining(['verify', 'repositories edit', 'clusters settings', 'settings anchor']),
  )
})

test('A command that there is not is told so with what may be meant, and never repeated: it may be a secret', async () => {
  const told = async (...words: readonly string[]) =>
    parseArguments(words, 'test').then(
      () => expect.fail(words.join(' ')),
      (error: unknown) => String(error),
    )
  expect(await told('bakups')).toContain('There is no such command. Did you mean "backups"?')
  expect(await told('runbook', 'strat')).toContain('Did you mean "start"?')
  const odd = await told('hunter2-correct-horse')
  expect(odd).toContain('There is no such command.')
  expect(odd).not.toContain('hunter2')
  expect(await told('serve', 'now')).toContain('There are more arguments than the command takes.')
})
