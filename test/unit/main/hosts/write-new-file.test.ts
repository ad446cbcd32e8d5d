import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeNewFile } from '../../../../src/main/hosts/write-new-file.ts'
import { canMount, mount, unmount, whyNotMounted } from '../../../support/small-file-system.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-export-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function* lines(count: number, end?: Error): AsyncGenerator<string> {
  for (let at = 0; at < count; at += 1) yield `${'x'.repeat(1023)}\n`
  if (end !== undefined) throw end
}

test('A file of this account alone is written whole, and nothing that is there is written over', async () => {
  const path = join(folder, 'export.jsonl')
  await writeNewFile(path, lines(3))
  expect([statSync(path).size, statSync(path).mode & 0o777]).toEqual([3072, 0o600])
  writeFileSync(path, 'mine')
  await expect(writeNewFile(path, lines(3))).rejects.toMatchObject({ code: 'EEXIST' })
  expect(readFileSync(path, 'utf8')).toBe('mine')
})

test('Of an export that does not come to its end nothing is left: the lines of a part would be whole ones', async () => {
  const ended = new Error('It was cancelled.')
  await expect(writeNewFile(join(folder, 'export.jsonl'), lines(3, ended))).rejects.toBe(ended)
  expect(readdirSync(folder)).toEqual([])
})

test.skipIf(!canMount)(`So it is where the disk is full${whyNotMounted}`, async () => {
  mount(folder, 'size=64k')
  try {
    await expect(writeNewFile(join(folder, 'export.jsonl'), lines(200))).rejects.toMatchObject({
      code: 'ENOSPC',
    })
    expect(readdirSync(folder)).toEqual([])
  } finally {
    unmount(folder)
  }
})
