import { constants, existsSync, readlinkSync } from 'node:fs'
import { open, realpath, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { folderFailure, folderMissing, leadsNowhere } from './folder-errors.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'

/** The repository's folder as it was when the store was opened. */
export interface Root {
  /** Links resolved. */
  readonly path: string
  readonly device: bigint
  readonly inode: bigint
  /** Folders in which abandoned writes were looked for already. */
  readonly swept: Set<string>
}

/**
 * A folder held open. Names are looked up in the folder itself and not by its path, so that nobody can put another one
 * in its place between a check and a use (Linux; elsewhere by path).
 */
export interface OpenFolder {
  /** Links resolved. */
  readonly realPath: string
  /** A path for system calls. */
  at(name: string): string
  /** A folder in this one; null where there is none, or where it really lies outside the root. */
  open(name: string): Promise<OpenFolder | null>
  /** Makes new, renamed and removed names durable. */
  sync(): Promise<void>
  close(): Promise<void>
}

const linuxDescriptors = '/proc/self/fd'
const hasDescriptors = existsSync(linuxDescriptors)

/** Where an open file really lies: links, renames and swaps of its path cannot lie about it (Linux). */
export async function realPathOf(handle: FileHandle, path: string): Promise<string> {
  if (hasDescriptors) return readlinkSync(`${linuxDescriptors}/${handle.fd}`)
  const real = await realpath(path)
  const opened = await handle.stat({ bigint: true })
  const there = await open(real, constants.O_RDONLY)
  try {
    const now = await there.stat({ bigint: true })
    if (now.ino === opened.ino && now.dev === opened.dev) return real
  } finally {
    await there.close()
  }
  // Swapped between the two: it lies nowhere that could be named.
  return ''
}

export function liesInside(root: Root, realPath: string): boolean {
  return realPath === root.path || realPath.startsWith(root.path === '/' ? '/' : `${root.path}/`)
}

/** Null where there is no such folder, or where it really lies outside the root. */
async function openFolder(path: string, root: Root, shownAs: string): Promise<OpenFolder | null> {
  let handle: FileHandle
  try {
    handle = await open(path, constants.O_RDONLY | (constants.O_DIRECTORY ?? 0))
  } catch (error) {
    if (leadsNowhere(error)) return null
    throw folderFailure(error, shownAs)
  }
  const realPath = await realPathOf(handle, path).catch(() => '')
  if (!liesInside(root, realPath)) {
    await handle.close()
    return null
  }
  const at = (name: string): string =>
    hasDescriptors ? `${linuxDescriptors}/${handle.fd}/${name}` : join(realPath, name)
  return {
    realPath,
    at,
    open: (name) => openFolder(at(name), root, join(realPath, name)),
    sync: () => handle.sync(),
    close: () => handle.close(),
  }
}

/** Throws `repository.notFound`, `repository.accessDenied`. */
export async function findRoot(folder: string): Promise<Root> {
  try {
    const path = await realpath(folder)
    const handle = await open(path, constants.O_RDONLY | (constants.O_DIRECTORY ?? 0))
    try {
      const { dev, ino } = await handle.stat({ bigint: true })
      return { path, device: dev, inode: ino, swept: new Set() }
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw leadsNowhere(error) ? folderMissing(folder, error) : folderFailure(error, folder)
  }
}

/** Opens the root anew, and throws where another folder has taken its place: a disk that was unmounted is no empty one. */
export async function openRoot(root: Root): Promise<OpenFolder> {
  const found = await findRoot(root.path)
  if (found.path !== root.path || found.device !== root.device || found.inode !== root.inode) {
    throw new HoldfastError('repository.unreachable', {
      what: `The folder ${root.path} is not the one that was opened.`,
      why: 'Its disk was unmounted, or another folder was put in its place.',
      next: 'Mount it again and start over.',
    })
  }
  const folder = await openFolder(root.path, root, root.path)
  if (folder === null) throw folderMissing(root.path)
  return folder
}
