import type { BackupDay } from '../../shared/contract/clusters.ts'
import { dayWords } from '../../shared/domain/time-words.ts'
import s from './strip.module.css'

type Outcome = BackupDay['outcome']

export const outcomeWords: Readonly<Record<Outcome, string>> = {
  done: 'done',
  late: 'done late',
  missed: 'missed: nothing was written',
  failed: 'failed',
  empty: 'done, but empty',
  none: 'before the first backup',
  today: 'not due yet',
}

/** One cell a day, oldest left. Done is a bar, missed a hole, failed drops below the line: the eye needs no colour. */
export function Strip({ days }: { readonly days: readonly BackupDay[] }) {
  return (
    <span
      className={s['strip']}
      role="img"
      aria-label={`${days.length} days to today, from backups alone: ${stripWords(days)}`}
    >
      {days.map(({ day, outcome }) => (
        <i key={day} data-d={outcome} title={`${dayWords(new Date(day))}: ${outcomeWords[outcome]}`} />
      ))}
    </span>
  )
}

/** `1 missed, 2 failed`, or `all done`. No days at all: nobody has seen the repository yet. */
export function stripWords(days: readonly BackupDay[]): string {
  if (days.length === 0) return 'not known'
  const count = (outcome: Outcome): number => days.filter((day) => day.outcome === outcome).length
  const faults = (['missed', 'failed', 'empty', 'late'] as const)
    .map((outcome) => [count(outcome), outcome] as const)
    .filter(([n]) => n > 0)
  if (faults.length > 0) return faults.map(([n, outcome]) => `${n} ${outcome}`).join(', ')
  return count('done') > 0 ? 'all done' : 'no backup'
}
