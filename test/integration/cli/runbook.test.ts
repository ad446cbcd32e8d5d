import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { openFolderStore } from '../../../src/main/adapters/folder/folder-store.ts'
import { inProcessByteWork } from '../../fakes/in-process-byte-work.ts'
import { makeKiokRepository, nightsFrom } from '../../lab/kiok.ts'
import { handOver } from '../../support/hand-over.ts'
import { installation, type Installation } from './desk-commands.ts'
import { temporaryFolder } from './run-cli.ts'

const home = temporaryFolder()
const folder = join(home, 'backups')
const rehearsals = join(home, 'rehearsals')
let here: Installation
let newest = ''

beforeAll(async () => {
  await mkdir(folder)
  await mkdir(rehearsals, { mode: 0o700 })
  const store = await openFolderStore(folder)
  const byteWork = inProcessByteWork(new Map())
  const ids = await makeKiokRepository(
    {
      seed: 'runbooks',
      cluster: 'kiok-lab',
      masterKey: '',
      plain: true,
      storeSizes: { metadata: 400, kms: 300, iam: 90, connections: 12, joblog: 500 },
      nights: nightsFrom('2026-11-18T02:00:00Z', 2, () => ['metadata']),
    },
    { store, byteWork },
  )
  newest = ids.at(-1) ?? ''
  await byteWork.close()
  await store.close()
  here = installation(home)
  const address = ['--system', 'kiok', '--repository', pathToFileURL(folder).href]
  expect((await here.run(['clusters', 'add', 'kiok-lab', ...address])).status).toBe(0)
})

const runbook = async (...args: readonly string[]) => here.json(['runbook', ...args])

test('The runbooks of a cluster are listed, with the way to the one that fits', async () => {
  const { status, value } = await runbook('list', 'kiok-lab', '--answer', 'want=rehearsal')
  expect(status).toBe(0)
  expect(value.scenarios.map(({ id }: { id: string }) => id)).toEqual(
    expect.arrayContaining(['KI-3', 'X-1', 'X-6']),
  )
  const told = await here.run(['runbook', 'list', 'kiok-lab'])
  expect(told.stdout).toContain('--answer')
  const odd = async (answer: string) => runbook('list', 'kiok-lab', '--answer', answer)
  expect((await odd('wnat=rehearsal')).value.error).toMatchObject({
    code: 'usage',
    message: expect.stringContaining('No question is called "wnat".'),
  })
  expect((await odd('want=drill')).value.error.message).toContain('There are incident, rehearsal.')
})

test('A run is begun, gone on with in one process after another, reported and finished', async () => {
  const missing = await runbook('start', 'kiok-lab', 'X-6')
  expect([missing.status, missing.value.error.code]).toEqual([2, 'usage'])
  const begun = await runbook('start', 'kiok-lab', 'X-6', '--set', `folder=${rehearsals}`)
  expect([begun.status, begun.value.run.current, begun.value.asking.kind]).toEqual([
    0,
    'choose-backup',
    'choice',
  ])
  const { id } = begun.value.run
  const second = await runbook('start', 'kiok-lab', 'X-6', '--set', `folder=${rehearsals}`)
  expect(second.value.error.code).toBe('runbook.refused')

  const wrong = await runbook('continue', id, '--choose', 'no-such-backup')
  expect(wrong.value.error.code).toBe('runbook.refused')
  const chosen = await runbook('continue', id, '--choose', newest)
  expect([chosen.status, chosen.value.run.current]).toEqual([0, 'unpack'])
  const unpacked = await runbook('continue', id.slice(0, 8))
  expect(unpacked.status, JSON.stringify(unpacked.value.error)).toBe(0)
  expect(await readdir(rehearsals)).toHaveLength(1)

  const shown = await here.run(['runbook', 'show', id])
  expect(shown.stdout).toContain('Next: holdfast runbook continue')
  let { run } = unpacked.value
  while (run.current !== null) ({ run } = (await runbook('continue', id)).value)
  const [left = ''] = await readdir(rehearsals)
  expect(await readdir(join(rehearsals, left))).toEqual(['.holdfast'])

  const html = join(home, 'report.html')
  expect((await runbook('report', id, '--to', html)).status).toBe(0)
  expect(await readFile(html, 'utf8')).toContain('X-6')
  expect((await runbook('report', id, '--to', html)).value.error.code).toBe('usage')
  const closed = await runbook('close', id, '--note', 'For the file')
  expect([closed.status, closed.value.run.closed]).toMatchObject([
    0,
    { outcome: 'finished', reason: 'For the file' },
  ])
  const list = await runbook('list')
  expect(list.value.runs).toMatchObject([{ id, state: 'finished', scenario: 'X-6' }])
})

test('A run of somebody else is taken over, shown, and given up or finished with what is said of it', async () => {
  const begun = await runbook('start', 'kiok-lab', 'X-6', '--set', `folder=${rehearsals}`)
  const { id } = begun.value.run
  await handOver(join(home, 'state'), 'lena@night-desk')
  const refused = await runbook('continue', id, '--choose', newest)
  expect([refused.value.error.code, refused.value.error.message]).toEqual([
    'runbook.refused',
    expect.stringContaining('lena@night-desk'),
  ])
  const shown = await here.run(['runbook', 'show', id])
  expect(shown.stdout).toContain(`lena@night-desk holds this run.\nNext: holdfast runbook take-over ${id}`)

  const taken = await runbook('take-over', id, '--note', 'Shift change at 06:00')
  expect([taken.status, taken.value.run.isOurs, taken.value.run.current]).toEqual([0, true, 'choose-backup'])
  const both = await runbook('close', id, '--abandon', 'Rehearsed already', '--note', 'x')
  expect([both.status, both.value.error.code]).toEqual([2, 'usage'])
  const closed = await runbook('close', id, '--abandon', 'Rehearsed already')
  expect(closed.value.run.closed).toMatchObject({ outcome: 'abandoned', reason: 'Rehearsed already' })
})

test('What can be done where a step did not end well is told with its command', async () => {
  const { value } = await runbook('start', 'kiok-lab', 'X-3')
  const { id } = value.run
  await runbook('continue', id, '--did', 'said to everybody')
  const looked = await here.run(['runbook', 'continue', id, '--choose', 'nowhere'])
  expect(looked.status).toBe(1)
  expect(looked.stdout).toContain('names no host to look on')
  expect(looked.stdout).toContain(
    `Next: holdfast runbook continue ${id}\nOr go past it, with the reason: holdfast runbook continue ${id} --skip REASON\n`,
  )
  const past = await here.run(['runbook', 'continue', id, '--skip', 'Looked by hand.'])
  expect(past.stdout).not.toContain('--skip')
  expect((await runbook('close', id, '--abandon', 'a test')).status).toBe(0)
})

test('The time of a failure is UTC wherever it is typed, and no other than that of the window', async () => {
  const begin = async (failedAt: string) =>
    here.json(['runbook', 'start', 'kiok-lab', 'X-2', '--failed-at', failedAt], {
      env: { TZ: 'America/New_York' },
    })
  const soon = await begin('soon')
  expect([soon.status, soon.value.error.message]).toEqual([
    2,
    '--failed-at "soon" is no moment of the past. Write it as 2026-11-21 01:52, in UTC. Nothing was begun. Give another one; without that option it failed now.',
  ])
  const { value } = await begin('2026-11-18 02:14')
  expect(value.run.failedAt).toBe('2026-11-18T02:14:00.000Z')
  expect((await runbook('close', value.run.id, '--abandon', 'a test')).status).toBe(0)
})
