import {
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openJobFiles } from '../../../../../src/main/adapters/job-files/open-job-files.ts'
import { failed, entry, journalJob, progress, waiting } from '../../../../conformance/job-journal.ts'

function scratch(): Disposable & { readonly folder: string; file(name: string): string } {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-jobs-'))
  return {
    folder,
    file: (name) => join(folder, name),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  }
}

const open = async (folder: string) => openJobFiles(folder, { readOnlyBecause: null })
const line = (value: unknown): string => `${JSON.stringify(value)}\n`
const job = { schema: 1, ...journalJob('j1') }

test('A job is one file for its owner alone: what was asked for, then one line an event', async () => {
  using place = scratch()
  const journal = await open(place.folder)
  await journal.begin(journalJob('j1'), [waiting])
  await journal.append('j1', [failed(2)])
  expect(readFileSync(place.file('j1.jsonl'), 'utf8')).toBe(line(job) + line(waiting) + line(failed(2)))
  expect(statSync(place.file('j1.jsonl')).mode & 0o777).toBe(0o600)
  expect(statSync(place.folder).mode & 0o777).toBe(0o700)
})

test('An entry that a crash cut short is passed over, and the next stands on a line of its own', async () => {
  using place = scratch()
  const first = await open(place.folder)
  await first.begin(journalJob('j1'), [waiting])
  await first.append('j1', [entry(2, { type: 'log', severity: 'info', text: 'cut' })])
  truncateSync(place.file('j1.jsonl'), statSync(place.file('j1.jsonl')).size - 10)
  const journal = await open(place.folder)
  expect((await journal.load())[0]?.entries).toEqual([waiting])
  await journal.append('j1', [failed(2)])
  expect((await (await open(place.folder)).load())[0]?.entries).toEqual([waiting, failed(2)])
})

test.each([
  ['that is something else', 'hello\n', 'Its first line is not the one that a job begins with.'],
  ['of a newer schema', line({ ...job, schema: 2 }), 'this version knows schema 1'],
  ['of another job', line({ ...job, id: 'j2' }) + line(waiting), 'It says that it is another job.'],
  ['of a kind that is not known', line({ ...job, spec: { ...job.spec, kind: 'erase' } }), 'Its first line'],
])('A file %s is reported, not listed, and left as it is', async (_, content, why) => {
  using place = scratch()
  writeFileSync(place.file('j1.jsonl'), content)
  const journal = await open(place.folder)
  expect(journal.problems[0]).toMatchObject({ code: 'state.broken' })
  expect(journal.problems[0]?.text.why).toContain(why)
  expect(await journal.load()).toEqual([])
  expect(readFileSync(place.file('j1.jsonl'), 'utf8')).toBe(content)
})

test('A link in the place of a job is reported and not followed', async () => {
  using place = scratch()
  using other = scratch()
  writeFileSync(other.file('j1.jsonl'), line(job) + line(waiting))
  symlinkSync(other.file('j1.jsonl'), place.file('j1.jsonl'))
  const journal = await open(place.folder)
  expect(journal.problems).toHaveLength(1)
  expect(await journal.load()).toEqual([])
  await expect(journal.append('j1', [failed(2)])).rejects.toMatchObject({ code: 'ELOOP' })
  expect(readFileSync(other.file('j1.jsonl'), 'utf8')).toBe(line(job) + line(waiting))
})

test('The file of a long job stays small, and at its end holds one line of progress', async () => {
  using place = scratch()
  const journal = await open(place.folder)
  await journal.begin(journalJob('j1'), [waiting])
  let largest = 0
  for (let n = 2; n < 2_002; n += 1) {
    await journal.append('j1', [progress(n)])
    largest = Math.max(largest, statSync(place.file('j1.jsonl')).size)
  }
  expect(largest).toBeLessThan(602 * line(progress(9_999)).length + 1_000)
  await journal.append('j1', [failed(2_002)])
  const lines = readFileSync(place.file('j1.jsonl'), 'utf8').trim().split('\n')
  expect(lines.map((one) => `${one}\n`)).toEqual([
    line(job),
    line(waiting),
    line(progress(2_001)),
    line(failed(2_002)),
  ])
})

test('What a killed process left half written is removed', async () => {
  using place = scratch()
  writeFileSync(place.file('.j1.jsonl.01234567-89ab-cdef-0123-456789abcdef.draft'), '{')
  const journal = await open(place.folder)
  expect(readdirSync(place.folder)).toEqual([])
  expect(journal.problems).toEqual([])
})
