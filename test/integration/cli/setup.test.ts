import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { installation } from './desk-commands.ts'
import { temporaryFolder } from './run-cli.ts'

const folder = temporaryFolder()
const at = (name: string) => {
  const home = join(folder, name)
  mkdirSync(home)
  return installation(home)
}
const here = at('here')
const there = at('there')
const file = join(folder, 'setup.json')

test('A setup is written once, for its owner alone, and comes back elsewhere as it was shown', async () => {
  const add = ['repositories', 'add', 'copies', '--system', 'kiok', '--repository', 'file:///srv/copies']
  expect((await here.run(add)).status).toBe(0)
  await here.run(['settings', 'set', '--look-every', '7'])
  const wrote = await here.run(['settings', 'export', '--to', file])
  expect([wrote.status, wrote.stderr]).toEqual([0, ''])
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const text = readFileSync(file, 'utf8')
  expect((await here.run(['settings', 'export'])).stdout).toBe(text)
  expect((await here.run(['settings', 'export', '--to', file])).status).toBe(2)
  expect(readFileSync(file, 'utf8')).toBe(text)

  const shown = await there.run(['settings', 'import', file])
  expect(shown.status).toBe(0)
  expect(shown.stdout).toContain('+ add  repository copies')
  expect(shown.stdout).toContain('    lookEveryMinutes: 15 → 7')
  const command = /^Do it: holdfast (.*)$/m.exec(shown.stdout)?.[1]?.split(' ') ?? []
  expect((await there.json(['repositories', 'list'])).value.repositories).toEqual([])
  const done = await there.run(command)
  expect([done.status, done.stdout]).toEqual([0, expect.stringContaining('Imported: 1 added, 1 changed')])
  expect((await there.run(['settings', 'export'])).stdout).toBe(text)
  const again = await there.json(command)
  expect(again).toMatchObject({ status: 2, value: { error: { code: 'plan.changed' } } })
})

test('What gets weaker is marked and asks for a reason, which the audit chain keeps', async () => {
  const weaker = join(folder, 'weaker.json')
  const document = JSON.parse(readFileSync(file, 'utf8'))
  document.settings.reverifyAfterDays = 300
  document.repositories[0].access.allowHttp = true
  writeFileSync(weaker, JSON.stringify(document))
  const shown = await there.json(['settings', 'import', weaker])
  expect(shown.value.plan).toMatchObject({ changes: 2, weakenings: 2, needsReason: true })
  expect((await there.run(['settings', 'import', weaker])).stdout).toContain('! weaker  Older proof')
  const apply = ['settings', 'import', weaker, '--apply', '--plan', shown.value.plan.hash]
  expect(await there.json(apply)).toMatchObject({ status: 2, value: { error: { code: 'usage' } } })
  expect((await there.run([...apply, '--reason', 'A lab.'])).status).toBe(0)
  const { entries } = (await there.json(['audit', 'list'])).value
  expect(entries[0]).toMatchObject({ action: 'setup.imported', reason: 'A lab.' })
  expect(entries[0].facts).toContainEqual({
    name: 'weaker: Settings, reverifyAfterDays',
    value: '30 → 300. Older proof counts as proof.',
  })
})

test.each<[string, readonly string[], string | null]>([
  ['no such file', ['/no/such/file'], null],
  ['a folder', [folder], null],
  ['a file of 10 MiB', [join(folder, 'large')], ' '.repeat(10 * 1024 * 1024)],
  ['no text', [join(folder, 'binary')], '\0'],
  ['--apply without a plan', [file, '--apply'], null],
  ['a plan without --apply', [file, '--plan', '0'.repeat(64)], null],
  ['no hash', [file, '--apply', '--plan', 'x'], null],
])('%s is refused', async (_what, args, content) => {
  if (content !== null) writeFileSync(args[0] ?? '', content)
  const refused = await there.json(['settings', 'import', ...args])
  expect(refused).toMatchObject({ status: 2, value: { error: { code: 'usage' } } })
})
