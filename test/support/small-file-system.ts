import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'

export const isRoot = process.geteuid?.() === 0
export const canMount = isRoot && tryMount()
export const whyNotMounted = canMount ? '' : ' (skipped: only root may mount a file system here)'
export const canOverlay = canMount && tryOverlay()
export const whyNotOverlaid = canOverlay ? '' : ' (skipped: no overlay can be mounted here)'

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

/** A file system over a layer that `plantLower` fills; unmounted with the test. */
export function overlayOn(
  plantLower: (lower: string) => void,
): Disposable & { readonly path: string; readonly lower: string } {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-')))
  const [lower, upper] = [join(top, 'lower'), join(top, 'upper')]
  const [work, path] = [join(top, 'work'), join(top, 'over')]
  for (const folder of [lower, upper, work, path]) mkdirSync(folder)
  plantLower(lower)
  const options = `lowerdir=${lower},upperdir=${upper},workdir=${work},redirect_dir=off`
  expect(spawnSync('mount', ['-t', 'overlay', '-o', options, 'holdfast-test', path]).status).toBe(0)
  return {
    path,
    lower,
    [Symbol.dispose]: () => {
      unmount(path)
      rmSync(top, { recursive: true })
    },
  }
}

function tryOverlay(): boolean {
  try {
    overlayOn(() => undefined)[Symbol.dispose]()
    return true
  } catch {
    return false
  }
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
