import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readKeyFile } from '../../../../../src/main/adapters/key-file/read-key-file.ts'
import { failure } from '../../../../conformance/store-helpers.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-key-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function keyFile(mode: number): Promise<string> {
  const path = join(folder, `key-${mode.toString(8)}`)
  await writeFile(path, 'the key\0\n')
  await chmod(path, mode)
  return path
}

test('a key file is read byte for byte where its owner alone can reach it', async () => {
  for (const mode of [0o600, 0o400]) {
    expect(Buffer.from(await readKeyFile(await keyFile(mode))).toString()).toBe('the key\0\n')
  }
})

test('a key file that others can reach in any way is refused with its mode', async () => {
  for (const mode of [0o640, 0o604, 0o620, 0o602, 0o610, 0o644, 0o666, 0o777]) {
    const refused = await failure(readKeyFile(await keyFile(mode)), 'usage')
    expect(refused.message).toContain(`mode 0${mode.toString(8)}`)
    expect(refused.message).not.toContain('the key\0')
  }
})

test('what counts is the file behind a link', async () => {
  const link = join(folder, 'link')
  await symlink(await keyFile(0o600), link)
  expect(Buffer.from(await readKeyFile(link)).toString()).toBe('the key\0\n')
  const openLink = join(folder, 'open-link')
  await symlink(await keyFile(0o644), openLink)
  await failure(readKeyFile(openLink), 'usage')
})

test('a folder, a pipe, nothing, a relative path and a huge file are refused, and none is waited for', async () => {
  execFileSync('mkfifo', ['-m', '600', join(folder, 'pipe')])
  const huge = await keyFile(0o600)
  await truncate(huge, 10 ** 12)
  for (const path of [folder, join(folder, 'pipe'), join(folder, 'none'), 'key-600', huge]) {
    expect((await failure(readKeyFile(path), 'usage')).message).toContain(JSON.stringify(path))
  }
})
