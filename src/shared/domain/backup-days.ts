/** What a calendar of runs needs to know of one backup. */
export interface DatedBackup {
  /** UTC ISO 8601. */
  readonly createdAt: string
  /** How its own run ended: a backup that suffers from another one's damaged object ran well. */
  readonly run: 'done' | 'failed' | 'empty'
}

export interface Day {
  /** UTC, as `YYYY-MM-DD`. */
  readonly day: string
  readonly outcome: 'done' | 'late' | 'missed' | 'failed' | 'empty' | 'none' | 'today'
  readonly backups: number
}

const dayMs = 86_400_000

/** How much later than the target a run may begin before it is called late: schedules drift, backups take time. */
function toleranceMs(rpoMs: number): number {
  return Math.max(rpoMs / 10, 30 * 60_000)
}

/**
 * The last `days` days to today (UTC), oldest first, from the backups alone: no scheduler is asked, so a run that never
 * happened shows as well as one that failed. Backups in any order; those from the future count for today.
 */
export function backupDays(
  backups: readonly DatedBackup[],
  { nowMs, rpoMs, days }: { readonly nowMs: number; readonly rpoMs: number; readonly days: number },
): readonly Day[] {
  const times = backups
    .map(({ createdAt, run }) => ({ atMs: Math.min(Date.parse(createdAt), nowMs), run }))
    .sort((a, b) => a.atMs - b.atMs)
  const today = Math.floor(nowMs / dayMs)
  const allowedMs = rpoMs + toleranceMs(rpoMs)
  const result: Day[] = []
  let next = 0
  let lastMs: number | null = null
  for (let day = today - days + 1; day <= today; day += 1) {
    const startMs = day * dayMs
    for (; next < times.length && (times[next]?.atMs ?? 0) < startMs; next += 1) {
      lastMs = times[next]?.atMs ?? null
    }
    const before = lastMs
    const ofDay: DatedBackup['run'][] = []
    let isLate = false
    for (; next < times.length; next += 1) {
      const at = times[next]
      if (at === undefined || at.atMs >= startMs + dayMs) break
      isLate ||= lastMs !== null && at.atMs - lastMs > allowedMs
      lastMs = at.atMs
      ofDay.push(at.run)
    }
    const endMs = day === today ? nowMs : startMs + dayMs
    // On a day without any: a run was due by its end, and came clearly later or has not come. Runs of late evenings are missed on their own day.
    const overdue =
      before !== null && before + rpoMs <= endMs && (times[next]?.atMs ?? nowMs) - before > allowedMs
    const wasMissed = result.at(-1)?.outcome === 'missed'
    result.push({
      day: new Date(startMs).toISOString().slice(0, 10),
      outcome: outcomeOf(ofDay, {
        began: before !== null,
        overdue,
        isToday: day === today,
        isLate: isLate && !wasMissed,
      }),
      backups: ofDay.length,
    })
  }
  return result
}

function outcomeOf(
  runs: readonly DatedBackup['run'][],
  {
    began,
    overdue,
    isToday,
    isLate,
  }: {
    readonly began: boolean
    readonly overdue: boolean
    readonly isToday: boolean
    readonly isLate: boolean
  },
): Day['outcome'] {
  if (runs.length === 0) {
    if (!began) return 'none'
    if (overdue) return 'missed'
    return isToday ? 'today' : 'done'
  }
  if (runs.includes('failed')) return 'failed'
  if (runs.every((run) => run === 'empty')) return 'empty'
  return isLate ? 'late' : 'done'
}
