import { stat } from 'node:fs/promises'
import { throwIfCancelled } from '../../../shared/domain/cancelled.ts'
import { isKeyPart, isTooLongKey } from '../../../shared/domain/key-path.ts'
import type { ListEntry, ObjectInfo } from '../../ports/object-store.ts'
import { goesInCircles, lookUp, readEntries, type Entry } from './entries.ts'
import { infoOf } from './file-version.ts'
import { folderFailure, leadsNowhere } from './folder-errors.ts'
import { openRoot, type OpenFolder, type Root } from './open-folder.ts'

interface Listing {
  readonly root: Root
  readonly prefix: string
  readonly delimiter: '/' | undefined
  readonly signal: AbortSignal | undefined
}

/** How many files are looked at together. */
const atOnce = 32

/** The objects of a folder in the order of their keys. Only the names of the folders on the way are held in memory. */
export async function* listObjects(listing: Listing): AsyncGenerator<ListEntry> {
  throwIfCancelled(listing.signal)
  const folder = await openRoot(listing.root)
  try {
    yield* walk(listing, [folder], '')
    // What is not found any more is left out on the way. Where the root itself went meanwhile, that was a part of it, not all.
    await (await openRoot(listing.root)).close()
  } finally {
    await folder.close()
  }
}

/** `folders` are open from the root to the one that is walked; `base` is the beginning of all keys in it. */
async function* walk(
  listing: Listing,
  folders: readonly OpenFolder[],
  base: string,
): AsyncGenerator<ListEntry> {
  const folder = folders.at(-1)
  if (folder === undefined) return
  const entries = await matchingEntries(listing, folder, base)
  for (let at = 0; at < entries.length; at += atOnce) {
    throwIfCancelled(listing.signal)
    const some = entries.slice(at, at + atOnce)
    const infos = await Promise.all(some.map((entry) => infoAt(folder, base, entry)))
    for (const [index, entry] of some.entries()) {
      throwIfCancelled(listing.signal)
      const info = infos[index]
      if (info) yield { kind: 'object', ...info }
      if (entry.kind === 'folder') yield* walkInto(listing, folders, base, entry)
    }
  }
}

async function* walkInto(
  listing: Listing,
  folders: readonly OpenFolder[],
  base: string,
  entry: Entry,
): AsyncGenerator<ListEntry> {
  const below = `${base}${entry.part}/`
  if (isTooLongKey(below)) return
  const next = await folders.at(-1)?.open(entry.name)
  if (!next) return
  try {
    const path = [...folders, next]
    if (goesInCircles(path)) return
    if (listing.delimiter === undefined || below.length <= listing.prefix.length) {
      yield* walk(listing, path, below)
      return
    }
    // Rolled up, if anything is in it: a folder without an object is nothing that a bucket would have.
    for await (const _ of walk({ ...listing, delimiter: undefined }, path, below)) {
      yield { kind: 'prefix', prefix: below }
      return
    }
  } finally {
    await next.close()
  }
}

/** The entries of a folder that can have keys with the prefix. */
async function matchingEntries(
  { root, prefix }: Listing,
  folder: OpenFolder,
  base: string,
): Promise<readonly Entry[]> {
  const rest = prefix.slice(base.length)
  const slash = rest.indexOf('/')
  if (slash < 0) {
    return (await readEntries(folder, root)).filter((entry) => entry.part.startsWith(rest))
  }
  const part = rest.slice(0, slash)
  const only = isKeyPart(part) ? await lookUp(folder, root, part) : null
  return only?.kind === 'folder' ? [only] : []
}

/** Null for a folder, and for a file that is gone by now. */
async function infoAt(folder: OpenFolder, base: string, entry: Entry): Promise<ObjectInfo | null> {
  if (entry.kind === 'folder' || isTooLongKey(base + entry.part)) return null
  try {
    const stats = await stat(folder.at(entry.name), { bigint: true })
    return stats.isFile() ? infoOf(base + entry.part, stats) : null
  } catch (error) {
    if (leadsNowhere(error)) return null
    throw folderFailure(error, folder.realPath)
  }
}
