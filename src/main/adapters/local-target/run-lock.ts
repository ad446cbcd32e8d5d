import { constants } from 'node:fs'
import { rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { isJsonObject, readJsonObject } from '../../../shared/domain/strict-json.ts'
import type { LockHolder } from '../../ports/restore-target.ts'
import type { Folder } from './folder.ts'
import type { ProcessIdentity } from '../files/process-identity.ts'
import type { Processes } from './processes.ts'
import { systemCode, unlessMissing } from './target-error.ts'
import { writeAll } from './tree.ts'

/**
 * Each run has a lock file of its own, under a name that is never used again. Who wants the lock first shows its own
 * file and only then looks for others: of two that come at once at least one sees the other and steps back. Removing
 * the file of a dead run can therefore never remove a living one's.
 */
const lockName = /^lock-[0-9a-f]{32}$/
const unfinishedName = /^lock-[0-9a-f]{32}\.new$/

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
    if (systemCode(error) === 'ENOENT') throw busy(folder, null)
    throw error
  }
  const release = async (): Promise<void> => {
    await unlessMissing(unlink(await folder.at(name)))
  }
  try {
    const holder = await findHolder(folder, parts.processes, { except: name, removeDead: true })
    if (holder !== null) throw busy(folder, holder)
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
    if (state !== 'dead') {
      return {
        pid: owner?.pid ?? 0,
        host: owner?.host ?? 'an unknown host',
        since: owner?.since ?? 'an unknown time',
        file: join(folder.path, name),
      }
    }
    if (options.removeDead === true) await unlessMissing(unlink(await folder.at(name)))
  }
  return null
}

type Owner = ProcessIdentity & { readonly since: string }

async function readOwner(folder: Folder, name: string): Promise<Owner | null | 'gone'> {
  const file = await unlessMissing(folder.file(name, constants.O_RDONLY))
  if (file === null) return 'gone'
  await using _ = file
  const reading = readJsonObject(await file.readFile(), 4096)
  if (!reading.ok || !isJsonObject(reading.value)) return null
  const { host, pid, startTicks, bootId, pidNamespace, since } = reading.value
  if (typeof host !== 'string' || typeof since !== 'string') return null
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid < 1) return null
  return {
    host,
    pid,
    since,
    startTicks: typeof startTicks === 'string' ? startTicks : null,
    bootId: typeof bootId === 'string' ? bootId : null,
    pidNamespace: typeof pidNamespace === 'string' ? pidNamespace : null,
  }
}

function busy(folder: Folder, holder: (LockHolder & { readonly file: string }) | null): HoldfastError {
  const who =
    holder === null
      ? 'Another run took the folder in this moment.'
      : `Process ${holder.pid} on ${holder.host} has been at it since ${holder.since}.`
  return new HoldfastError('target.busy', {
    what: `${join(folder.path, '..')} is being restored by another run.`,
    why: who,
    unchanged: 'Nothing was changed.',
    next:
      holder === null
        ? 'Try again.'
        : `Wait for it to end. If it is certainly gone (another machine or container), remove ${holder.file}.`,
  })
}
