import { ArchiveFault } from './archive-fault.ts'
import { quoted } from './entry-name.ts'

type Kind = 'file' | 'folder'

export interface NameLimits {
  /** Of all names, folders that are only implied included. */
  readonly totalNameBytes: number
  readonly names: number
}

export const nameLimits: NameLimits = { totalNameBytes: 64 * 1024 * 1024, names: 1_000_000 }

/**
 * Every name of one archive, so that no two entries mean the same place: not the same name twice, not a name as file
 * and folder, and no two names that differ only in case or in Unicode normalisation, which one file system keeps apart
 * and the next one lets overwrite each other.
 */
export interface NameRegister {
  /**
   * Takes a name as `EntryName.path`. Null where it stands for itself; else why it does not. Throws ArchiveFault
   * `archive.tooLarge` where all names together are too many.
   */
  add(path: string, kind: Kind): string | null
}

export function nameRegister(limits: NameLimits = nameLimits): NameRegister {
  /** By folded path. Nearly all paths are their own folded form: then the kind is all that is kept. */
  const taken = new Map<string, Kind | { readonly kind: Kind; readonly path: string }>()
  let totalBytes = 0

  function remember(fold: string, path: string, kind: Kind): void {
    taken.set(fold, fold === path ? kind : { kind, path })
    totalBytes += Buffer.byteLength(path)
    if (totalBytes > limits.totalNameBytes || taken.size > limits.names) {
      throw new ArchiveFault(
        'archive.tooLarge',
        `The archive has too many names: ${taken.size} with ${totalBytes} bytes, implied folders included; the limits are ${limits.names} and ${limits.totalNameBytes}.`,
      )
    }
  }

  function place(path: string, kind: Kind): { clash: string | null; known: boolean } {
    const fold = folded(path)
    const found = taken.get(fold)
    if (found === undefined) {
      remember(fold, path, kind)
      return { clash: null, known: false }
    }
    const there = typeof found === 'string' ? { kind: found, path: fold } : found
    if (there.path !== path) {
      const clash = `${quoted(path)} and ${quoted(there.path)} differ only in case or in Unicode normalisation, so on some file systems one overwrites the other.`
      return { clash, known: true }
    }
    if (there.kind !== kind) return { clash: `${quoted(path)} is both a file and a folder.`, known: true }
    const clash = kind === 'file' ? `The file ${quoted(path)} stands in it twice.` : null
    return { clash, known: true }
  }

  return {
    add(path, kind) {
      if (path === '') return null
      const own = place(path, kind)
      if (own.clash !== null) return own.clash
      if (own.known) return null
      for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
        const folder = place(path.slice(0, end), 'folder')
        if (folder.clash !== null) return folder.clash
        // Its own folders were looked at when it came.
        if (folder.known) break
      }
      return null
    },
  }
}

/** Equal for names that any usual file system takes for the same. */
function folded(path: string): string {
  if (/^[a-z0-9_./-]*$/.test(path)) return path
  return path.normalize('NFD').toUpperCase().toLowerCase().normalize('NFD')
}
