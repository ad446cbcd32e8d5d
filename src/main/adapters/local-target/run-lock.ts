import { constants } from 'node:fs'
import { rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { LockHolder } from '../../ports/restore-target.ts'
import type { Folder } from './folder.ts'
import {
  busy,
  holderOf,
  lockName,
  parseLock,
  unfinishedName,
  type LockOwner,
} from '../target-rules/lock-file.ts'
import type { Processes } from './processes.ts'
import { systemCode, unlessMissing } from '../target-rules/target-error.ts'
import { writeAll } from './tree.ts'

export interface HeldLock {
  release(): Promise<void>
}

export interface LockParts {
  readonly processes: Processes
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** 32 hex digits, never the same twice. */
  readonly uniqueId: () => string
}

/** Takes the lock of a bookkeeping folder, or throws `target.busy`. Never waits. */
export async function takeLock(folder: Folder, parts: LockParts): Promise<HeldLock> {
  const name = `lock-${parts.uniqueId()}`
  const own = { ...(await parts.processes.self()), since: new Date(parts.now()).toISOString() }
  {
    await using file = await folder.file(
      `${name}.new`,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL,
    )
    await writeAll(file, Buffer.from(`${JSON.stringify(own)}\n`), 0)
    await file.sync()
  }
  try {
    await rename(await folder.at(`${name}.new`), await folder.at(name))
  } catch (error) {
    // Another run took the lock meanwhile and swept our unfinished file.
    if (systemCode(error) === 'ENOENT') throw busy(join(folder.path, '..'), null)
    throw error
  }
  const release = async (): Promise<void> => {
    await unlessMissing(unlink(await folder.at(name)))
  }
  try {
    const holder = await findHolder(folder, parts.processes, { except: name, removeDead: true })
    if (holder !== null) throw busy(join(folder.path, '..'), holder)
    for (const left of await folder.names()) {
      if (unfinishedName.test(left)) await unlessMissing(unlink(await folder.at(left)))
    }
    await folder.sync()
  } catch (error) {
    await release()
    throw error
  }
  return { release }
}

/** A living run (or one that cannot be judged from here) that has a lock file in the folder; null where there is none. */
export async function findHolder(
  folder: Folder,
  processes: Processes,
  options: { readonly except?: string; readonly removeDead?: boolean } = {},
): Promise<(LockHolder & { readonly file: string }) | null> {
  for (const name of await folder.names()) {
    if (!lockName.test(name) || name === options.except) continue
    const owner = await readOwner(folder, name)
    if (owner === 'gone') continue
    const state = owner === null ? 'unknown' : await processes.judge(owner)
    if (state !== 'dead') return holderOf(owner, join(folder.path, name))
    if (options.removeDead === true) await unlessMissing(unlink(await folder.at(name)))
  }
  return null
}

async function readOwner(folder: Folder, name: string): Promise<LockOwner | null | 'gone'> {
  const file = await unlessMissing(folder.file(name, constants.O_RDONLY))
  if (file === null) return 'gone'
  await using _ = file
  return parseLock(await file.readFile())
}
