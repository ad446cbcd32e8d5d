import { spawnSync } from 'node:child_process'
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A file system of its own in memory over a folder. Throws where this process may not mount one. */
export function mountSmallDisk(folder: string, sizeBytes: number): void {
  const options = ['-t', 'tmpfs', '-o', `size=${sizeBytes},mode=755`, 'holdfast-test', folder]
  const { status, stderr } = spawnSync('mount', options, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`no file system can be mounted here: ${stderr}`)
}

export function unmount(folder: string): void {
  spawnSync('umount', ['-l', folder])
}

/** Leaves no free byte on the file system of a folder, until the function that is returned is called. */
export function fillDisk(folder: string): () => void {
  const ballast = join(folder, 'ballast')
  const { bavail, bsize } = statfsSync(folder)
  writeFileSync(ballast, Buffer.alloc(bavail * bsize))
  return () => rmSync(ballast)
}
