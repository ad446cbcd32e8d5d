import { isPlainName } from '../../../shared/domain/plain-name.ts'

/** Deep enough for any store, and few enough folders to have open at once. */
const deepestParts = 64

/** Leaves room for `.before-restore-<time>` in the 255 bytes of a name. */
const longestItemName = 200

/** True for a name that a restore may give an item of its own in the target's folder. */
export function isItemName(name: string): boolean {
  return isPlainName(name) && !name.startsWith('.') && Buffer.byteLength(name) <= longestItemName
}

/** Why a restore would not write a file or a folder under this path below its item; null where it would. */
export function whyNotRestorable(path: string): string | null {
  const parts = path.split('/')
  if (parts.length > deepestParts) return `It lies deeper than ${deepestParts} folders.`
  return parts.every(isPlainName) ? null : 'Its path is not made of plain names of at most 255 bytes.'
}
