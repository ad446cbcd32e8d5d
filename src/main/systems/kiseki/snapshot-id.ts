/** What kiseki writes below a snapshot's folder (from source: crates/kiseki-backup/src/lib.rs, `create_snapshot`). */
export const tarName = 'snapshot.tar'
export const manifestName = 'manifest.json'

/** `{created_at}-{uuid v4}` (from source: crates/kiseki-backup/src/lib.rs). Nothing checks that the date exists. */
const form =
  /^((\d{4,})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z)-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

export interface SnapshotTime {
  /** As it stands in the id; a manifest's `created_at` is the same text. */
  readonly text: string
  /** UTC ISO 8601; null where the id names no real time. */
  readonly createdAt: string | null
  /** True for a month or a day 00. */
  readonly hasZero: boolean
}

/** Null where the name is no id of a snapshot. */
export function timeOfSnapshotId(name: string): SnapshotTime | null {
  const match = form.exec(name)
  if (match === null) return null
  const [, text = '', ...digits] = match
  const fields = digits.map(Number)
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields
  const at = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  // Date takes the 31st of February for the 3rd of March; ISO 8601 has four digits for a year.
  const isReal = year >= 1970 && year <= 9999 && at.toISOString() === text.replace('Z', '.000Z')
  return { text, createdAt: isReal ? text : null, hasZero: month === 0 || day === 0 }
}

/** Some file systems refuse `:` in a name and have `%3A` for it: in a name both are the same. */
export function withColons(name: string): string {
  return name.replaceAll('%3A', ':')
}
