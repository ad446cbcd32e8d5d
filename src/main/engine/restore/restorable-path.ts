import { isPlainName } from '../../../shared/domain/plain-name.ts'

/** Deep enough for any store, and few enough folders to have open at once. */
const deepestParts = 64

/** Why a restore would not write a file or a folder under this path below its item; null where it would. */
export function whyNotRestorable(path: string): string | null {
  const parts = path.split('/')
  if (parts.length > deepestParts) return `It lies deeper than ${deepestParts} folders.`
  return parts.every(isPlainName) ? null : 'Its path is not made of plain names of at most 255 bytes.'
}
