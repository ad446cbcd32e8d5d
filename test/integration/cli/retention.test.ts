import { readdirSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { installation, type Installation } from './desk-commands.ts'
import { kiokFolder, masterKey, type RepositoryFixture } from './fixture.ts'
import { temporaryFolder } from './run-cli.ts'

const home = temporaryFolder()
const env = { HOLDFAST_MASTER_KEY: masterKey }
let here: Installation
let kiok: RepositoryFixture

beforeAll(async () => {
  here = installation(home)
  kiok = await kiokFolder(home, 'kiok')
  await here.run(['clusters', 'add', 'prod', ...kiok.flags])
  await here.run(['verify', '--all', ...kiok.flags], { env })
})

const folders = (): readonly string[] => readdirSync(kiok.folder).toSorted()

test('A pin holds a backup on every way to delete it, the address alone included', async () => {
  const prune = ['prune', ...kiok.flags, '--keep-last', '1']
  const before = await here.json(prune, { env })
  const middle: string = before.value.rows[1].backupId
  expect(before.value.rows[1].fate).toBe('delete')
  const pinned = await here.run(['retention', 'pin', 'prod', middle, '--reason', 'Legal case 12'])
  expect([pinned.status, pinned.stdout]).toEqual([
    0,
    expect.stringContaining(`Pinned: ${middle}: Legal case 12`),
  ])
  const after = await here.json(prune, { env })
  expect(after.value.rows[1]).toMatchObject({ fate: 'keep', reason: 'Pinned: Legal case 12.' })
  const changed = await here.json([...prune, '--apply', '--plan', before.value.planHash], { env })
  expect([changed.status, changed.value.error.code]).toEqual([2, 'plan.changed'])
  expect((await here.run(['retention', 'unpin', 'prod', middle])).status).toBe(0)
})

test('From where a read-only cluster has its backups nothing is deleted; a protected one asks why', async () => {
  const before = folders()
  const apply = ['prune', ...kiok.flags, '--keep-last', '1', '--apply']
  await here.run(['clusters', 'edit', 'prod', '--mode', 'read-only'])
  const readOnly = await here.json(apply, { env })
  expect(readOnly.value.error.code).toBe('cluster.readOnly')
  await here.run(['clusters', 'edit', 'prod', '--mode', 'protected'])
  const unasked = await here.json(apply, { env })
  expect(unasked.value.error.code).toBe('cluster.protected')
  expect(folders()).toEqual(before)
})

test('A saved cluster is cleaned up by its own rules: previewed, then confirmed by hash and name', async () => {
  const rules = ['--keep-last', '1', '--reason', 'Agreed']
  const saved = await here.run(['retention', 'set', 'prod', ...rules])
  expect([saved.status, saved.stdout]).toEqual([0, expect.stringContaining('Keeps the newest 1.')])
  const shown = await here.json(['retention', 'preview', 'prod'])
  // Without its key nothing of it is proved, so nothing goes.
  expect(shown.value).toMatchObject({ objects: 0 })
  expect(shown.value.effects[0]).toContain('No backup here is proved')
  const wrong = await here.json(['retention', 'apply', 'prod', '--plan', shown.value.hash, '--confirm', 'x'])
  expect(wrong.value.error.code).toBe('cluster.protected')
  const bad = await here.json(['retention', 'apply', 'prod', '--plan', 'x', '--confirm', 'prod'])
  expect([bad.status, bad.value.error.code]).toEqual([2, 'usage'])
  const confirmed = ['--plan', shown.value.hash, '--confirm', 'prod', '--reason', 'Agreed']
  const nothing = await here.json(['retention', 'apply', 'prod', ...confirmed])
  expect([nothing.status, nothing.value.error.code]).toEqual([2, 'usage'])
})
