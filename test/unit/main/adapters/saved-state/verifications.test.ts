import { createHash } from 'node:crypto'
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { expect, test } from 'vitest'
import { verdictOf } from '../../../../conformance/desk-state.ts'
import { scratch, type Scratch } from './fixture.ts'

const repository = 's3://bucket/a/'

function fileOf(place: Scratch): string {
  return place.file('verifications', `${createHash('sha256').update(repository).digest('hex')}.jsonl`)
}

async function jobsOf(place: Scratch, backupId = 'b1'): Promise<readonly (string | null)[]> {
  const state = await place.open()
  const found = (await state.verifications.list(repository, backupId)).map(({ jobId }) => jobId)
  await state.close()
  return found
}

async function append(place: Scratch, ...jobs: readonly string[]): Promise<void> {
  const state = await place.open()
  for (const job of jobs) await state.verifications.append(repository, [verdictOf('b1', job)])
  await state.close()
}

test('A line that a crash cut short is passed over, and what comes after it stands on lines of its own', async () => {
  using place = scratch()
  await append(place, 'j1', 'j2')
  truncateSync(fileOf(place), statSync(fileOf(place)).size - 20)
  expect(await jobsOf(place)).toEqual(['j1'])
  await append(place, 'j3')
  expect(await jobsOf(place)).toEqual(['j3', 'j1'])
})

test('A file that was cut short in its first line is begun anew', async () => {
  using place = scratch()
  await append(place, 'j1')
  truncateSync(fileOf(place), 9)
  expect(await jobsOf(place)).toEqual([])
  await append(place, 'j2')
  expect(await jobsOf(place)).toEqual(['j2'])
})

test('A file that grows past its bound keeps the newest 50 of each backup', async () => {
  using place = scratch()
  const lineBytes = Buffer.byteLength(`${JSON.stringify(verdictOf('b1', 'j000'))}\n`)
  const state = await place.open(lineBytes * 200)
  for (let n = 0; n < 190; n += 1) {
    await state.verifications.append(repository, [verdictOf('b1', `j${String(n).padStart(3, '0')}`)])
  }
  for (let n = 0; n < 20; n += 1) await state.verifications.append(repository, [verdictOf('b2', `k${n}`)])
  expect(statSync(fileOf(place)).size).toBeLessThanOrEqual(lineBytes * 100)
  const kept = await state.verifications.list(repository, 'b1')
  expect(kept).toHaveLength(50)
  expect(kept[0]?.jobId).toBe('j189')
  expect(kept.at(-1)?.jobId).toBe('j140')
  expect((await state.verifications.list(repository, 'b2'))[0]?.jobId).toBe('k19')
  await state.close()
})

test('Where even 50 a backup are too many, every backup keeps its newest before any keeps a second', async () => {
  using place = scratch()
  const lineBytes = Buffer.byteLength(`${JSON.stringify(verdictOf('b00', 'j0'))}\n`)
  const state = await place.open(lineBytes * 80)
  for (let round = 0; round < 3; round += 1) {
    await state.verifications.append(
      repository,
      Array.from({ length: 30 }, (_, n) => verdictOf(`b${String(n).padStart(2, '0')}`, `j${round}`)),
    )
  }
  expect(statSync(fileOf(place)).size).toBeLessThanOrEqual(lineBytes * 40)
  for (let n = 0; n < 30; n += 1) {
    const [newest] = await state.verifications.list(repository, `b${String(n).padStart(2, '0')}`)
    expect(newest?.jobId).toBe('j2')
  }
  await state.close()
})

test.each([
  ['of a newer schema', '{"schema":2,"repository":"s3://bucket/a/"}\n', 'this version knows schema 1'],
  ['of something else', 'hello\n', 'Its first line is not the one that such a file begins with.'],
])('A file %s is reported, and neither read nor added to', async (_, content, why) => {
  using place = scratch()
  mkdirSync(place.file('verifications'), { recursive: true })
  writeFileSync(fileOf(place), content)
  const state = await place.open()
  expect(state.problems).toHaveLength(1)
  expect(state.problems[0]?.text.why).toContain(why)
  const refused = { code: 'state.broken' }
  await expect(state.verifications.append(repository, [verdictOf('b1', 'j1')])).rejects.toMatchObject(refused)
  await expect(state.verifications.list(repository, 'b1')).rejects.toMatchObject(refused)
  await state.close()
  expect(readFileSync(fileOf(place), 'utf8')).toBe(content)
})

test('The file of one repository is never taken for that of another', async () => {
  using place = scratch()
  mkdirSync(place.file('verifications'), { recursive: true })
  writeFileSync(fileOf(place), '{"schema":1,"repository":"s3://bucket/b/"}\n')
  const state = await place.open()
  await expect(state.verifications.list(repository, 'b1')).rejects.toMatchObject({ code: 'state.broken' })
  await state.close()
})

test('A link in the place of a file is reported, and what it leads to is not added to', async () => {
  using place = scratch()
  mkdirSync(place.file('verifications'), { recursive: true })
  const elsewhere = place.file('elsewhere')
  writeFileSync(elsewhere, '')
  symlinkSync(elsewhere, fileOf(place))
  const state = await place.open()
  expect(state.problems[0]?.text.why).toBe('It is a link. Links are not followed here.')
  await expect(state.verifications.append(repository, [verdictOf('b1', 'j1')])).rejects.toMatchObject({
    code: 'state.broken',
  })
  await state.close()
  expect(readFileSync(elsewhere, 'utf8')).toBe('')
})

test('A line in the middle that is no verdict hides no other', async () => {
  using place = scratch()
  await append(place, 'j1')
  appendFileSync(fileOf(place), '{"backupId":"b1","verdict":"splendid"}\nnull\n')
  await append(place, 'j2')
  expect(await jobsOf(place)).toEqual(['j2', 'j1'])
})
