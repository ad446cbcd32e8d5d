import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The lock files of a target, by their paths. */
export function locksOf(dir: string): readonly string[] {
  const folder = join(dir, '.holdfast')
  return readNames(folder)
    .filter((name) => /^lock-[0-9a-f]{32}$/.test(name))
    .map((name) => join(folder, name))
}

/** Every process that holds a lock is dead, and its lock is one of an earlier boot. */
export function rebootLocks(dir: string): void {
  for (const file of locksOf(dir)) {
    const lock = JSON.parse(readFileSync(file, 'utf8')) as { readonly pid: number }
    try {
      process.kill(lock.pid, 'SIGKILL')
    } catch {
      // It went down with its session.
    }
    writeFileSync(file, `${JSON.stringify({ ...lock, bootId: 'an earlier boot' })}\n`)
  }
}

/** What the dead leave: their lock files, with a process that is no more. */
export function orphanLocks(dir: string): void {
  for (const file of locksOf(dir))
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"startTicks":"\d+"/, '"startTicks":"1"'))
}

export function readNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
