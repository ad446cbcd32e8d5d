import { throwIfCancelled, untilCancelled } from '../../../shared/domain/cancelled.ts'
import { isKeyPart, isTooLongKey } from '../../../shared/domain/key-path.ts'
import type { ListEntry } from '../../ports/object-store.ts'
import { folderFailure } from './sftp-errors.ts'
import { infoOf, lookUp, readEntries, realFolder, type Entry, type Tree } from './tree.ts'

interface Listing {
  readonly tree: Tree
  readonly prefix: string
  readonly delimiter: '/' | undefined
  readonly signal: AbortSignal | undefined
}

/** The objects below the root in the order of their keys. Only the names of the folders on the way are held. */
export async function* listObjects(listing: Listing): AsyncGenerator<ListEntry> {
  const { session, root } = listing.tree
  yield* walk(listing, [root], '')
  // What is not found any more is left out on the way. Where the root itself went meanwhile, that was a part of it, not all.
  await untilCancelled(session.lstat(root), listing.signal).catch((error: unknown) => {
    throw folderFailure(error, root)
  })
}

/** `way` holds the real paths from the root to the folder that is walked; `base` is the beginning of all keys in it. */
async function* walk(listing: Listing, way: readonly string[], base: string): AsyncGenerator<ListEntry> {
  const { signal } = listing
  throwIfCancelled(signal)
  const folder = way.at(-1) ?? listing.tree.root
  for (const entry of await untilCancelled(matchingEntries(listing, folder, base), signal)) {
    throwIfCancelled(signal)
    const key = base + entry.part
    if (entry.kind === 'folder') yield* walkInto(listing, way, `${key}/`, entry)
    else if (!isTooLongKey(key)) yield { kind: 'object', ...infoOf(key, entry.facts) }
  }
}

async function* walkInto(
  listing: Listing,
  way: readonly string[],
  below: string,
  entry: Entry,
): AsyncGenerator<ListEntry> {
  if (isTooLongKey(below)) return
  const finding = realFolder(listing.tree, way.at(-1) ?? listing.tree.root, entry.name)
  const folder = await untilCancelled(finding, listing.signal)
  // Outside, or by a link one of those above it: below it everything would repeat without end.
  if (folder === null || way.includes(folder)) return
  const path = [...way, folder]
  if (listing.delimiter === undefined || below.length <= listing.prefix.length) {
    yield* walk(listing, path, below)
    return
  }
  // Rolled up, if anything is in it: a folder without an object is nothing that a bucket would have.
  for await (const _ of walk({ ...listing, delimiter: undefined }, path, below)) {
    yield { kind: 'prefix', prefix: below }
    return
  }
}

async function matchingEntries(
  { tree, prefix }: Listing,
  folder: string,
  base: string,
): Promise<readonly Entry[]> {
  const rest = prefix.slice(base.length)
  const slash = rest.indexOf('/')
  if (slash < 0) return (await readEntries(tree, folder)).filter((entry) => entry.part.startsWith(rest))
  const part = rest.slice(0, slash)
  const only = isKeyPart(part) ? await lookUp(tree, folder, part) : null
  return only?.kind === 'folder' ? [only] : []
}
