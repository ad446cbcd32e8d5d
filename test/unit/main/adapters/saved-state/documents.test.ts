import {
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { expect, test } from 'vitest'
import { openDocument } from '../../../../../src/main/adapters/saved-state/document.ts'
import type { DocumentKind } from '../../../../../src/main/adapters/saved-state/document-kind.ts'
import { lookOf, savedCluster, savedRepository, verdictOf } from '../../../../conformance/desk-state.ts'
import { scratch } from './fixture.ts'

test('Each file is indented JSON that says its schema and ends with a line break', async () => {
  using place = scratch()
  const state = await place.open()
  await state.repositories.put(savedRepository('r1'))
  await state.settings.set({ ...state.settings.get(), theme: 'dark' })
  await state.close()
  const text = readFileSync(place.file('repositories.json'), 'utf8')
  expect(text.startsWith('{\n  "schema": 1,\n  "repositories": [\n    {\n      "id": "r1",\n')).toBe(true)
  expect(text.endsWith('}\n')).toBe(true)
  expect(JSON.parse(readFileSync(place.file('settings.json'), 'utf8'))).toMatchObject({
    schema: 1,
    theme: 'dark',
  })
})

test('Everything is for its owner alone, even without a umask and in a folder that was open to all', async () => {
  using place = scratch()
  const umask = process.umask(0)
  try {
    mkdirSync(place.folder, { mode: 0o777 })
    const state = await place.open()
    await state.clusters.put(savedCluster('c1'))
    await state.looks.put({ id: 'c1', look: lookOf(1) })
    await state.verifications.append('s3://bucket/', [verdictOf('b1', 'j1')])
    const modes = new Set<string>()
    for (const name of ['', ...readdirSync(place.folder, { recursive: true, encoding: 'utf8' })]) {
      const stats = statSync(place.file(name))
      modes.add(`${stats.isDirectory() ? 'folder' : 'file'} ${(stats.mode & 0o777).toString(8)}`)
    }
    expect(modes).toEqual(new Set(['folder 700', 'file 600']))
    await state.close()
  } finally {
    process.umask(umask)
  }
})

const cluster = { ...savedCluster('c1') }
const text = (value: unknown): string => JSON.stringify(value)

test.each([
  ['is not JSON', '{"schema": 1, "clus', 'It is not JSON.'],
  ['is empty', '', 'It is not JSON.'],
  ['is a list', '[]', 'It is not a JSON object.'],
  ['holds a name twice', '{"schema": 1, "clusters": [], "clusters": []}', 'stands twice'],
  ['says no schema', text({ clusters: [] }), 'It does not say of which schema it is.'],
  ['is of a schema that never was', text({ schema: 0, clusters: [] }), 'which no version has written'],
  ['is of a newer schema', text({ schema: 6, clusters: [] }), 'this version knows schemas up to 5'],
  ['holds no list in an old schema', text({ schema: 1 }), 'It does not hold what schema 1 holds'],
  [
    'holds a field that is not known',
    text({ schema: 1, clusters: [{ ...cluster, owner: 'me' }] }),
    '"owner"',
  ],
  ['lacks a field', text({ schema: 1, clusters: [{ ...cluster, rpoMs: undefined }] }), 'clusters.0.rpoMs'],
  ['holds an id twice', text({ schema: 1, clusters: [cluster, cluster] }), 'An id stands twice.'],
])(
  'A file that %s is reported, stands for the empty default, and is never overwritten',
  async (_, content, why) => {
    using place = scratch()
    mkdirSync(place.folder)
    writeFileSync(place.file('clusters.json'), content)
    const state = await place.open()
    expect(state.problems).toHaveLength(1)
    expect(state.problems[0]).toMatchObject({
      code: 'state.broken',
      text: { unchanged: 'The file was left as it is.' },
    })
    expect(state.problems[0]?.text.what).toContain(place.file('clusters.json'))
    expect(state.problems[0]?.text.why).toContain(why)
    expect(state.clusters.list()).toEqual([])
    await expect(state.clusters.put(savedCluster('c2'))).rejects.toBe(state.problems[0])
    await expect(state.clusters.remove('c1')).rejects.toBe(state.problems[0])
    // The others go on.
    await state.repositories.put(savedRepository('r1'))
    await state.close()
    expect(readFileSync(place.file('clusters.json'), 'utf8')).toBe(content)
  },
)

const noRetention = { rules: null, sweepsOrphans: false, pins: [] }

test('Clusters and credentials of schema 1 are migrated: known by their repositories alone', async () => {
  using place = scratch()
  mkdirSync(place.folder)
  const {
    connection: _,
    ownSchedule: __,
    retention: ___,
    hostKeys: ____,
    drillSchedule: _____,
    ...old
  } = cluster
  const credential = { id: 'k1', kind: 's3', label: 'Key', hint: 'AKIA', addedAt: old.addedAt, usedAt: null }
  writeFileSync(place.file('clusters.json'), text({ schema: 1, clusters: [old] }))
  writeFileSync(place.file('credentials.json'), text({ schema: 1, credentials: [credential] }))
  const state = await place.open()
  expect(state.problems).toEqual([])
  expect(state.clusters.list()).toEqual([
    {
      ...old,
      connection: null,
      ownSchedule: null,
      retention: noRetention,
      hostKeys: [],
      drillSchedule: null,
    },
  ])
  expect(state.credentials.list()).toEqual([credential])
  await state.close()
})

test('Clusters of schema 2 keep how they are reached, and nothing is kept of their backups by a rule yet', async () => {
  using place = scratch()
  mkdirSync(place.folder)
  const { retention: _, hostKeys: __, drillSchedule: ___, ...old } = cluster
  writeFileSync(place.file('clusters.json'), text({ schema: 2, clusters: [old] }))
  const state = await place.open()
  expect(state.problems).toEqual([])
  expect(state.clusters.list()).toEqual([
    { ...old, retention: noRetention, hostKeys: [], drillSchedule: null },
  ])
  await state.clusters.put({ ...cluster, id: 'c2' })
  await state.close()
  const written: unknown = JSON.parse(readFileSync(place.file('clusters.json'), 'utf8'))
  expect(written).toMatchObject({ schema: 5, clusters: [{ retention: noRetention }, { id: 'c2' }] })
})

test('A link, or a folder, in the place of a file is reported, and what it leads to is neither read nor changed', async () => {
  using place = scratch()
  mkdirSync(place.folder)
  const elsewhere = join(place.folder, '..', 'elsewhere.json')
  writeFileSync(elsewhere, text({ schema: 1, clusters: [cluster] }))
  symlinkSync(elsewhere, place.file('clusters.json'))
  mkdirSync(place.file('settings.json'))
  const state = await place.open()
  expect(state.problems.map(({ text: { why } }) => why)).toEqual([
    'It is a link. Links are not followed here.',
    'It is not a plain file.',
  ])
  expect(state.clusters.list()).toEqual([])
  await expect(state.clusters.put(savedCluster('c2'))).rejects.toMatchObject({ code: 'state.broken' })
  await expect(state.settings.set(state.settings.get())).rejects.toMatchObject({ code: 'state.broken' })
  await state.close()
  expect(lstatSync(place.file('clusters.json')).isSymbolicLink()).toBe(true)
  expect(readFileSync(elsewhere, 'utf8')).toBe(text({ schema: 1, clusters: [cluster] }))
})

test('A link that appears in the place of a file while it is in use is not followed, and not replaced', async () => {
  using place = scratch()
  const state = await place.open()
  const elsewhere = join(place.folder, '..', 'elsewhere.json')
  writeFileSync(elsewhere, 'theirs')
  symlinkSync(elsewhere, place.file('clusters.json'))
  await expect(state.clusters.put(savedCluster('c1'))).rejects.toMatchObject({ code: 'state.broken' })
  expect(state.clusters.list()).toEqual([])
  expect(readFileSync(elsewhere, 'utf8')).toBe('theirs')
  await state.close()
})

test('A file that something else changed meanwhile is left as it is until the next start', async () => {
  using place = scratch()
  const state = await place.open()
  await state.settings.set({ ...state.settings.get(), theme: 'dark' })
  writeFileSync(place.file('settings.json'), text({ schema: 1, theme: 'light' }))
  await expect(state.settings.set({ ...state.settings.get(), workers: 2 })).rejects.toMatchObject({
    code: 'state.busy',
  })
  expect(state.settings.get()).toMatchObject({ theme: 'dark', workers: null })
  await state.close()
  const next = await place.open()
  expect(next.settings.get()).toMatchObject({ theme: 'light', workers: null, lookEveryMinutes: 15 })
  await next.close()
})

test('What could not be read back is not written', async () => {
  using place = scratch()
  const state = await place.open()
  await expect(state.clusters.put({ ...savedCluster('c1'), rpoMs: -1 })).rejects.toThrow('rpoMs')
  expect(state.clusters.list()).toEqual([])
  expect(readdirSync(place.folder)).not.toContain('clusters.json')
  await state.close()
})

test('What a killed instance left half written is removed by the next one', async () => {
  using place = scratch()
  const first = await place.open()
  await first.looks.put({ id: 'c1', look: lookOf(1) })
  await first.verifications.append('s3://bucket/', [verdictOf('b1', 'j1')])
  await first.close()
  const draft = '.clusters.json.01234567-89ab-cdef-0123-456789abcdef.draft'
  for (const folder of ['.', 'looks', 'verifications']) writeFileSync(place.file(folder, draft), '{"sch')
  const state = await place.open()
  expect(
    readdirSync(place.folder, { recursive: true }).filter((name) => String(name).includes('draft')),
  ).toEqual([])
  expect(state.problems).toEqual([])
  await state.close()
})

test('A look that is broken is worth nothing and goes, without a word', async () => {
  using place = scratch()
  const first = await place.open()
  await first.looks.put({ id: 'c1', look: lookOf(1) })
  await first.looks.put({ id: 'c2', look: lookOf(2) })
  await first.close()
  writeFileSync(place.file('looks', 'c1.json'), '{"schema": 1, "id"')
  writeFileSync(place.file('looks', 'c3.json'), readFileSync(place.file('looks', 'c2.json')))
  const state = await place.open()
  expect(state.problems).toEqual([])
  expect(state.looks.list().map(({ id }) => id)).toEqual(['c2'])
  expect(readdirSync(place.file('looks'))).toEqual(['c2.json'])
  await state.close()
})

interface Numbers {
  readonly numbers: readonly number[]
}

/** A kind that was a single number at first, and then a list under another name. */
const numbersKind: DocumentKind<Numbers> = {
  file: 'numbers.json',
  schema: 2,
  steps: {
    0: ({ number }) => ({ list: [z.number().parse(number)] }),
    1: ({ list }) => ({ numbers: list }),
  },
  body: z.strictObject({ numbers: z.array(z.number()) }),
  empty: { numbers: [] },
}

test.each([
  [0, { number: 7 }],
  [1, { list: [7] }],
  [2, { numbers: [7] }],
])(
  'A file of schema %i is carried forward step by step, and written as the newest at the next change',
  async (schema, body) => {
    using place = scratch()
    mkdirSync(place.folder)
    writeFileSync(place.file('numbers.json'), text({ schema, ...body }))
    const document = await openDocument(place.folder, numbersKind, () => undefined)
    expect(document.problem).toBeNull()
    expect(document.get()).toEqual({ numbers: [7] })
    expect(JSON.parse(readFileSync(place.file('numbers.json'), 'utf8'))).toEqual({ schema, ...body })
    await document.change(({ numbers }) => ({ numbers: [...numbers, 8] }))
    expect(JSON.parse(readFileSync(place.file('numbers.json'), 'utf8'))).toEqual({
      schema: 2,
      numbers: [7, 8],
    })
  },
)

test('A file of an older schema that does not hold what that schema held is broken', async () => {
  using place = scratch()
  mkdirSync(place.folder)
  writeFileSync(place.file('numbers.json'), text({ schema: 0, number: 'seven' }))
  const { problem } = await openDocument(place.folder, numbersKind, () => undefined)
  expect(problem?.text.why).toBe('It does not hold what schema 0 holds.')
})
