import { createInflateRaw } from 'node:zlib'
import { Readable } from 'node:stream'
import { ArchiveFault } from '../../engine/archive/archive-fault.ts'

/** The plain bytes of a bare deflate stream; throws ArchiveFault where it is none, or ends early. */
export async function* inflatedRaw(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const inflate = createInflateRaw()
  const input = Readable.from(source, { objectMode: true })
  input.once('error', (error) => inflate.destroy(error))
  input.pipe(inflate)
  try {
    for await (const piece of inflate) if (piece instanceof Uint8Array) yield piece
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'Z_BUF_ERROR') throw new ArchiveFault('archive.truncated', 'the deflate stream ends early.')
    if (code.startsWith('Z_')) throw new ArchiveFault('archive.malformed', 'the deflate stream is damaged.')
    throw error
  } finally {
    inflate.destroy()
    input.destroy()
  }
}
