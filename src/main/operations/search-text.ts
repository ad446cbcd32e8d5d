import * as z from 'zod'
import { hashesOf } from './backup-details.ts'
import { factsOf, type RepositoryView } from './view-repository.ts'

/**
 * All that can be found of a repository once its view is gone: a line of JSON for each backup and each object. Text, for it is
 * kept of every cluster, and takes a small part of the memory that a view does.
 */
export type SearchText = string

export type Hit =
  | { readonly kind: 'backup'; readonly backupId: string }
  | {
      readonly kind: 'object'
      readonly key: string
      /** The one that was asked for; null: it was found by its key. */
      readonly hash: string | null
      /** How many backups point to it. */
      readonly users: number
      readonly newestBackupId: string
    }

const backupLine = z.tuple([z.string()])
/** Key, how many backups point to it, the newest of them, and its hashes: as stored, as plain, as recorded, each once. */
const objectLine = z.tuple([z.string(), z.number(), z.string()], z.string())
const anyLine = z.union([backupLine, objectLine])

export function searchTextOf({
  backups,
  evidence,
}: Pick<RepositoryView, 'backups' | 'evidence'>): SearchText {
  const objects = new Map<
    string,
    { readonly users: Set<string>; readonly newest: string; readonly hashes: string[] }
  >()
  for (const {
    backup: { backupId },
    report,
  } of backups) {
    for (const store of report.stores) {
      const key = store.key ?? `${store.holder}/${store.object}`
      const known = objects.get(key)
      if (known === undefined) {
        const { sha256, plainSha256 } = hashesOf(store.key === null ? null : factsOf(evidence, store.key))
        const recorded = (store.recorded ?? []).map(({ hex }) => hex.toLowerCase())
        const hashes = [...new Set([sha256, plainSha256, ...recorded].filter((hash) => hash !== null))]
        objects.set(key, { users: new Set([backupId]), newest: backupId, hashes })
      } else {
        known.users.add(backupId)
      }
    }
  }
  const lines: readonly z.infer<typeof anyLine>[] = [
    ...backups.map(({ backup }): z.infer<typeof backupLine> => [backup.backupId]),
    ...[...objects].map(([key, { users, newest, hashes }]): z.infer<typeof objectLine> => [
      key,
      users.size,
      newest,
      ...hashes,
    ]),
  ]
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}

/** Backups whose id and objects whose key hold what is looked for, and objects with a hash that begins so. */
export function searchIn(text: SearchText, wanted: string, most: number): readonly Hit[] {
  const name = wanted.trim()
  const hash = hashIn(name)
  const hits = new Map<string, Hit>()
  const needles = [JSON.stringify(name).slice(1, -1), ...(hash === null ? [] : [`"${hash}`])]
  for (const needle of needles) {
    for (const line of linesWith(needle, text)) {
      if (hits.size === most) break
      const hit = hitOf(line, name, hash)
      if (hit !== null) hits.set(line, hit)
    }
  }
  return [...hits.values()]
}

function* linesWith(needle: string, text: string): Generator<string, void> {
  for (let at = text.indexOf(needle); at !== -1;) {
    const end = text.indexOf('\n', at)
    yield text.slice(text.lastIndexOf('\n', at) + 1, end)
    at = text.indexOf(needle, end)
  }
}

/** What was typed or pasted, where it can be the beginning of a hash: also in groups, and in capitals. */
function hashIn(wanted: string): string | null {
  const digits = wanted.replaceAll(/\s/g, '').toLowerCase()
  return /^[0-9a-f]{6,64}$/.test(digits) ? digits : null
}

/** Null: it stands in the line, but not as what somebody looks for. */
function hitOf(line: string, name: string, hash: string | null): Hit | null {
  const [first, ...rest] = anyLine.parse(JSON.parse(line))
  const [users, newestBackupId, ...hashes] = rest
  if (users === undefined || newestBackupId === undefined) return { kind: 'backup', backupId: first }
  const found = hash === null ? undefined : hashes.find((each) => each.startsWith(hash))
  if (found === undefined && !first.includes(name)) return null
  return { kind: 'object', key: first, hash: found ?? null, users, newestBackupId }
}
