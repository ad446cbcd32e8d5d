import { open, rm } from 'node:fs/promises'

/** Whole or not at all, and never over something; a part of an export would pass for all of it. */
export async function writeNewFile(path: string, pieces: AsyncIterable<string>): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(pieces)
    await file.sync()
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    await file.close()
  }
}
