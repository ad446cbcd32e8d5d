import { printable } from '../../../shared/domain/printable.ts'

export type EntryName =
  | {
      readonly safe: true
      /** Parts joined by `/`, without leading or trailing slash, `.` parts and empty parts; empty: the root itself. */
      readonly path: string
      readonly absolute: boolean
    }
  | { readonly safe: false; readonly reason: string }

/**
 * What the name of an archive's entry means, and whether it may be used at all. A leading `./` and a folder's trailing
 * slash are harmless; whether an absolute name is allowed is for the format to say.
 */
export function readEntryName(name: string): EntryName {
  if (name === '') return { safe: false, reason: 'it is empty' }
  if (name.includes('\0')) return { safe: false, reason: 'it has a NUL character' }
  if (name.includes('\\')) return { safe: false, reason: 'it has a backslash' }
  const parts = name.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..')) return { safe: false, reason: 'it has a ".." part' }
  if (parts.some((part) => /^[A-Za-z]:/.test(part))) return { safe: false, reason: 'it names a drive' }
  return { safe: true, path: parts.join('/'), absolute: name.startsWith('/') }
}

/** True where `path` is `folder` or lies below it, by whole path parts. Both as `EntryName.path`. */
export function isWithin(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`)
}

/** A name for a message: quoted, shortened, nothing in it that could act on a screen. */
export function quoted(name: string): string {
  const short = name.length > 120 ? `${name.slice(0, 80)}…${name.slice(-30)}` : name
  return printable(JSON.stringify(short))
}
