import { open } from 'node:fs/promises'

/**
 * The bytes of a file that holds a master key, and its mode where other users can reach it: a key that lies open is said to, and taken
 * all the same, since a recovery must not wait for it. A pipe (`<(…)` of a shell) is read to its end.
 */
export async function readMasterKey(
  path: string,
): Promise<{ readonly bytes: Uint8Array; readonly openMode: string | null }> {
  const file = await open(path, 'r')
  try {
    const { mode } = await file.stat()
    const isOpen = process.platform !== 'win32' && (mode & 0o077) !== 0
    const openMode = isOpen ? (mode & 0o777).toString(8).padStart(4, '0') : null
    return { bytes: await file.readFile(), openMode }
  } finally {
    await file.close()
  }
}
