import type { Job } from '../../../shared/contract/jobs.ts'
import type { Plan } from '../../../shared/contract/restore.ts'
import { CancelJob } from '../../areas/activity/cancel-job.tsx'
import { saveText } from '../../lib/save-text.ts'
import * as Icon from '../../ui/icons.tsx'
import { Button } from '../../ui/kit.ts'
import { targetFault, type Draft } from './draft.ts'

interface Props {
  readonly draft: Draft
  readonly plan: Plan | null
  readonly job: Job | undefined
  readonly isRollingBack: boolean
  readonly onStep: (step: Draft['step']) => void
  readonly onRollBack: () => void
  readonly onJob: () => void
  readonly onLeave: () => void
}

/** At the right of the wizard's foot. The step Confirm has its own beside the typed name. */
export function Buttons({ draft, plan, job, isRollingBack, onStep, onRollBack, onJob, onLeave }: Props) {
  if (isRollingBack) return null
  switch (draft.step) {
    case 'choose':
      return (
        <Button
          variant="filled"
          disabled={draft.backupId === null || targetFault(draft.targetDir) !== null}
          onClick={() => onStep('check')}
        >
          Check
        </Button>
      )
    case 'check':
      return (
        <>
          <Button onClick={() => onStep('choose')}>Back</Button>
          <Button variant="filled" disabled={plan === null} onClick={() => onStep('plan')}>
            Continue to plan
          </Button>
        </>
      )
    case 'plan':
      return (
        <>
          <Button onClick={() => onStep('check')}>Back</Button>
          {plan !== null && (
            <Button leftSection={<Icon.Download size={14} />} onClick={() => savePlan(plan)}>
              Save plan
            </Button>
          )}
          <Button variant="filled" disabled={plan === null} onClick={() => onStep('confirm')}>
            Continue to confirm
          </Button>
        </>
      )
    case 'confirm':
      return <Button onClick={() => onStep('plan')}>Back to plan</Button>
    case 'run':
      return (
        <>
          {job !== undefined && <CancelJob job={job} />}
          <Button onClick={onJob}>Open the job</Button>
          {job?.result?.kind === 'restore' && <Button onClick={onRollBack}>Roll back…</Button>}
          <Button variant="filled" onClick={onLeave}>
            Close
          </Button>
        </>
      )
  }
}

/** Under a name of our own: what a repository calls itself is no file name. */
function savePlan({ hash, text }: Plan): void {
  saveText([text], { name: `holdfast-plan-${hash.slice(0, 16)}.json`, type: 'application/json' })
}
