import { useMutation, useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import type { Cluster } from '../../shared/contract/clusters.ts'
import { printable } from '../../shared/domain/printable.ts'
import { ageWords } from '../../shared/domain/size-words.ts'
import { NotFound } from '../app/not-found.tsx'
import { useClient, useDesk } from '../lib/client.tsx'
import { failureOf } from '../lib/failure.ts'
import { useStream } from '../lib/live.ts'
import { ErrorPanel } from '../ui/error-panel.tsx'
import { useNow } from '../ui/now.ts'
import { momentWords } from '../ui/time.tsx'
import { JobCentre } from '../areas/activity/job-centre.tsx'
import { WizardFrame } from '../ui/wizard.tsx'
import { Buttons } from './restore/buttons.tsx'
import { CheckStep } from './restore/check-step.tsx'
import { ChooseStep } from './restore/choose-step.tsx'
import { ConfirmStep } from './restore/confirm-step.tsx'
import { choose, dropDraft, keepDraft, keptDraft, resumed, type Draft } from './restore/draft.ts'
import { PlanAside, PlanStep } from './restore/plan-step.tsx'
import { nothingPrepared, prepared } from './restore/prepared.ts'
import { isActive, railOf, saidOf } from './restore/rail.ts'
import { restoreCommand } from './restore/restore-command.ts'
import { RollBack } from './restore/roll-back.tsx'
import { RunStep } from './restore/run-step.tsx'
import { truthOf } from './restore/truth.tsx'

/** Restores a backup into a folder: choose, check, plan, confirm, run; and back again. */
export function RestoreWizard() {
  const { id = '', backupId = '' } = useParams({ strict: false })
  const { data: clusters } = useSuspenseQuery(useDesk().clusters.list.queryOptions())
  const cluster = clusters.find((each) => each.id === id)
  if (cluster === undefined) return <NotFound />
  return (
    <Wizard key={`${id} ${backupId}`} cluster={cluster} asked={backupId === 'newest' ? null : backupId} />
  )
}

interface Props {
  readonly cluster: Cluster
  /** The backup that it was opened for; null: whichever is the newest restorable one. */
  readonly asked: string | null
}

function Wizard({ cluster, asked }: Props) {
  const desk = useDesk()
  const client = useClient()
  const navigate = useNavigate()
  const [draft, setDraft] = useState<Draft>(() =>
    resumed(keptDraft(cluster.id), {
      backupId: asked,
      newest: cluster.look?.newestRestorable?.backupId ?? null,
    }),
  )
  const change = (next: Draft): void => {
    keepDraft(cluster.id, next)
    setDraft(next)
  }
  const [isRollingBack, setRollingBack] = useState(false)
  const { step, backupId, targetDir, attempt, jobId } = draft
  const isChecked = backupId !== null && step !== 'choose' && jobId === null
  const stream = useStream({
    key: isChecked ? JSON.stringify([backupId, targetDir, attempt]) : null,
    start: (signal) =>
      client.restore.prepare({ clusterId: cluster.id, backupId: backupId ?? '', targetDir }, { signal }),
    initial: nothingPrepared,
    reduce: prepared,
  })
  const { plan, checks } = stream.state
  const start = useMutation(desk.restore.start.mutationOptions())
  const { data: job, ...asking } = useQuery({
    ...desk.jobs.get.queryOptions({ input: { id: jobId ?? '' } }),
    enabled: jobId !== null,
  })
  const leave = (): void => {
    if (job !== undefined && !isActive(job.state)) dropDraft(cluster.id)
    void navigate({ to: '/clusters/$id/backups', params: { id: cluster.id } })
  }
  const needsReason = cluster.mode === 'protected'
  const title = `Restore ${printable(cluster.name)} to a folder`
  useEffect(() => {
    document.title = `${title} · Holdfast`
  }, [title])
  const truth = truthOf(draft, job)
  return (
    <WizardFrame
      title={title}
      jobs={<JobCentre />}
      mode={cluster.mode}
      steps={railOf(draft, { checks, plan, job, backup: useBackupWords(cluster, backupId), needsReason })}
      aside={
        plan !== null && (step === 'plan' || step === 'confirm') ? (
          <PlanAside
            plan={plan}
            command={restoreCommand(plan, cluster.name, { isNeeded: needsReason, value: draft.reason })}
            isConfirming={step === 'confirm'}
          />
        ) : undefined
      }
      truth={truth.words}
      truthTone={truth.tone}
      buttons={
        <Buttons
          draft={draft}
          plan={plan}
          job={job}
          isRollingBack={isRollingBack}
          onStep={(next) => change({ ...draft, step: next })}
          onRollBack={() => setRollingBack(true)}
          onJob={() => void navigate({ to: '/activity/jobs/$id', params: { id: jobId ?? '' } })}
          onLeave={leave}
        />
      }
      leaveLabel={jobId === null ? 'Leave and keep draft' : 'Leave'}
      onLeave={leave}
    >
      {step === 'choose' && (
        <ChooseStep cluster={cluster} draft={draft} onChoose={(chosen) => change(choose(draft, chosen))} />
      )}
      {/* A plan that has to be made again, after a lost connection, is waited for at the checks. */}
      {(step === 'check' || (jobId === null && step !== 'choose' && plan === null)) && (
        <CheckStep
          clusterId={cluster.id}
          stream={stream}
          onAgain={() => change({ ...draft, attempt: attempt + 1 })}
          onChoose={() => change(choose(draft, {}))}
        />
      )}
      {step === 'plan' && plan !== null && <PlanStep cluster={cluster.name} plan={plan} />}
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
            start.mutate(
              {
                clusterId: cluster.id,
                backupId: plan.backupId,
                targetDir: plan.targetDir,
                planHash: plan.hash,
                confirm: draft.typed,
                ...(draft.reason.trim() !== '' && { reason: draft.reason }),
              },
              {
                onSuccess: (started) =>
                  change({
                    ...draft,
                    jobId: started.jobId,
                    step: 'run',
                    typed: '',
                    said: saidOf(checks, plan),
                  }),
              },
            )
          }
        />
      )}
      {step === 'run' && asking.isError && <ErrorPanel failure={failureOf(asking.error)} />}
      {step === 'run' && job !== undefined && !isRollingBack && <RunStep job={job} />}
      {isRollingBack && job?.result?.kind === 'restore' && (
        <RollBack
          targetDir={job.result.targetDir}
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

/** The chosen backup by its time; by its id where that is not known. */
function useBackupWords(cluster: Cluster, backupId: string | null): string | null {
  const nowMs = useNow()
  const { data: createdAt } = useQuery({
    ...useDesk().backups.chain.queryOptions({ input: { clusterId: cluster.id } }),
    select: ({ backups }) => backups.find((backup) => backup.backupId === backupId)?.createdAt ?? null,
  })
  if (backupId === null) return null
  if (createdAt === null || createdAt === undefined) return printable(backupId)
  return `${momentWords(createdAt, nowMs).replace(' UTC', '')}, ${ageWords(nowMs - Date.parse(createdAt))} old`
}
