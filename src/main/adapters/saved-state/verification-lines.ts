import * as z from 'zod'
import { verificationEntry } from '../../../shared/contract/backups.ts'
import { backupId } from '../../../shared/contract/values.ts'
import { jsonOrNull } from '../../../shared/domain/strict-json.ts'

/** A repository's verdicts as lines: the first one says what the file is, each other one is one verdict, oldest first. */
const header = z.strictObject({ schema: z.literal(1), repository: z.string() })
const line = z.strictObject({ backupId, ...verificationEntry.shape })

export type VerificationLine = z.infer<typeof line>

export function headerLine(repository: string): string {
  return JSON.stringify({ schema: 1, repository })
}

export function verdictLine(entry: VerificationLine): string {
  return JSON.stringify(line.parse(entry))
}

/** Null where the first line is understood; else why it is not. A file that holds nothing yet is fine. */
export function headerFault(
  text: string,
  repository: string | null,
): { readonly isNewer: boolean; readonly reason: string } | null {
  // A first line that was cut short was never followed by another: the file is as good as empty.
  if (!text.includes('\n')) return null
  const value = jsonOrNull(text.slice(0, text.indexOf('\n')))
  const parsed = header.safeParse(value)
  if (parsed.success) {
    return repository === null || parsed.data.repository === repository
      ? null
      : { isNewer: false, reason: 'It says that it belongs to another repository.' }
  }
  const schema = z.object({ schema: z.number().int().min(2) }).safeParse(value)
  return schema.success
    ? { isNewer: true, reason: `It is of schema ${schema.data.schema}; this version knows schema 1.` }
    : { isNewer: false, reason: 'Its first line is not the one that such a file begins with.' }
}

/** Lines that a crash cut short, and whatever else is no verdict, are passed over. */
export function parseVerdicts(text: string): readonly VerificationLine[] {
  const found: VerificationLine[] = []
  for (const one of text.split('\n').slice(1)) {
    if (one === '') continue
    const parsed = line.safeParse(jsonOrNull(one))
    if (parsed.success) found.push(parsed.data)
  }
  return found
}

/**
 * The newest verdicts of each backup that fit into `maxBytes`, oldest first: at most 50 a backup, and fewer where there
 * are so many backups that even these are too many. One of each backup stays longer than two of another.
 */
export function keepNewest(
  entries: readonly VerificationLine[],
  maxBytes: number,
): readonly VerificationLine[] {
  const ranks = new Map<string, number>()
  const ranked = entries.toReversed().map((entry, age) => {
    const rank = ranks.get(entry.backupId) ?? 0
    ranks.set(entry.backupId, rank + 1)
    return { entry, age, rank, sizeBytes: Buffer.byteLength(verdictLine(entry)) + 1 }
  })
  let leftBytes = maxBytes
  return ranked
    .filter(({ rank }) => rank < 50)
    .sort((a, b) => a.rank - b.rank || a.age - b.age)
    .filter(({ sizeBytes }) => (leftBytes -= sizeBytes) >= 0)
    .sort((a, b) => b.age - a.age)
    .map(({ entry }) => entry)
}
