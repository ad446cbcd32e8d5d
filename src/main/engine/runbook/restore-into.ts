import { ageWords } from '../../../shared/domain/size-words.ts'
import type { RecoveryTarget } from '../../ports/recovery.ts'
import type { Known, Step, StepContext } from '../../ports/runbook.ts'
import { chosenBackup } from './choose-backup.ts'
import { done, knownAs, notYet } from './outcomes.ts'
import { action, check, confirm } from './steps.ts'
import { sh } from './twins.ts'

const planHash = 'plan.hash'
/** The plain bytes of the plan. */
export const plannedSize = 'plan.sizeBytes'

/**
 * Plan, confirmation and run of one restore into one folder, here or on a host: exactly the plan that was confirmed, staged
 * beside what stands there, swapped, read back, and taken back on demand.
 */
export function restoreInto(of: {
  /** A function where it is known only once the steps before it have looked. */
  readonly target: RecoveryTarget | ((known: Known) => RecoveryTarget)
  /** As a person would write it, for what is shown before it is known. */
  readonly shown?: string
  /** What the operator confirms beside what is lost: what stops, who notices. */
  readonly also: readonly string[]
  readonly touches: string
  /** Where something else may do the restore in its place. */
  readonly notNeeded?: (known: Known) => string | null
}): readonly [Step, Step, Step] {
  const targetOf = typeof of.target === 'function' ? of.target : () => knownTarget
  const knownTarget = typeof of.target === 'function' ? { address: of.shown ?? 'TARGET' } : of.target
  return [
    check({
      id: 'plan-restore',
      section: 'before',
      title: 'Plan the restore',
      why: 'What is confirmed is exactly what will be done.',
      touches: `Looks at ${knownTarget.address}.`,
      look: async ({ recovery, known }) => {
        const plan = await recovery.plan(knownAs(known, chosenBackup.id), targetOf(known))
        return done(plan.says.join(' '), {
          evidence: [{ name: 'plan', value: plan.hash }],
          learnt: { [planHash]: plan.hash, [plannedSize]: String(plan.sizeBytes) },
        })
      },
    }),
    confirm({
      id: 'confirm-restore',
      section: 'before',
      title: 'Confirm what is lost',
      why: 'From here on the old data is replaced.',
      of: [chosenBackup.id, planHash],
      says: async (context) => [...whatIsLost(context), ...of.also],
    }),
    action({
      id: 'restore',
      section: 'restore',
      title: 'Restore, and read every byte back',
      why: 'Staged beside what stands there, then swapped: a failure leaves the old state, never something between.',
      touches: of.touches,
      undo: 'What stood there is kept beside it and can be swapped back.',
      twin: restoreTwin(knownTarget),
      damage: 2,
      ...(of.notNeeded !== undefined && { notNeeded: of.notNeeded }),
      act: async ({ recovery, known, progress }) => {
        const backupId = knownAs(known, chosenBackup.id)
        const result = await recovery.restore(backupId, targetOf(known), knownAs(known, planHash), progress)
        return done(result.sentence, { evidence: asides(result.movedAside) })
      },
      look: async ({ recovery, known }) => {
        const state = await recovery.state(targetOf(known), knownAs(known, planHash))
        switch (state.kind) {
          case 'done':
            return done(state.result.sentence, { evidence: asides(state.result.movedAside) })
          case 'none':
            return notYet('No restore by this plan was begun there.')
          case 'unfinished':
            // The restore itself ends what was cut short before it begins anything.
            return notYet(`${state.sentence} Going on ends it first.`)
        }
      },
      takeBack: async ({ recovery, known }) => {
        const result = await recovery.rollBack(targetOf(known))
        return done(result.sentence, { evidence: asides(result.movedAside) })
      },
    }),
  ]
}

/** In the words of a confirmation. */
export function whatIsLost({
  known,
  setting,
  session,
}: Pick<StepContext, 'known' | 'setting'> & {
  readonly session: Pick<StepContext['session'], 'clock'>
}): readonly string[] {
  const createdAt = known.get(chosenBackup.createdAt)
  const lostMs = known.get(chosenBackup.lostMs)
  if (lostMs === undefined || createdAt === undefined)
    return [`Everything that ${setting.cluster.name} took in since the backup is lost.`]
  if (!known.has(chosenBackup.lostUntil))
    return [
      `${ageWords(Number(lostMs))} of changes to ${setting.cluster.name} are lost: everything after ${createdAt}.`,
    ]
  const untilNowMs = Math.max(0, session.clock.now() - Date.parse(createdAt))
  return [
    `${ageWords(untilNowMs)} of changes to ${setting.cluster.name} are lost, also what was changed since it went wrong: everything after ${createdAt}.`,
  ]
}

function asides(moved: readonly { readonly name: string; readonly to: string }[]) {
  return moved.map(({ name, to }) => ({ name: `${name} stood there, now`, value: to }))
}

function restoreTwin({ address }: RecoveryTarget): string {
  return sh`holdfast restore BACKUP --target ${address} --confirm CLUSTER --plan HASH`
}
