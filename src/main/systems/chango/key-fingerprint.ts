import type { MasterKey } from '../../ports/master-key.ts'

/** Before the key when it is hashed (chango documents, features/backup of August 2026). */
const label = 'chango-master-key-fingerprint:v1:'

/**
 * What the newer dialect records of its master key in every archive, and tells of itself: the first 16 hex digits of a SHA-256. It has no salt, so
 * anyone can test guesses against it: compared, never shown.
 */
export function keyFingerprint(key: MasterKey): string {
  return key.sha256After(label).slice(0, 16)
}
