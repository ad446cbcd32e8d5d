import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { HoldfastError } from '../../../shared/domain/error.ts'

const mostBytes = 64 * 1024

/**
 * The bytes of a file that holds a key, read only where its owner alone can read it. Links are followed: what counts is
 * the file that is opened. The caller wipes what it gets.
 */
export async function readKeyFile(path: string): Promise<Uint8Array> {
  if (!isAbsolute(path)) throw refused(path, 'Its path does not begin at the root.', 'Give the whole path.')
  let handle: FileHandle
  try {
    // A named pipe without a writer would never be opened.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw refused(path, `It cannot be opened (${code}).`, 'Check the path and its permissions.', error)
  }
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) throw refused(path, 'It is no file.', 'Name the file that holds the key.')
    if (process.platform !== 'win32' && (stats.mode & 0o077) !== 0) {
      const mode = (stats.mode & 0o777).toString(8).padStart(4, '0')
      throw refused(
        path,
        `Other users can reach it (mode ${mode}), so the key may be known to them.`,
        'Run chmod 600 on it, and consider whether the key has to be changed.',
      )
    }
    if (stats.size > mostBytes) {
      throw refused(
        path,
        `It has ${stats.size} bytes, and a key has at most ${mostBytes}.`,
        'Name the file that holds the key.',
      )
    }
    return await readWhole(handle, stats.size)
  } finally {
    await handle.close()
  }
}

async function readWhole(handle: FileHandle, sizeBytes: number): Promise<Uint8Array> {
  const bytes = Buffer.alloc(sizeBytes)
  let filled = 0
  while (filled < sizeBytes) {
    const { bytesRead } = await handle.read(bytes, filled, sizeBytes - filled, filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}

function refused(path: string, why: string, next: string, cause?: unknown): HoldfastError {
  return new HoldfastError(
    'usage',
    {
      what: `The key file ${JSON.stringify(path)} is not read.`,
      why,
      unchanged: 'Nothing was stored.',
      next,
    },
    { cause },
  )
}
