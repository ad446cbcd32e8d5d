/**
 * How the keys of a repository lie in a folder (local or SFTP): as relative paths, one name a part. Both directions are
 * pure and injective, so no two keys share a file and no key leads outside.
 *
 * A `:` may be written as `%3A`, for file systems that refuse it; on reading both are the same. So a key that itself
 * holds `%3A` cannot be kept in a folder: it would be read back as another one.
 */

const utf8 = new TextEncoder()
const maxNameBytes = 255
/** Of a key in a bucket; a folder holds what a bucket can. */
const maxKeyBytes = 1024
/** The file system's own, at the top of a disk, and closed to all but root: never a part of a repository (fsck(8)). */
const lostAndFound = 'lost+found'
const temporaryName = /^\.holdfast-[0-9a-f]{32}\.part$/

/** The parts of a key, each of which is also its name on the disk; null for a key that no folder can hold. */
export function keyParts(key: string): readonly string[] | null {
  const parts = key.split('/')
  return !isTooLongKey(key) && parts.every(isKeyPart) ? parts : null
}

/** True beyond the 1024 bytes that a bucket allows. Folders that are nested deeper hold no objects. */
export function isTooLongKey(key: string): boolean {
  return utf8.encode(key).byteLength > maxKeyBytes
}

/** True for one part of a key that a folder can hold: 1..255 bytes of UTF-8, not `.` or `..`, no NUL, no `%3A`. */
export function isKeyPart(part: string): boolean {
  if (part === '' || part === '.' || part === '..') return false
  if (/[/\0]/.test(part) || part.includes('%3A') || !part.isWellFormed()) return false
  return utf8.encode(part).byteLength <= maxNameBytes && !isTemporaryName(part) && part !== lostAndFound
}

/** The part of a key that a name in a folder stands for; null for a name that is no object and leads to none. */
export function partOfName(name: string): string | null {
  // A name that was shortened by a reader, or would be by a writer, is nobody's key.
  if (utf8.encode(name).byteLength > maxNameBytes) return null
  const part = name.replaceAll('%3A', ':')
  return isKeyPart(part) ? part : null
}

/** The name of a part where the file system refuses `:`. */
export function nameWithoutColon(part: string): string {
  return part.replaceAll(':', '%3A')
}

/** What an unfinished write is called until it is renamed; never listed and never a key. `unique` is 16 random bytes. */
export function temporaryNameOf(unique: Uint8Array): string {
  const hex = [...unique].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return `.holdfast-${hex}.part`
}

export function isTemporaryName(name: string): boolean {
  return temporaryName.test(name)
}
