import { Buffer } from 'node:buffer'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { RunningCommand } from '../../ports/remote-host.ts'
import type { HashedItem } from '../../ports/restore-target.ts'

/** What the host's listing and sha256sum say of one item; see `hashScript`. Null where nothing is there. */
export async function readHashes(
  running: RunningCommand,
  {
    name,
    path,
    onBytes,
    checkEnd,
  }: {
    readonly name: string
    /** For messages. */
    readonly path: string
    readonly onBytes?: ((bytes: number) => void) | undefined
    /** Throws what an end means; true where nothing was there. */
    readonly checkEnd: () => Promise<boolean>
  },
): Promise<HashedItem | null> {
  const sizes = new Map<string, number>()
  const files: { readonly path: string; readonly sizeBytes: number; readonly sha256: string }[] = []
  let kind = ''
  let isSame = false
  let other: string | null = null
  const above = Buffer.byteLength(`./${name}/`)

  function take(field: string): void {
    if (kind === '') kind = field
    else if (kind === 'other') other ??= field
    else if (field.startsWith('F')) {
      const space = field.indexOf(' ')
      sizes.set(field.slice(space + 1), Number(field.slice(1, space)))
    } else if (field === 'same') isSame = true
    else if (/^[0-9a-f]{64} [ *]/.test(field)) {
      const found = kind === 'file' ? '' : Buffer.from(field.slice(66)).subarray(above).toString('utf8')
      const sizeBytes = sizes.get(found)
      if (sizeBytes === undefined) throw changed(path)
      files.push({ path: found, sizeBytes, sha256: field.slice(0, 64) })
      onBytes?.(sizeBytes)
    }
  }

  for await (const field of fields(running.stdout)) take(field)
  if (await checkEnd()) return null
  if (kind === 'other') return { kind: 'other', path: other ?? '' }
  const [first] = files
  if (!isSame || files.length !== sizes.size) throw changed(path)
  if (kind === 'folder') return { kind: 'folder', files }
  if (first === undefined) throw changed(path)
  return { kind: 'file', sizeBytes: first.sizeBytes, sha256: first.sha256 }
}

async function* fields(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let rest = Buffer.alloc(0)
  for await (const piece of pieces) {
    rest = Buffer.concat([rest, piece])
    let from = 0
    for (let end = rest.indexOf(0); end !== -1; end = rest.indexOf(0, from)) {
      yield rest.toString('utf8', from, end)
      from = end + 1
    }
    rest = rest.subarray(from)
  }
}

function changed(path: string): HoldfastError {
  return new HoldfastError('restore.failed', {
    what: `${path} could not be read.`,
    why: 'It was changed while it was read.',
  })
}
