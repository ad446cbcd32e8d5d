import { constants, existsSync, type Stats } from 'node:fs'
import { lstat, mkdir, open, readdir, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { refused, systemCode } from '../target-rules/target-error.ts'

/**
 * Linux shows each open folder as /proc/self/fd/N: a path that begins there leads into that very folder, whatever has
 * since been put in its place under its name (proc(5); Node has no openat).
 */
export const hasFolderPaths = existsSync('/proc/self/fd')

/** O_PATH (Linux, open(2)): enough to walk through a folder that may be searched but not listed. Node has no name for it. */
const walkOnly = process.platform === 'linux' ? 0o10000000 : 0
const folderOnly = constants.O_DIRECTORY | constants.O_NOFOLLOW

export interface FolderEntries {
  readonly files: readonly string[]
  readonly folders: readonly string[]
  readonly others: readonly string[]
}

/**
 * An open folder. What is done through it happens in this folder and nowhere else, though somebody renames it or swaps
 * a folder above it for a link. Where the system has no folder paths, its plain path is checked before each use.
 */
export class Folder implements AsyncDisposable {
  readonly handle: FileHandle
  readonly stats: Stats
  /** For messages; and the way in where there are no folder paths. */
  readonly path: string
  readonly #byDescriptor: boolean

  private constructor(handle: FileHandle, stats: Stats, path: string, byDescriptor: boolean) {
    this.handle = handle
    this.stats = stats
    this.path = path
    this.#byDescriptor = byDescriptor
  }

  static async root(byDescriptor: boolean): Promise<Folder> {
    return Folder.#open('/', '/', walkOnly, byDescriptor)
  }

  static async #open(way: string, path: string, flags: number, byDescriptor: boolean): Promise<Folder> {
    const handle = await open(way, constants.O_RDONLY | folderOnly | flags)
    try {
      return new Folder(handle, await handle.stat(), path, byDescriptor)
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  /** A path that leads to `name` in this folder; `.` is the folder itself. */
  async at(name: string): Promise<string> {
    if (this.#byDescriptor) return `/proc/self/fd/${this.handle.fd}/${name}`
    const now = await lstat(this.path)
    if (now.dev !== this.stats.dev || now.ino !== this.stats.ino) {
      throw refused(`${this.path} cannot be used.`, 'It was swapped for something else meanwhile.')
    }
    return join(this.path, name)
  }

  /** The folder of that name; a link or anything else fails. `walk`: only to go on from there. */
  async folder(name: string, walk: 'walk' | 'list' = 'list'): Promise<Folder> {
    const flags = walk === 'walk' ? walkOnly : 0
    return Folder.#open(await this.at(name), join(this.path, name), flags, this.#byDescriptor)
  }

  /** Makes the folder where it is missing, with exactly that mode whatever the umask. */
  async makeFolder(name: string, mode: number): Promise<{ readonly folder: Folder; readonly made: boolean }> {
    let made = true
    try {
      await mkdir(await this.at(name), 0o700)
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error
      made = false
    }
    const folder = await this.folder(name)
    try {
      if (made && mode !== 0o700) await folder.handle.chmod(mode)
      return { folder, made }
    } catch (error) {
      await folder.close()
      throw error
    }
  }

  /** Opens or creates a file; a link is never followed, a pipe never waited for. */
  async file(name: string, flags: number, mode = 0o600): Promise<FileHandle> {
    return open(await this.at(name), flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, mode)
  }

  async lstat(name: string): Promise<Stats> {
    return lstat(await this.at(name))
  }

  async names(): Promise<string[]> {
    return readdir(await this.at('.'))
  }

  /** The same names, by what they are; a link is none of both. */
  async entries(): Promise<FolderEntries> {
    const files: string[] = []
    const folders: string[] = []
    const others: string[] = []
    for (const entry of await readdir(await this.at('.'), { withFileTypes: true })) {
      const kind = entry.isFile() ? files : entry.isDirectory() ? folders : others
      kind.push(entry.name)
    }
    return { files, folders, others }
  }

  async sync(): Promise<void> {
    await this.handle.sync()
  }

  async close(): Promise<void> {
    await this.handle.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/** True for the same file or folder under whatever name. */
export function isSame(a: Stats, b: Stats): boolean {
  return a.dev === b.dev && a.ino === b.ino
}
