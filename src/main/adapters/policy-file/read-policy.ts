import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import * as z from 'zod'
import { policyDocument, type Policy } from '../../../shared/contract/policy.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { readJsonObject } from '../../../shared/domain/strict-json.ts'

const mostBytes = 64 * 1024

/**
 * What the administrator of this machine has locked; null where there is no such file. Throws `policy.broken` for one that cannot be
 * read or understood, or that anybody else could have written: what was to be locked is not known then.
 */
export async function readPolicy(file: string): Promise<Policy | null> {
  const handle = await opened(file)
  if (handle === null) return null
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) throw broken(file, 'It is no file.')
    if (process.platform !== 'win32' && (stats.uid !== 0 || (stats.mode & 0o022) !== 0)) {
      throw broken(file, 'Others than the administrator can write it: it has to be owned by root, mode 0644.')
    }
    const bytes = Buffer.alloc(mostBytes + 1)
    const { bytesRead } = await handle.read(bytes, 0, bytes.byteLength, 0)
    const reading = readJsonObject(bytes.subarray(0, bytesRead), mostBytes)
    if (!reading.ok) throw broken(file, `As a document, ${reading.reason}.`)
    const parsed = policyDocument.safeParse(reading.value)
    if (!parsed.success) throw broken(file, z.prettifyError(parsed.error))
    const { settings, leastMode, refuse } = parsed.data
    return { file, settings, leastMode, refuse }
  } finally {
    await handle.close()
  }
}

async function opened(file: string): Promise<FileHandle | null> {
  try {
    // A named pipe without a writer would never be opened.
    return await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw broken(file, `It cannot be opened (${code}).`, error)
  }
}

function broken(file: string, why: string, cause?: unknown): HoldfastError {
  return new HoldfastError(
    'policy.broken',
    {
      what: `What the administrator of this machine has locked in ${file} cannot be read.`,
      why,
      unchanged: 'Nothing was begun.',
      next: 'Have the file mended or removed. Commands that name a repository themselves work without it.',
    },
    { cause },
  )
}
