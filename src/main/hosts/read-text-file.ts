import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { HoldfastError } from '../../shared/domain/error.ts'

/** A file that the operator has named, as UTF-8; one that is larger is not read at all. Throws `usage`. */
export async function readTextFile(path: string, mostBytes: number): Promise<string> {
  let handle: FileHandle
  try {
    // A named pipe without a writer would never be opened.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw unread(path, `It cannot be opened (${code}).`, error)
  }
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) throw unread(path, 'It is no file.')
    if (stats.size > mostBytes) {
      throw unread(path, `It has ${stats.size} bytes, more than the limit of ${mostBytes}.`)
    }
    const bytes = await handle.readFile()
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw error instanceof TypeError ? unread(path, 'It is not UTF-8.', error) : error
  } finally {
    await handle.close()
  }
}

function unread(path: string, why: string, cause?: unknown): HoldfastError {
  return new HoldfastError(
    'usage',
    {
      what: `The file ${JSON.stringify(path)} is not read.`,
      why,
      unchanged: 'Nothing was changed.',
      next: 'Name another file.',
    },
    { cause },
  )
}
