import type { ArchiveFaultCode } from './archive-fault.ts'
import { quoted, readEntryName } from './entry-name.ts'
import { gunzip, gunzipLimits, type GunzipLimits } from './gunzip.ts'
import { nameLimits, nameRegister, type NameLimits, type NameRegister } from './name-register.ts'
import { readTar, tarLimits, type TarEntry, type TarLimits } from './tar-reader.ts'

export interface ArchiveLimits {
  readonly gunzip: GunzipLimits
  readonly tar: TarLimits
  readonly names: NameLimits
}

export const archiveLimits: ArchiveLimits = { gunzip: gunzipLimits, tar: tarLimits, names: nameLimits }

/** A regular file or folder with a safe name of its own. */
export interface UsableEntry {
  /** As `EntryName.path`: relative, without `.` and empty parts; empty for the root itself. */
  readonly path: string
  /** True where the name stood with a leading slash. */
  readonly absolute: boolean
  readonly kind: 'file' | 'folder'
  readonly sizeBytes: number
  readonly pieces: AsyncIterable<Uint8Array>
}

/** What is wrong with one entry, while the reading goes on. */
export interface EntryFlaw {
  readonly code: ArchiveFaultCode
  /** Null where the name is not safe to use. */
  readonly path: string | null
  readonly message: string
}

/** The entries of a tar.gz that may be used, as `usableTarEntries` says. */
export function usableEntries(
  pieces: AsyncIterable<Uint8Array>,
  flawed: (flaw: EntryFlaw) => void,
  limits: ArchiveLimits = archiveLimits,
): AsyncGenerator<UsableEntry, number, undefined> {
  return usableTarEntries(gunzip(pieces, limits.gunzip), flawed, limits)
}

/**
 * The entries of a tar that may be used. What may not be is told to `flawed` and left out; what ends the reading is
 * thrown as ArchiveFault. An archive is sound only where the loop ended normally and nothing was told. The returned
 * value is the number of bytes up to the end of the second zero block.
 */
export async function* usableTarEntries(
  pieces: AsyncIterable<Uint8Array>,
  flawed: (flaw: EntryFlaw) => void,
  limits: Omit<ArchiveLimits, 'gunzip'> = archiveLimits,
): AsyncGenerator<UsableEntry, number, undefined> {
  const register = nameRegister(limits.names)
  const entries = readTar(pieces, limits.tar)
  try {
    for (;;) {
      const next = await entries.next()
      if (next.done === true) return next.value
      const entry = next.value
      const usable = usableEntry(entry, register, flawed)
      if (usable !== null) yield usable
    }
  } finally {
    await entries.return(0)
  }
}

function usableEntry(
  entry: TarEntry,
  register: NameRegister,
  flawed: (flaw: EntryFlaw) => void,
): UsableEntry | null {
  const name = readEntryName(entry.name)
  if (!name.safe) {
    const message = `The entry ${quoted(entry.name)} has a name that must not be used: ${name.reason}.`
    flawed({ code: 'archive.unsafePath', path: null, message })
    return null
  }
  const { path, absolute } = name
  if (entry.kind === 'other') {
    const message = `${quoted(entry.name)} is ${entry.type}; only regular files and folders belong in a backup.`
    flawed({ code: 'archive.unsafeEntry', path, message })
    return null
  }
  if (entry.global) {
    const message = `The archive is damaged: ${quoted(entry.name)} has its name or size from a global header, where readers disagree about which entries it means.`
    flawed({ code: 'archive.malformed', path, message })
    return null
  }
  const clash =
    path === '' && entry.kind === 'file'
      ? 'A file stands for the root itself.'
      : register.add(path, entry.kind)
  if (clash !== null) {
    flawed({ code: 'archive.malformed', path, message: `The archive is damaged: ${clash}` })
    return null
  }
  return { path, absolute, kind: entry.kind, sizeBytes: entry.sizeBytes, pieces: entry.pieces }
}
