import { HoldfastError } from '../../../../shared/domain/error.ts'
import { knownAs } from '../../../engine/runbook/outcomes.ts'
import type { Known, Option, RunbookInput } from '../../../ports/runbook.ts'
import { restoreWish, type RestoreWish } from '../restore/pgdata-journal.ts'
import { wishWords } from '../restore/database-restore.ts'
import type { RestoreChoice } from '../restore/restore-points.ts'
import { chosenBackup } from '../../../engine/runbook/choose-backup.ts'

/** How far to restore, as it is known and confirmed. */
export const wishName = 'wish'

export const timeInput: RunbookInput = {
  name: 'time',
  label: 'Restore to this moment (UTC)',
  help: 'Just before what went wrong; the newest backup before it and its WAL are used.',
  example: '2026-11-20T01:55:00Z',
  required: true,
  usual: '',
}

/** Throws `usage` for what is no time, or does not say of which zone: it would be another moment on another desk. */
export function timeOf(text: string): number {
  const isWhole = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/.test(text)
  const ms = Date.parse(text)
  if (isWhole && Number.isFinite(ms)) return ms
  throw new HoldfastError('usage', {
    what: `${JSON.stringify(text)} is no moment of a known zone.`,
    unchanged: 'Nothing was begun.',
    next: 'Write it as 2026-11-20T01:55:00Z, or with the hours from UTC: 2026-11-20T02:55:00+01:00.',
  })
}

/** `lostUntilMs`: of a database that goes on until it is restored; left out: up to the failure. */
export function optionOf(
  { wish, reachesMs, rpoMs, sentence }: RestoreChoice,
  advised: boolean,
  lostUntilMs?: number,
): Option {
  return {
    id: JSON.stringify(wish),
    label: wishWords(wish),
    says: [sentence],
    notPossible: null,
    advised,
    learnt: {
      [wishName]: JSON.stringify(wish),
      [chosenBackup.id]: wish.label ?? 'the newest backup',
      ...(reachesMs !== null && { [chosenBackup.createdAt]: new Date(reachesMs).toISOString() }),
      ...(wish.type !== 'immediate' && { [chosenBackup.isReplayed]: 'yes' }),
      ...(rpoMs !== null && { [chosenBackup.lostMs]: String(rpoMs) }),
      ...(lostUntilMs !== undefined && { [chosenBackup.lostUntil]: new Date(lostUntilMs).toISOString() }),
    },
  }
}

export function wishOf(known: Known): RestoreWish {
  return restoreWish.parse(JSON.parse(knownAs(known, wishName)))
}
