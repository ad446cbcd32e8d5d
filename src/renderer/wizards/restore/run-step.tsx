import type { Job } from '../../../shared/contract/jobs.ts'
import { Figures, PhaseList, PhaseTrack } from '../../areas/activity/job-figures.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { Section } from '../../ui/frame.tsx'
import { wizardStyles as w } from '../../ui/wizard.tsx'
import { RestoreInPlace, RolledBack } from './result.tsx'

/** The run while it goes on, and what it came to. */
export function RunStep({ job }: { readonly job: Job }) {
  const isActive = job.state === 'running' || job.state === 'waiting'
  return (
    <>
      <div role="status">
        <h2 className={w['pageTitle']}>{titleOf(job)}</h2>
      </div>
      <p className={w['lead']}>
        {job.outcome ??
          'Exactly the confirmed plan is run. You can leave this page: the run goes on, and the job centre shows it.'}
      </p>
      {job.failure !== null && <ErrorPanel failure={job.failure} />}
      {job.result?.kind === 'restore' && <RestoreInPlace result={job.result} />}
      {job.result?.kind === 'rollback' && <RolledBack result={job.result} />}
      {isActive && (
        <>
          <Figures job={job} />
          <PhaseTrack job={job} />
        </>
      )}
      <Section note={isActive ? undefined : 'as they went'}>Phases</Section>
      <PhaseList job={job} />
    </>
  )
}

function titleOf({ kind, state }: Job): string {
  const isRollback = kind === 'rollback'
  switch (state) {
    case 'waiting':
      return 'Waits for its turn.'
    case 'running':
      return isRollback ? 'Going back.' : 'Restoring.'
    case 'done':
      return isRollback ? 'What stood there before is back.' : 'Restored, and every byte read back.'
    case 'failed':
      return isRollback ? 'The way back stopped.' : 'The restore stopped.'
    case 'cancelled':
      return isRollback ? 'The way back was cancelled.' : 'The restore was cancelled.'
    case 'interrupted':
      return 'Interrupted: Holdfast ended before the run did.'
  }
}
