import { done, failed, notYet } from '../../engine/runbook/outcomes.ts'
import { manual } from '../../engine/runbook/steps.ts'
import type { Known, ManualStep, Outcome, StepContext } from '../../ports/runbook.ts'
import { isGood } from './good-backups.ts'

/** A backup is taken where it is usually taken; what comes of it is read to its end. */
export function newBackup(of: {
  readonly section: 'accept' | 'after'
  readonly does: readonly string[]
  readonly notNeeded: (known: Known) => string | null
  /** What to do where the new one is no better. */
  readonly whenBad: string
}): ManualStep {
  const { section, does, notNeeded, whenBad } = of
  return manual({
    id: 'new-backup',
    section,
    title: 'Take a new backup, and prove it',
    why: 'Until one made from now on is proved, nothing newer than the last good one is safe.',
    touches: 'Reads every object of the new backup.',
    does,
    notNeeded,
    look: async (context) => newerIsGood(context, whenBad),
  })
}

async function newerIsGood({ recovery, beganMs, progress }: StepContext, whenBad: string): Promise<Outcome> {
  const newer = (await recovery.points()).find(
    ({ createdAt }) => createdAt !== null && Date.parse(createdAt) >= beganMs,
  )
  if (newer === undefined) {
    return notYet(`No backup is there that was made after ${new Date(beganMs).toISOString()}.`, {
      next: 'Wait until it is made, then look again.',
    })
  }
  const proved = await recovery.prove(newer.backupId, progress)
  const evidence = [{ name: proved.backupId, value: proved.verdict }]
  const because = proved.because === null ? '' : ` ${proved.because}`
  return isGood(proved)
    ? done(`${proved.backupId} is good.${because}`, { evidence })
    : failed(`${proved.backupId} is no better.${because}`, { evidence, next: whenBad })
}
