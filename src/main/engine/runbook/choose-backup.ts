import { ageWords, bytesWords } from '../../../shared/domain/size-words.ts'
import type { RestorePoint } from '../../ports/recovery.ts'
import type { Option, Step, StepContext } from '../../ports/runbook.ts'
import { check, choice } from './steps.ts'
import { done, failed, knownAs } from './outcomes.ts'

/** What the choice of a backup makes known: its id, its time, and the milliseconds that are lost with it. */
export const chosenBackup = { id: 'backup', createdAt: 'backup.createdAt', lostMs: 'backup.lostMs' } as const

/**
 * The newest backup that is proved, or an older one: what each costs is said, and what is chosen is read to the end before
 * anything is changed.
 */
export function chooseBackup(
  more: { readonly except?: (point: RestorePoint, context: StepContext) => string | null } = {},
): readonly Step[] {
  return [
    choice({
      id: 'choose-backup',
      section: 'before',
      title: 'Choose the backup to go back to',
      why: 'Everything that changed after it is lost.',
      options: async (context) => {
        const points = await context.recovery.points()
        const options = points.map((point) =>
          optionOf(point, context.failedMs, more.except?.(point, context) ?? null),
        )
        const advised = options.find(({ notPossible }) => notPossible === null)
        return options.map((option) => ({ ...option, advised: option === advised }))
      },
    }),
    check({
      id: 'prove-backup',
      section: 'before',
      title: 'Prove that the backup can be restored',
      why: 'A backup that cannot be restored must be known before the old data is touched.',
      touches: 'Reads every object of the backup.',
      look: async ({ recovery, known, progress }) => {
        const point = await recovery.prove(knownAs(known, chosenBackup.id), progress)
        const evidence = [
          { name: 'verdict', value: point.verdict },
          { name: 'read', value: point.verifiedAt ?? 'nothing' },
        ]
        const because = point.because === null ? '' : ` ${point.because}`
        return point.verdict === 'good' || point.verdict === 'warning'
          ? done(`${point.backupId} is ${point.verdict}.${because}`, { evidence })
          : failed(`${point.backupId} is ${point.verdict}.${because}`, {
              evidence,
              next: 'Begin again with another backup, or give what is missing to prove this one.',
            })
      },
    }),
  ]
}

function optionOf(point: RestorePoint, failedMs: number, refused: string | null): Option {
  const { backupId, createdAt, verdict, because, verifiedAt, sizeBytes } = point
  const lostMs = createdAt === null ? null : Math.max(0, failedMs - Date.parse(createdAt))
  const says = [
    lostMs === null
      ? 'What is lost cannot be said: when it was made is not known.'
      : `${ageWords(lostMs)} of changes are lost.`,
    verifiedAt === null ? 'Not proved yet: it is read before anything is changed.' : `Read ${verifiedAt}.`,
    ...(because === null ? [] : [because]),
    ...(sizeBytes === null ? [] : [bytesWords(sizeBytes)]),
  ]
  return {
    id: backupId,
    label: `${backupId} (${createdAt ?? 'time unknown'})`,
    says,
    notPossible: verdict === 'bad' ? `It is bad. ${because ?? ''}`.trim() : refused,
    advised: false,
    learnt: {
      [chosenBackup.id]: backupId,
      ...(createdAt !== null && { [chosenBackup.createdAt]: createdAt }),
      ...(lostMs !== null && { [chosenBackup.lostMs]: String(lostMs) }),
    },
  }
}
