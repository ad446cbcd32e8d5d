import { readFileSync } from 'node:fs'

/** The text of a file that the programs of a host may remove at any moment; null where it is not there. */
export function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
