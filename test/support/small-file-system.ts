import { spawnSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'

export const isRoot = process.geteuid?.() === 0
export const canMount = isRoot && tryMount()
export const whyNotMounted = canMount ? '' : ' (skipped: only root may mount a file system here)'

export function mount(folder: string, options: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'holdfast-test', folder]).status === 0
}

export function unmount(folder: string): void {
  spawnSync('umount', ['-l', folder])
}

function tryMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
  const isMounted = mount(folder, 'size=64k')
  if (isMounted) unmount(folder)
  rmSync(folder, { recursive: true })
  return isMounted
}

/** A small file system of its own; unmounted with the test. */
export function fileSystem(sizeBytes: number): Disposable & { readonly path: string } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-')))
  expect(mount(path, `size=${sizeBytes},mode=755`)).toBe(true)
  return {
    path,
    [Symbol.dispose]: () => {
      unmount(path)
      rmSync(path, { recursive: true })
    },
  }
}
