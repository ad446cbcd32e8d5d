import { useMutation, useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import type { Cluster } from '../../shared/contract/clusters.ts'
import type { Plan } from '../../shared/contract/restore.ts'
import { NotFound } from '../app/not-found.tsx'
import { useClient, useDesk } from '../lib/client.tsx'
import { failureOf } from '../lib/failure.ts'
import { useStream } from '../lib/live.ts'
import { ErrorPanel } from '../ui/error-panel.tsx'
import * as Icon from '../ui/icons.tsx'
import { Button } from '../ui/kit.ts'
import { WizardFrame, type WizardStep } from '../ui/wizard.tsx'
import { CheckStep } from './restore/check-step.tsx'
import { ChooseStep } from './restore/choose-step.tsx'
import { ConfirmStep } from './restore/confirm-step.tsx'
import {
  choose,
  dropDraft,
  keepDraft,
  keptDraft,
  newDraft,
  targetFault,
  type Draft,
} from './restore/draft.ts'
import { PlanAside, PlanStep } from './restore/plan-step.tsx'
import { checksInWords, nothingPrepared, prepared } from './restore/prepared.ts'
import { RollBack } from './restore/roll-back.tsx'
import { RunStep } from './restore/run-step.tsx'

/** Restores a backup into a folder: choose, check, plan, confirm, run; and back again. */
export function RestoreWizard() {
  const { id = '', backupId = '' } = useParams({ strict: false })
  const { data: clusters } = useSuspenseQuery(useDesk().clusters.list.queryOptions())
  const cluster = clusters.find((each) => each.id === id)
  if (cluster === undefined) return <NotFound />
  return <Wizard key={`${id} ${backupId}`} cluster={cluster} backupId={backupId} />
}

const names = ['choose', 'check', 'plan', 'confirm', 'run'] as const
const titles = { choose: 'Choose', check: 'Check', plan: 'Plan', confirm: 'Confirm', run: 'Run' } as const

function Wizard({ cluster, backupId }: { readonly cluster: Cluster; readonly backupId: string }) {
  const desk = useDesk()
  const client = useClient()
  const navigate = useNavigate()
  const [draft, setDraft] = useState<Draft>(() => firstDraft(cluster, backupId))
  const change = (next: Draft): void => {
    keepDraft(cluster.id, next)
    setDraft(next)
  }
  const [isRollingBack, setRollingBack] = useState(false)
  const { step, targetDir, attempt, jobId } = draft
  const asked = draft.backupId !== null && step !== 'choose' && jobId === null
  const stream = useStream({
    key: asked ? JSON.stringify([draft.backupId, targetDir, attempt]) : null,
    start: (signal) =>
      client.restore.prepare(
        { clusterId: cluster.id, backupId: draft.backupId ?? '', targetDir },
        { signal },
      ),
    initial: nothingPrepared,
    reduce: prepared,
  })
  const { plan, checks } = stream.state
  const start = useMutation(
    desk.restore.start.mutationOptions({
      onSuccess: (started) => change({ ...draft, jobId: started.jobId, step: 'run', typed: '' }),
    }),
  )
  const job = useQuery({
    ...desk.jobs.get.queryOptions({ input: { id: jobId ?? '' } }),
    enabled: jobId !== null,
  })
  const leave = (): void => {
    if (typeof job.data?.finishedAt === 'string') dropDraft(cluster.id)
    void navigate({ to: '/clusters/$id/backups', params: { id: cluster.id } })
  }
  const steps: readonly WizardStep[] = names.map((name, place) => ({
    name: titles[name],
    state: stateOf(place, names.indexOf(step)),
    ...(name === 'choose' && draft.backupId !== null && step !== 'choose' && { said: draft.backupId }),
    ...(name === 'check' && checks.length > 0 && { said: checksInWords(checks), warn: hasWarning(checks) }),
    ...(name === 'plan' && plan !== null && { said: `${plan.steps.length} steps` }),
  }))
  const buttons = (
    <Buttons
      draft={draft}
      plan={plan}
      onStep={(next) => change({ ...draft, step: next })}
      onRollBack={job.data?.result?.kind === 'restore' && !isRollingBack ? () => setRollingBack(true) : null}
      onJob={jobId === null ? null : () => void navigate({ to: '/activity/jobs/$id', params: { id: jobId } })}
      onLeave={leave}
    />
  )
  const aside =
    plan !== null && (step === 'plan' || step === 'confirm') ? (
      <PlanAside
        plan={plan}
        note={
          step === 'plan'
            ? 'The run does exactly this plan, or stops before the first change.'
            : 'Same plan as on the page before. It is checked again before the first step.'
        }
      />
    ) : undefined
  const truth = truthOf(draft, job.data)
  return (
    <WizardFrame
      title={`Restore ${cluster.name} to a folder`}
      mode={cluster.mode}
      steps={steps}
      aside={aside}
      truth={truth.words}
      truthTone={truth.tone}
      buttons={buttons}
      leaveLabel={jobId === null ? 'Leave and keep draft' : 'Leave'}
      onLeave={leave}
    >
      {step === 'choose' && (
        <ChooseStep cluster={cluster} draft={draft} onChoose={(chosen) => change(choose(draft, chosen))} />
      )}
      {step === 'check' && (
        <CheckStep stream={stream} onAgain={() => change({ ...draft, attempt: attempt + 1 })} />
      )}
      {step === 'plan' && plan !== null && <PlanStep plan={plan} />}
      {step === 'confirm' && plan !== null && (
        <ConfirmStep
          cluster={cluster}
          plan={plan}
          draft={draft}
          failure={start.isError ? failureOf(start.error) : null}
          isStarting={start.isPending}
          onChange={(typed) => change({ ...draft, ...typed })}
          onCancel={leave}
          onStart={() =>
            start.mutate({
              clusterId: cluster.id,
              backupId: plan.backupId,
              targetDir: plan.targetDir,
              planHash: plan.hash,
              confirm: draft.typed,
              ...(draft.reason.trim() !== '' && { reason: draft.reason }),
            })
          }
        />
      )}
      {step === 'run' && job.isError && <ErrorPanel failure={failureOf(job.error)} />}
      {step === 'run' && job.data !== undefined && <RunStep job={job.data} />}
      {isRollingBack && job.data?.result?.kind === 'restore' && (
        <RollBack
          targetDir={job.data.result.targetDir}
          mode={cluster.mode}
          onCancel={() => setRollingBack(false)}
          onStarted={(id) => {
            setRollingBack(false)
            change({ ...draft, jobId: id })
          }}
        />
      )}
    </WizardFrame>
  )
}

/** A draft of another backup gives way; a plan is not kept across a visit, so it is made again. */
function firstDraft(cluster: Cluster, backupId: string): Draft {
  const kept = keptDraft(cluster.id)
  const chosen = backupId === 'newest' ? (cluster.look?.newestRestorable?.backupId ?? null) : backupId
  if (kept === undefined) return newDraft(chosen)
  if (kept.jobId !== null) return kept
  return kept.backupId === chosen ? kept : { ...newDraft(chosen), targetDir: kept.targetDir }
}

function stateOf(place: number, now: number): WizardStep['state'] {
  return place < now ? 'done' : place === now ? 'now' : 'next'
}

function hasWarning(checks: readonly { readonly state: string }[]): boolean {
  return checks.some(({ state }) => state === 'warning' || state === 'failed')
}

interface ButtonsProps {
  readonly draft: Draft
  readonly plan: Plan | null
  readonly onStep: (step: Draft['step']) => void
  readonly onRollBack: (() => void) | null
  readonly onJob: (() => void) | null
  readonly onLeave: () => void
}

function Buttons({ draft, plan, onStep, onRollBack, onJob, onLeave }: ButtonsProps) {
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
          <Button
            variant="filled"
            disabled={plan === null}
            onClick={() => onStep(plan === null ? 'check' : 'confirm')}
          >
            Continue to confirm
          </Button>
        </>
      )
    case 'confirm':
      return <Button onClick={() => onStep('plan')}>Back to plan</Button>
    case 'run':
      return (
        <>
          {onJob !== null && <Button onClick={onJob}>Open the job</Button>}
          {onRollBack !== null && <Button onClick={onRollBack}>Roll back…</Button>}
          <Button variant="filled" onClick={onLeave}>
            Close
          </Button>
        </>
      )
  }
}

/** Under a name of our own: what a repository calls itself is no file name. */
function savePlan(plan: Plan): void {
  const url = URL.createObjectURL(new Blob([plan.text], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `holdfast-plan-${plan.hash.slice(0, 16)}.json`
  link.click()
  URL.revokeObjectURL(url)
}

function truthOf(
  { jobId }: Draft,
  job: { readonly state: string; readonly kind: string } | undefined,
): { readonly words: React.ReactNode; readonly tone: 'none' | 'run' | 'good' | 'bad' | 'warn' } {
  if (jobId === null || job === undefined) {
    return {
      tone: 'none',
      words: (
        <>
          Nothing has been changed yet. <span>Holdfast has only read.</span>
        </>
      ),
    }
  }
  switch (job.state) {
    case 'done':
      return {
        tone: 'good',
        words:
          job.kind === 'rollback'
            ? 'What stood there before the restore is back.'
            : 'The backup stands in the target; whatever stood there under its names is kept aside.',
      }
    case 'failed':
    case 'cancelled':
      return { tone: 'bad', words: 'The target stands as it was before this run.' }
    case 'interrupted':
      return { tone: 'warn', words: 'The next run in this target finishes or undoes what was begun.' }
    default:
      return {
        tone: 'run',
        words: (
          <>
            The run is under way. <span>Until the swap, the target stands as it was.</span>
          </>
        ),
      }
  }
}
