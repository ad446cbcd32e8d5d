import type { OrphanRow, PruneRow } from '../../shared/domain/prune-plan.ts'
import type { CommandContext } from './context.ts'
import { bytesInWords, count, table, timeInWords } from './words.ts'

interface Rows {
  readonly rows: readonly Pick<PruneRow, 'fate' | 'backupId' | 'createdAt' | 'freesBytes' | 'reason'>[]
  readonly orphans: readonly OrphanRow[]
}

/** Every backup and leftover of a plan, each with its fate and the reason. */
export function printPruneRows(
  { rows, orphans }: Rows,
  none: string,
  { output, ports }: CommandContext,
): void {
  const nowMs = ports.clock.now()
  const lines = [
    ...rows.map(({ fate, backupId, createdAt, freesBytes, reason }) => [
      fate,
      backupId,
      createdAt === null ? 'time unknown' : timeInWords(createdAt, nowMs),
      freesBytes === 0 ? '-' : bytesInWords(freesBytes),
      reason,
    ]),
    ...orphans.map(({ fate, name, objects, sizeBytes, reason }) => [
      fate,
      name,
      `no backup, ${count(objects, 'object')}`,
      fate === 'delete' ? bytesInWords(sizeBytes) : '-',
      reason,
    ]),
  ]
  if (lines.length === 0) output.line(none)
  else for (const line of table([['FATE', 'BACKUP', 'CREATED', 'FREES', 'WHY'], ...lines])) output.line(line)
  output.line()
}

export function deletedWords({ rows, orphans }: Rows): string {
  const backups = rows.filter(({ fate }) => fate === 'delete').length
  const swept = orphans.filter(({ fate }) => fate === 'delete').length
  const leftovers = swept === 0 ? '' : ` and what was left of ${count(swept, 'other')}`
  return `${backups} of ${count(rows.length, 'backup')}${leftovers}`
}
