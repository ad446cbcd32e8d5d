import { lstat, readdir, realpath, stat } from 'node:fs/promises'
import { partOfName } from '../../../shared/domain/key-path.ts'
import { compareUtf8 } from '../../../shared/domain/utf8-order.ts'
import { folderFailure, leadsNowhere } from './folder-errors.ts'
import { liesInside, openRoot, type OpenFolder, type Root } from './open-folder.ts'

/** A name in a folder that is an object or leads to some. */
export interface Entry {
  /** As it stands in a key. */
  readonly part: string
  /** As it stands on the disk: `:` may be `%3A` there. */
  readonly name: string
  readonly kind: 'file' | 'folder'
}

/**
 * Every entry of a folder, in the order that the keys below it have in a listing: a folder counts with the `/` that
 * follows it. Names that are no UTF-8 stand for no key. Where several names stand for one part, the greatest counts:
 * the one with `:`.
 */
export async function readEntries(folder: OpenFolder, root: Root): Promise<readonly Entry[]> {
  const byPart = new Map<string, Entry>()
  for (const name of await readNames(folder)) {
    const entry = await entryOf(folder, root, name.text, name.kind)
    const other = entry === null ? undefined : byPart.get(entry.part)
    if (entry !== null && (other === undefined || compareUtf8(other.name, entry.name) < 0)) {
      byPart.set(entry.part, entry)
    }
  }
  const order = (entry: Entry): string => (entry.kind === 'folder' ? `${entry.part}/` : entry.part)
  return [...byPart.values()].sort((a, b) => compareUtf8(order(a), order(b)))
}

/** The entry that stands for a part; null where none does. */
export async function lookUp(folder: OpenFolder, root: Root, part: string): Promise<Entry | null> {
  const literal = await entryOf(folder, root, part)
  if (literal !== null || !part.includes(':')) return literal
  return (await readEntries(folder, root)).find((entry) => entry.part === part) ?? null
}

/** All entries that stand for one part, the one that counts last. */
export async function variantsOf(folder: OpenFolder, root: Root, part: string): Promise<readonly Entry[]> {
  const names = part.includes(':') ? (await readNames(folder)).map(({ text }) => text) : [part]
  const variants: Entry[] = []
  for (const name of names.filter((one) => partOfName(one) === part).sort(compareUtf8)) {
    const entry = await entryOf(folder, root, name)
    if (entry !== null) variants.push(entry)
  }
  return variants
}

/** The folders on the way to a key, the root first; each but the root with the name that led to it. */
export interface Way {
  readonly folders: readonly OpenFolder[]
  readonly names: readonly string[]
}

/** Null where one of the parts is no folder of the repository. Close the way with `closeWay`. */
export async function openWay(root: Root, parts: readonly string[]): Promise<Way | null> {
  let folder = await openRoot(root)
  const folders = [folder]
  const names: string[] = []
  let found = false
  try {
    for (const part of parts) {
      const name = part.includes(':') ? (await lookUp(folder, root, part))?.name : part
      const next = name === undefined ? null : await folder.open(name)
      if (name === undefined || next === null) return null
      folders.push(next)
      names.push(name)
      if (goesInCircles(folders)) return null
      folder = next
    }
    found = true
    return { folders, names }
  } finally {
    if (!found) await closeWay({ folders })
  }
}

export async function closeWay({ folders }: Pick<Way, 'folders'>): Promise<void> {
  for (const folder of folders) await folder.close()
}

/** True where the last folder is one of those above it, by a link: below it everything would repeat without end. */
export function goesInCircles(folders: readonly OpenFolder[]): boolean {
  const last = folders.at(-1)
  return folders.slice(0, -1).some((above) => above.realPath === last?.realPath)
}

interface Name {
  readonly text: string
  readonly kind: 'file' | 'folder' | 'link' | 'other'
}

async function readNames(folder: OpenFolder): Promise<readonly Name[]> {
  const names: Name[] = []
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  try {
    for (const found of await readdir(folder.at('.'), { withFileTypes: true, encoding: 'buffer' })) {
      const text = decode(decoder, found.name)
      if (text !== null) names.push({ text, kind: kindOf(found) })
    }
  } catch (error) {
    throw folderFailure(error, folder.realPath)
  }
  return names
}

function decode(decoder: InstanceType<typeof TextDecoder>, name: Uint8Array): string | null {
  try {
    return decoder.decode(name)
  } catch {
    return null
  }
}

/** Null for a name that stands for no key: no such name, neither file nor folder, or a link that leads outside. */
async function entryOf(
  folder: OpenFolder,
  root: Root,
  name: string,
  known?: Name['kind'],
): Promise<Entry | null> {
  const part = partOfName(name)
  if (part === null) return null
  try {
    const kind = known ?? kindOf(await lstat(folder.at(name)))
    if (kind === 'file' || kind === 'folder') return { part, name, kind }
    if (kind === 'other') return null
    const target = await realpath(folder.at(name))
    if (!liesInside(root, target)) return null
    const followed = kindOf(await stat(target))
    return followed === 'file' || followed === 'folder' ? { part, name, kind: followed } : null
  } catch (error) {
    if (leadsNowhere(error)) return null
    throw folderFailure(error, folder.realPath)
  }
}

function kindOf(found: {
  isFile(): boolean
  isDirectory(): boolean
  isSymbolicLink(): boolean
}): Name['kind'] {
  if (found.isFile()) return 'file'
  if (found.isDirectory()) return 'folder'
  return found.isSymbolicLink() ? 'link' : 'other'
}
