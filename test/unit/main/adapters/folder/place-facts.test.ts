import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openFolderStore } from '../../../../../src/main/adapters/folder/folder-store.ts'

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-unit-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

test('A folder tells its mode, its owner, and what on the way to an object others may write', async () => {
  const folder = newFolder()
  mkdirSync(join(folder, 'a/b'), { recursive: true })
  writeFileSync(join(folder, 'a/b/c'), 'x')
  writeFileSync(join(folder, 'd'), 'x')
  const modes = [
    ['', 0o750],
    ['a', 0o777],
    ['a/b', 0o755],
    ['a/b/c', 0o664],
    ['d', 0o600],
  ] as const
  for (const [path, mode] of modes) chmodSync(join(folder, path), mode)
  const store = await openFolderStore(folder)
  expect(await store.facts?.(['a/b/c', 'd', 'gone'])).toMatchObject({
    kind: 'folder',
    where: 'here',
    path: folder,
    mode: { told: true, value: 0o750 },
    owner: `${process.getuid?.()}, this account`,
    looseParts: [
      { name: 'a/', mode: 0o777 },
      { name: 'a/b/c', mode: 0o664 },
    ],
    mayWrite: { told: true, value: true },
  })
  expect(readdirSync(folder)).toEqual(['a', 'd'])
})

test('A folder that may not be written is told as that, without trying', async ({ skip }) => {
  const folder = newFolder()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'none', folder], { stdio: 'ignore' })
  } catch {
    return skip('no mount here')
  }
  try {
    const store = await openFolderStore(folder)
    expect(await store.facts?.([])).toMatchObject({
      mayWrite: { told: true, value: false },
      isOnRootDisk: { told: true, value: false },
    })
  } finally {
    execFileSync('umount', [folder])
  }
})
