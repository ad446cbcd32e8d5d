import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Job } from '../../../shared/contract/jobs.ts'
import { usePageAct } from '../../app/page-act.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine, ErrorPanel } from '../../ui/error-panel.tsx'
import { Facts, frame, Section } from '../../ui/frame.tsx'
import { Button } from '../../ui/kit.ts'
import { ChosenHead } from '../../ui/list-page.tsx'
import { Printable } from '../../ui/printable.tsx'
import { Status } from '../../ui/status.tsx'
import { Moment } from '../../ui/time.tsx'
import { CancelJob } from './cancel-job.tsx'
import { Figures, PhaseList, PhaseTrack } from './job-figures.tsx'
import { JobLog } from './job-log.tsx'
import { JobResultView } from './job-result.tsx'
import {
  cancelCommand,
  dismissCommand,
  kindWords,
  restartWords,
  resumeCommand,
  stateWord,
  toneOf,
  workWords,
} from './model.ts'
import { TellDone } from './tell-done.tsx'
import { WhenClosed } from './when-closed.tsx'
import s from './activity.module.css'

/** One job: figures, phases, what it came to, and what can be done about it. */
export function JobDetails({ job }: { readonly job: Job }) {
  const isActive = job.state === 'running' || job.state === 'waiting'
  const work = workWords[job.kind]
  return (
    <>
      <ChosenHead
        title={
          <>
            <span>
              {kindWords[job.kind]} <Printable text={job.subject} />
            </span>
            <span className={s['state']}>
              <Status tone={toneOf(job)}>{stateWord(job)}</Status>
            </span>
          </>
        }
        note={
          <>
            <Printable text={job.detail} />, asked for <Moment at={job.createdAt} />
            {job.clusterId !== null && (
              <>
                {' · '}
                <Link className={frame.link} to="/clusters/$id" params={{ id: job.clusterId }}>
                  Open the cluster
                </Link>
              </>
            )}
          </>
        }
      >
        <Actions job={job} />
      </ChosenHead>
      <Figures job={job} />
      <PhaseTrack job={job} />
      {job.failure !== null && (
        <div className={s['failure']}>
          <ErrorPanel
            failure={job.failure}
            {...(job.outcome !== null && job.outcome !== job.failure.what && { title: job.outcome })}
          />
        </div>
      )}
      {job.outcome !== null && job.failure === null && (
        <p className={s['outcome']} data-tone={toneOf(job)}>
          {job.outcome}
        </p>
      )}
      <div className={s['two']}>
        <section>
          <Section>Phases</Section>
          <PhaseList job={job} />
        </section>
        <section>
          <Section>{isActive ? 'What it does' : 'What it did'}</Section>
          <Facts
            of={[
              ['Reads', work.reads],
              ['Writes', work.writes],
              ...(isActive && job.cancel !== null ? ([['Cancel', job.cancel]] as const) : []),
              ...(isActive || job.state === 'interrupted'
                ? ([[isActive ? 'If Holdfast ends' : 'Resume', restartWords(job.kind)]] as const)
                : []),
              ...(job.state === 'interrupted'
                ? ([['Dismiss', 'Takes it off this list; nothing is undone or gone on with.']] as const)
                : []),
            ]}
          />
          {job.cancel !== null && (
            <CommandLine apart label="Cancel on the command line" command={cancelCommand(job.id)} />
          )}
          {job.canResume && (
            <CommandLine apart label="Resume, once Holdfast has ended here" command={resumeCommand(job.id)} />
          )}
          {job.state === 'interrupted' && (
            <CommandLine apart label="Dismiss on the command line" command={dismissCommand(job.id)} />
          )}
        </section>
      </div>
      {job.result !== null && <JobResultView job={job} result={job.result} />}
      <Section note="newest first, times in UTC">Log</Section>
      <JobLog job={job} />
      {isActive && (
        <p className={s['note']}>
          <WhenClosed /> <TellDone />
        </p>
      )}
    </>
  )
}

function Actions({ job }: { readonly job: Job }) {
  const desk = useDesk()
  const resume = useMutation(desk.jobs.resume.mutationOptions())
  const dismiss = useMutation(desk.jobs.dismiss.mutationOptions())
  usePageAct('jobs.resume', (id) => {
    if (id !== job.id || !job.canResume) return false
    resume.mutate({ id })
    return true
  })
  usePageAct('jobs.dismiss', (id) => {
    if (id !== job.id || job.state !== 'interrupted') return false
    dismiss.mutate({ id })
    return true
  })
  const failed = [resume, dismiss].find(({ isError }) => isError)
  return (
    <div className={s['actions']}>
      <CancelJob job={job} />
      {job.state === 'interrupted' && (
        <>
          <Button loading={dismiss.isPending} onClick={() => dismiss.mutate({ id: job.id })}>
            Dismiss
          </Button>
          {job.canResume && (
            <Button variant="filled" loading={resume.isPending} onClick={() => resume.mutate({ id: job.id })}>
              Resume
            </Button>
          )}
        </>
      )}
      {failed !== undefined && <ErrorLine failure={failureOf(failed.error)} />}
    </div>
  )
}
