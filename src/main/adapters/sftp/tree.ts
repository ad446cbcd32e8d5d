import { compareUtf8 } from '../../../shared/domain/utf8-order.ts'
import { partOfName } from '../../../shared/domain/key-path.ts'
import type { ObjectInfo } from '../../ports/object-store.ts'
import type { FileFacts, Session } from './session.ts'
import { badAnswer, folderFailure, isNowhere, sftpStatus, statusOf } from './sftp-errors.ts'

/** The repository's folder on the server, links resolved by the server. */
export interface Tree {
  readonly session: Session
  readonly root: string
  /** Folders in which abandoned writes were looked for already. */
  readonly swept: Set<string>
}

export interface Entry {
  /** As it stands in a key. */
  readonly part: string
  /** As it stands on the server: `:` may be `%3A` there. */
  readonly name: string
  readonly kind: 'file' | 'folder'
  /** Of the file itself, where the name is a link. */
  readonly facts: FileFacts
}

/** A server may send names without end; so many of one folder are held. */
const maxNames = 250_000

export function inFolder(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`
}

function liesInside({ root }: Tree, path: string): boolean {
  return path === root || path.startsWith(inFolder(root, ''))
}

/**
 * The entries of a folder in the order of the keys below them. Throws `repository.badAnswer` for names that are none
 * (`../x`) and for more of them than anybody needs. Names that are no UTF-8 stand for no key.
 */
export async function readEntries(tree: Tree, folder: string): Promise<readonly Entry[]> {
  const byPart = new Map<string, Entry>()
  for await (const { name, facts } of rawNames(tree, folder)) {
    const entry = await entryOf(tree, folder, name, facts)
    const other = entry === null ? undefined : byPart.get(entry.part)
    if (entry !== null && (other === undefined || compareUtf8(other.name, entry.name) < 0))
      byPart.set(entry.part, entry)
  }
  const order = (entry: Entry): string => (entry.kind === 'folder' ? `${entry.part}/` : entry.part)
  return [...byPart.values()].sort((a, b) => compareUtf8(order(a), order(b)))
}

export async function* rawNames({ session }: Tree, folder: string) {
  let handle: Buffer
  try {
    handle = await session.openFolder(folder)
  } catch (error) {
    throw folderFailure(error, folder)
  }
  let count = 0
  try {
    for (;;) {
      const names = await session.readFolder(handle)
      if (names === null) return
      // An answer without a name counts as one: a server may send those without end, too.
      count += Math.max(1, names.length)
      if (count > maxNames) throw badAnswer(`The folder ${folder} has more than ${maxNames} names.`)
      for (const one of names) {
        if (one.name === '' || /[/\0]/.test(one.name)) {
          throw badAnswer(
            `The folder ${folder} has a name that is none: ${JSON.stringify(one.name.slice(0, 100))}.`,
          )
        }
        yield one
      }
    }
  } catch (error) {
    throw folderFailure(error, folder)
  } finally {
    await session.closeHandle(handle).catch(() => undefined)
  }
}

/** The entry that stands for a part; null where none does. */
export async function lookUp(tree: Tree, folder: string, part: string): Promise<Entry | null> {
  const path = inFolder(folder, part)
  const facts = await tree.session.lstat(path).catch((error: unknown) => {
    if (isNowhere(error)) return null
    throw folderFailure(error, folder)
  })
  const literal = facts === null ? null : await entryOf(tree, folder, part, facts)
  if (literal !== null || !part.includes(':')) return literal
  return (await readEntries(tree, folder)).find((entry) => entry.part === part) ?? null
}

/** The folder that the parts lead to, real paths all the way; null where one of them is no folder of the repository. */
export async function findFolder(tree: Tree, parts: readonly string[]): Promise<string | null> {
  const way = await findWay(tree, parts)
  return way?.at(-1) ?? null
}

/** The folders on the way, the root first; null as above. */
export async function findWay(tree: Tree, parts: readonly string[]): Promise<readonly string[] | null> {
  const way = [tree.root]
  for (const part of parts) {
    const folder = way.at(-1) ?? tree.root
    const entry = await lookUp(tree, folder, part)
    if (entry?.kind !== 'folder') return null
    const next = await realFolder(tree, folder, entry.name)
    if (next === null || way.includes(next)) return null
    way.push(next)
  }
  return way
}

/** Null where the name really leads outside the repository. */
export async function realFolder(tree: Tree, folder: string, name: string): Promise<string | null> {
  return realPathInside(tree, inFolder(folder, name))
}

export function infoOf(key: string, facts: FileFacts): ObjectInfo {
  return {
    key,
    sizeBytes: facts.sizeBytes,
    etag: null,
    modifiedAt: new Date(facts.modifiedSeconds * 1000).toISOString(),
    versionId: null,
  }
}

/** True for a part whose name the server's answers can carry: ssh2 shows what is no UTF-8 as U+FFFD. */
export function isTellable(part: string): boolean {
  return !part.includes('\ufffd')
}

async function entryOf(tree: Tree, folder: string, name: string, facts: FileFacts): Promise<Entry | null> {
  const part = isTellable(name) ? partOfName(name) : null
  if (part === null || facts.kind === 'other') return null
  if (facts.kind !== 'link') return { part, name, kind: facts.kind, facts }
  const target = await realPathInside(tree, inFolder(folder, name))
  if (target === null) return null
  const followed = await tree.session.lstat(target).catch((error: unknown) => {
    if (isNowhere(error)) return null
    throw folderFailure(error, folder)
  })
  if (followed === null || followed.kind === 'other' || followed.kind === 'link') return null
  return { part, name, kind: followed.kind, facts: followed }
}

async function realPathInside(tree: Tree, path: string): Promise<string | null> {
  try {
    const real = await tree.session.realPath(path)
    return liesInside(tree, real) ? real : null
  } catch (error) {
    // A link that leads nowhere, or in circles, which OpenSSH answers with a failure.
    if (isNowhere(error) || statusOf(error) === sftpStatus.failure) return null
    throw folderFailure(error, path)
  }
}
