import { ageWords, bytesWords } from '../../../shared/domain/size-words.ts'
import type { RestorePoint } from '../../ports/recovery.ts'
import type { Option, Step, StepContext } from '../../ports/runbook.ts'
import { check, choice } from './steps.ts'
import { done, failed, knownAs } from './outcomes.ts'

/**
 * What the choice of a backup makes known: its id, its time, and the milliseconds that are lost with it; `lostUntil` where they are
 * not those up to the failure but up to the restore, and `onlyTried` where it replaces nothing.
 */
export const chosenBackup = {
  id: 'backup',
  createdAt: 'backup.createdAt',
  lostMs: 'backup.lostMs',
  lostUntil: 'backup.lostUntil',
  onlyTried: 'backup.onlyTried',
  /** Its time is not when it was made, but how far its log is replayed. */
  isReplayed: 'backup.isReplayed',
} as const

interface Choosing {
  /** Why a backup cannot be chosen; null: it can. */
  readonly except?: (point: RestorePoint, context: StepContext) => string | null
  /** Whether the newest of such backups is advised. Left out: those that were made before the failure. */
  readonly advises?: (point: RestorePoint, context: StepContext) => boolean
  /** Nothing is replaced by what is chosen, so nothing is lost. */
  readonly isRehearsal?: boolean
  /** The cluster is up, and what it takes in after the failure is replaced too: lost is all up to the restore. */
  readonly livesUntilRestored?: boolean
}

/**
 * The newest backup of before the failure, or another one: what each costs is said, and what is chosen is read to the end before
 * anything is changed. One that was made since may hold what went wrong, or the empty state of a fresh master.
 */
export function chooseBackup({
  except = () => null,
  advises = isBeforeFailure,
  isRehearsal = false,
  livesUntilRestored = false,
}: Choosing = {}): readonly Step[] {
  return [
    choice({
      id: 'choose-backup',
      section: 'before',
      title: isRehearsal ? 'Choose the backup to rehearse with' : 'Choose the backup to go back to',
      why: isRehearsal
        ? 'The newest one tells most; the cluster and what it holds stay as they are.'
        : 'Everything that changed after it is lost.',
      options: async (context) => {
        const points = await context.recovery.points()
        const { failedMs } = context
        const lostUntilMs = livesUntilRestored ? context.session.clock.now() : null
        const options = points.map((point) => ({
          option: optionOf(point, { failedMs, lostUntilMs, refused: except(point, context), isRehearsal }),
          isFit: advises(point, context),
        }))
        const advised = options.find(({ option, isFit }) => isFit && option.notPossible === null)?.option
        return options.map(({ option }) => ({ ...option, advised: option === advised }))
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

export function isBeforeFailure(
  { createdAt }: RestorePoint,
  { failedMs }: Pick<StepContext, 'failedMs'>,
): boolean {
  return createdAt === null || Date.parse(createdAt) <= failedMs
}

function optionOf(
  point: RestorePoint,
  of: {
    readonly failedMs: number
    /** Null: the failure. */
    readonly lostUntilMs: number | null
    readonly refused: string | null
    readonly isRehearsal: boolean
  },
): Option {
  const { failedMs, lostUntilMs, refused, isRehearsal } = of
  const { backupId, createdAt, verdict, because, verifiedAt, sizeBytes } = point
  const lostMs = createdAt === null ? null : Math.max(0, (lostUntilMs ?? failedMs) - Date.parse(createdAt))
  const says = [
    lostMs === null
      ? 'What is lost cannot be said: when it was made is not known.'
      : isBeforeFailure(point, { failedMs })
        ? `${ageWords(lostMs)} of changes ${isRehearsal ? 'would be' : 'are'} lost.`
        : 'It was made after the failure: it may hold what went wrong, or nothing.',
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
      ...(lostMs !== null && !isRehearsal && { [chosenBackup.lostMs]: String(lostMs) }),
      ...(lostUntilMs !== null && { [chosenBackup.lostUntil]: new Date(lostUntilMs).toISOString() }),
      ...(isRehearsal && { [chosenBackup.onlyTried]: 'yes' }),
    },
  }
}
