import { constants } from 'node:fs'
import { access, statfs, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { openPrivateFile, systemCode } from '../files/private-files.ts'
import { reasonOf } from './audit-errors.ts'
import { readHead, type Head } from './head-file.ts'
import { firstPlace, standsAt, walkChain, type Place, type Walk } from './walk-chain.ts'

export const chainFileOf = (folder: string): string => join(folder, 'chain.jsonl')

/** For reading; null where there is none yet. */
export async function openChain(file: string): Promise<FileHandle | null> {
  try {
    return await openPrivateFile(file, constants.O_RDONLY)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw error
  }
}

/** Runs `work` on the chain; null where there is none yet. */
export async function withChain<T>(file: string, work: (chain: FileHandle) => Promise<T>): Promise<T | null> {
  const chain = await openChain(file)
  if (chain === null) return null
  try {
    return await work(chain)
  } finally {
    await chain.close()
  }
}

/**
 * Where the chain stands. Not `whole`: only what follows the place that is known (or remembered beside the chain) is
 * read, so it takes the same for ten entries and for a million. Whole lines that stand never change, so no lock is needed.
 */
export async function look(
  folder: string,
  { since, whole }: { readonly since: Place | null; readonly whole: boolean },
  signal?: AbortSignal,
): Promise<Walk> {
  // The head first: whatever it says was in the chain already.
  const head = await readHead(folder)
  const walk = await withChain(chainFileOf(folder), async (chain) => {
    const { size } = await chain.stat()
    if (typeof head === 'string')
      return walkChain(chain, { from: firstPlace, to: size, expected: null }, signal)
    const from = since !== null && since.seq > head.seq ? since : head
    const isThere = !whole && size >= from.offset && (await standsAt(chain, from))
    return walkChain(chain, { from: isThere ? from : firstPlace, to: size, expected: from }, signal)
  })
  if (walk !== null) return walk.broken === null ? withoutHead(walk, head) : walk
  const last = since ?? (typeof head === 'string' ? firstPlace : head)
  if (last.seq === 0) return withoutHead({ last: firstPlace, broken: null }, head)
  const reason = `The chain is gone, and ${last.seq} entries were written.`
  return { last: firstPlace, broken: { seq: 1, reason } }
}

function withoutHead(walk: Walk, head: Head | 'none' | 'unreadable'): Walk {
  if (head !== 'unreadable' && (head !== 'none' || walk.last.seq === 0)) return walk
  const how = head === 'none' ? 'is gone' : 'cannot be read'
  const reason = `The chain ends at ${walk.last.seq}, and whether that was its end cannot be told: head.json ${how}.`
  return { last: walk.last, broken: { seq: walk.last.seq + 1, reason } }
}

/** Less than this, and an entry may not fit. */
const neededBytes = 64 * 1024

/** Why an entry could not be written now, as far as that can be told without writing; null where nothing speaks against it. */
export async function whyReadOnly(folder: string): Promise<string | null> {
  for (let place = chainFileOf(folder); ; place = dirname(place)) {
    try {
      await access(place, constants.W_OK)
      const { bavail, bsize } = await statfs(place)
      return bavail * bsize < neededBytes ? 'There is no room left for it.' : null
    } catch (error) {
      // What is not there yet is made in the folder above it.
      if (systemCode(error) !== 'ENOENT' || place === dirname(place)) return reasonOf(error)
    }
  }
}
