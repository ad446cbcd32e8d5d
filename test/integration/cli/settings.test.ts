import { expect, test } from 'vitest'
import { installation, type Json } from './desk-commands.ts'
import { temporaryFolder } from './run-cli.ts'

const here = installation(temporaryFolder())
const show = async (): Promise<Json> => (await here.json(['settings', 'show'])).value.settings

test('Settings are changed one by one, and each change is an entry', async () => {
  const before = await show()
  const set = [
    'settings',
    'set',
    '--look-every',
    '7',
    '--proof-days',
    '20',
    '--max-rate',
    '1.5M',
    '--workers',
    '2',
  ]
  const { status, value } = await here.json(set)
  expect(status).toBe(0)
  const now = { lookEveryMinutes: 7, reverifyAfterDays: 20, maxBytesPerSecond: 1_500_000, workers: 2 }
  expect(value.settings).toEqual({ ...before, ...now })
  await here.run(['settings', 'set', '--max-rate', 'none', '--workers', 'none', '--drill-days', '40'])
  const free = await here.run(['settings', 'set', '--lock-after', '9'])
  expect(free.stdout).toContain('Reads as fast as it goes\nWorkers: as many as there are cores\n')
  expect(await show()).toMatchObject({ ...now, maxBytesPerSecond: null, workers: null, drillAfterDays: 40 })
  const { entries } = (await here.json(['audit', 'list'])).value
  const [last] = entries.filter(({ action }: Json) => action === 'settings.changed')
  expect(last).toMatchObject({ actor: expect.stringMatching(/command line$/) })
  expect(last.facts).toEqual([{ name: 'autoLockMinutes', value: expect.stringMatching(/ → 9$/) }])
})

test('Where anchors are kept is set and ended; that none could be written there is told', async () => {
  const closed = 's3://anchors/here?endpoint=http://127.0.0.1:9&style=path'
  const env = { AWS_ACCESS_KEY_ID: 'AKLAB', AWS_SECRET_ACCESS_KEY: 'of nothing' }
  const kept = await here.run(['settings', 'anchor', '--to', closed, '--keep-days', '30'], { env })
  expect([kept.status, kept.stderr]).toEqual([0, expect.stringContaining('Note: no anchor was written.')])
  expect((await show()).auditAnchor).toMatchObject({
    address: 's3://anchors/here/?endpoint=http%3A%2F%2F127.0.0.1%3A9&style=path',
    access: { credential: { source: 'environment' }, allowHttp: false },
    everyEntries: 50,
    keepDays: 30,
  })
  expect((await here.run(['settings', 'anchor', '--off'])).status).toBe(0)
  expect((await show()).auditAnchor).toBeNull()
})

test.each([
  ['no setting', ['set'], 'usage'],
  ['a figure out of bounds', ['set', '--look-every', '0'], 'usage'],
  ['no figure', ['set', '--proof-days', 'many'], 'usage'],
  ['a rate that is none', ['set', '--max-rate', '0'], 'usage'],
  ['no place of anchors', ['anchor'], 'usage'],
  ['a folder of this computer for anchors', ['anchor', '--to', 'file:///tmp'], 'repository.badAddress'],
])('%s is refused, and nothing is changed', async (_what, args, code) => {
  const before = await show()
  const refused = await here.json(['settings', ...args])
  expect(refused).toMatchObject({ status: 2, value: { error: { code } } })
  expect(await show()).toEqual(before)
})
