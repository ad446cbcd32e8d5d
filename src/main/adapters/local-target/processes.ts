import { readdir, readFile, readlink } from 'node:fs/promises'
import type { UsingProcess } from '../../ports/restore-target.ts'
import { aliasesOf } from '../target-rules/mount-aliases.ts'
import { mountsOf } from './mounts.ts'
import { judgeProcess, thisProcess, type ProcessIdentity } from '../files/process-identity.ts'

export interface Processes {
  self(): Promise<ProcessIdentity>
  /** `unknown`: of another machine or container, so it cannot be judged from here. */
  judge(identity: ProcessIdentity): Promise<'alive' | 'dead' | 'unknown'>
  /** Other processes that hold something at or below one of the paths open, or stand in it; as far as can be seen. */
  using(paths: readonly string[]): Promise<readonly UsingProcess[]>
}

export const systemProcesses: Processes = { self: thisProcess, judge: judgeProcess, using }

async function using(paths: readonly string[]): Promise<readonly UsingProcess[]> {
  if (paths.length === 0) return []
  const found: UsingProcess[] = []
  const seenBy = await otherNames(paths)
  for (const pid of await namesIn('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue
    const path = await heldBy(pid, await seenBy(pid))
    if (path === null) continue
    const command = (await textOf(readFile(`/proc/${pid}/comm`, 'utf8'))) ?? '?'
    found.push({ pid: Number(pid), command, path })
  }
  return found
}

/** The paths, and the other names that a process has for them. */
async function otherNames(paths: readonly string[]): Promise<(pid: string) => Promise<readonly string[]>> {
  const own = await mountsOf('self')
  const ofNamespaces = new Map<string, readonly string[]>()
  return async (pid) => {
    const namespace = await textOf(readlink(`/proc/${pid}/ns/mnt`))
    if (namespace === null) return paths
    const known = ofNamespaces.get(namespace)
    if (known !== undefined) return known
    const theirs = await mountsOf(pid)
    const names = [...paths, ...paths.flatMap((path) => aliasesOf(path, own, theirs))]
    ofNamespaces.set(namespace, names)
    return names
  }
}

/** The first thing below one of the paths that the process holds; null where none is seen. */
async function heldBy(pid: string, paths: readonly string[]): Promise<string | null> {
  const links = [`/proc/${pid}/cwd`, `/proc/${pid}/root`]
  for (const descriptor of await namesIn(`/proc/${pid}/fd`)) links.push(`/proc/${pid}/fd/${descriptor}`)
  for (const link of links) {
    const held = await textOf(readlink(link))
    if (held !== null && paths.some((path) => held === path || held.startsWith(`${path}/`))) return held
  }
  return null
}

/** Processes end, and belong to others, while one looks: what cannot be read is not there. */
async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => [])
}

async function textOf(reading: Promise<string>): Promise<string | null> {
  return reading.then((text) => text.trim()).catch(() => null)
}
