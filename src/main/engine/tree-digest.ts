import { createHash } from 'node:crypto'

export interface TreeFile {
  /** Relative to the tree, parts joined by `/`. */
  readonly path: string
  readonly sizeBytes: number
  /** Lower-case hex. */
  readonly sha256: string
}

/**
 * One SHA-256 for a whole tree of files: over a line a file, sorted by the path's UTF-8 bytes, each
 * `<sha256> <size> <path as JSON string>\n`. Folders count only by what they hold. What a plan promises, what a walk of an archive
 * found and what stands on the disk afterwards are compared by it.
 */
export function treeDigest(files: Iterable<TreeFile>): string {
  const lines = [...files].map((file) => ({
    order: Buffer.from(file.path, 'utf8'),
    line: `${file.sha256} ${file.sizeBytes} ${JSON.stringify(file.path)}\n`,
  }))
  lines.sort((a, b) => Buffer.compare(a.order, b.order))
  const hash = createHash('sha256')
  for (const { line } of lines) hash.update(line)
  return hash.digest('hex')
}
