import { parseTimestamp } from './timestamps.ts'

/** A key that names a chango backup. */
export interface BackupKey {
  readonly key: string
  /** Unambiguous within one listing. */
  readonly backupId: string
  /** The time that the name carries, UTC ISO 8601; null where it carries none. */
  readonly createdAt: string | null
}

const ending = '.tar.gz'

/** Of a sidecar beside the object that it speaks for. */
export const sidecarEnding = '.sha256'

/**
 * The backups among the keys of one listing. Older masters write `<prefix>chango-<timestamp>-<uuid>.tar.gz`, newer ones
 * `<prefix>YYYYMMDDTHHMMSS-<8 hex>.tar.gz`; the prefix is put before the name as typed, so any beginning that ends in no
 * letter or digit may stand before it. Two keys with the same name behind their beginnings go by their whole keys.
 */
export function backupKeys(keys: Iterable<string>): readonly BackupKey[] {
  const found: BackupKey[] = []
  const uses = new Map<string, number>()
  for (const key of keys) {
    const backupId = nameIn(key)
    if (backupId === null) continue
    found.push({ key, backupId, createdAt: timeInName(backupId) })
    uses.set(backupId, (uses.get(backupId) ?? 0) + 1)
  }
  return found.map((backup) =>
    uses.get(backup.backupId) === 1 ? backup : { ...backup, backupId: backup.key.slice(0, -ending.length) },
  )
}

/** The object's name without its ending and without what its prefix put before it; null for any other key. */
export function nameIn(key: string): string | null {
  if (!key.endsWith(ending)) return null
  const name = key.slice(key.lastIndexOf('/') + 1, -ending.length)
  // The last place where it fits: a prefix may itself contain "chango-".
  const older = /^(?:.*[^\p{L}\p{N}])?(chango-.+)$/su.exec(name)
  if (older?.[1] !== undefined) return older[1]
  const newer = /^(?:.*[^\p{L}\p{N}])?(\d{8}T\d{6}-[0-9a-f]{8})$/su.exec(name)
  return newer?.[1] ?? null
}

/** Every name that a backup made under this key may call itself by. */
export function namesFor(key: string): readonly string[] {
  const whole = key.slice(0, -ending.length)
  const last = whole.slice(whole.lastIndexOf('/') + 1)
  const newer = /(?:^|[^\p{L}\p{N}])(\d{8}T\d{6}-[0-9a-f]{8})$/u.exec(last)?.[1]
  return [...new Set([nameIn(key), newer, last, whole].filter((name) => typeof name === 'string'))]
}

function timeInName(name: string): string | null {
  const newer = /^(\d{8}T\d{6})-[0-9a-f]{8}$/.exec(name)
  if (newer?.[1] !== undefined) return parseTimestamp(newer[1])
  // The digits of the UUID must not be taken for a time of day.
  const rest = name
    .replace(/^chango-/, '')
    .replace(/-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, '')
  // What follows the timestamp is no part of it: tried from the longest beginning that ends at a separator.
  for (let end = rest.length; end > 0; end = rest.lastIndexOf('-', end - 1)) {
    const time = parseTimestamp(rest.slice(0, end))
    if (time !== null) return time
  }
  return null
}
