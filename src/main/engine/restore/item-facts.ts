import type { HashedItem } from '../../ports/restore-target.ts'
import { treeDigest } from '../tree-digest.ts'

/** What an item is, byte for byte; of a plan, of what was staged, or of what was read back. */
export interface ItemFacts {
  readonly kind: 'file' | 'folder'
  readonly files: number
  readonly sizeBytes: number
  /** A file: its SHA-256. A folder: its tree digest. */
  readonly digest: string
}

/** Null for what no restore makes: a link, a device, a folder that holds one, or nothing at all. */
export function factsOf(item: HashedItem | null): ItemFacts | null {
  if (item === null || item.kind === 'other') return null
  if (item.kind === 'file') return { kind: 'file', files: 1, sizeBytes: item.sizeBytes, digest: item.sha256 }
  return {
    kind: 'folder',
    files: item.files.length,
    sizeBytes: item.files.reduce((sum, file) => sum + file.sizeBytes, 0),
    digest: treeDigest(item.files),
  }
}

export function isSameItem(a: ItemFacts | null, b: ItemFacts | null): boolean {
  if (a === null || b === null) return false
  return a.kind === b.kind && a.files === b.files && a.sizeBytes === b.sizeBytes && a.digest === b.digest
}
