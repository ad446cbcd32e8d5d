import { ageWords } from '../../../shared/domain/size-words.ts'
import { chosenBackup } from '../../engine/runbook/choose-backup.ts'
import type { RestorePoint } from '../../ports/recovery.ts'
import type { Option, StepContext } from '../../ports/runbook.ts'

export function isGood({ verdict }: Pick<RestorePoint, 'verdict'>): boolean {
  return verdict === 'good' || verdict === 'warning'
}

/** Every backup, with what it costs more than the newest; only what was proved can be chosen. */
export async function goodBackups(
  { recovery, failedMs }: Pick<StepContext, 'recovery' | 'failedMs'>,
  newestAt: string | null,
): Promise<readonly Option[]> {
  const points = await recovery.points()
  const advised = points.find(isGood)
  return points.map((point) => ({
    id: point.backupId,
    label: `${point.backupId} (${point.createdAt ?? 'time unknown'})`,
    says: saysOf(point, newestAt),
    notPossible: isGood(point) ? null : notPossible(point),
    advised: point === advised,
    learnt: learntOf(point, failedMs),
  }))
}

function saysOf(
  { createdAt, because, verifiedAt }: RestorePoint,
  newestAt: string | null,
): readonly string[] {
  const moreMs = createdAt === null || newestAt === null ? null : Date.parse(newestAt) - Date.parse(createdAt)
  return [
    moreMs !== null && moreMs <= 0
      ? 'It is the newest one.'
      : moreMs === null
        ? 'How much more is lost than with the newest one is not known.'
        : `${ageWords(moreMs)} more are lost than with the newest one.`,
    ...(verifiedAt === null ? [] : [`Read ${verifiedAt}.`]),
    ...(because === null ? [] : [because]),
  ]
}

function notPossible({ verdict, because }: RestorePoint): string {
  return verdict === 'bad' ? `It is bad. ${because ?? ''}`.trim() : 'It was not read to its end.'
}

function learntOf({ backupId, createdAt }: RestorePoint, failedMs: number): Readonly<Record<string, string>> {
  return {
    [chosenBackup.id]: backupId,
    ...(createdAt !== null && {
      [chosenBackup.createdAt]: createdAt,
      [chosenBackup.lostMs]: String(Math.max(0, failedMs - Date.parse(createdAt))),
    }),
  }
}
