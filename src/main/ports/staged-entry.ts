/**
 * One file or folder that a restore puts into a staging folder. A backup system turns its objects into a sequence of
 * these; the restore engine alone decides where and how they are written.
 */
export interface StagedEntry {
  /** The top name in the target, as the plan lists it: `kms`, `metadata`, … One path part. */
  readonly item: string
  /** Below the item, parts joined by `/`; empty where the item itself is meant (a file item, or the folder itself). */
  readonly path: string
  readonly kind: 'file' | 'folder'
  /** Of a file; 0 for a folder. */
  readonly sizeBytes: number
  /** Of a file: must be read to the end before the next entry is asked for. Empty for a folder. */
  readonly pieces: AsyncIterable<Uint8Array>
}
