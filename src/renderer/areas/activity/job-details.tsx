import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Job } from '../../../shared/contract/jobs.ts'
import { bytesWords, spanWords } from '../../../shared/domain/size-words.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CheckLine } from '../../ui/check-line.tsx'
import { ErrorLine, ErrorPanel } from '../../ui/error-panel.tsx'
import { Facts, frame, Section } from '../../ui/frame.tsx'
import * as Icon from '../../ui/icons.tsx'
import { Button } from '../../ui/kit.ts'
import { Status, type Tone } from '../../ui/status.tsx'
import { Moment } from '../../ui/time.tsx'
import { JobLog } from './job-log.tsx'
import { JobResultView } from './job-result.tsx'
import { doneShare, kindWords, lineOf, toneOf } from './model.ts'
import s from './activity.module.css'

const phaseTones: Readonly<Record<Job['phases'][number]['state'], Tone>> = {
  toCome: 'none',
  running: 'run',
  done: 'good',
  failed: 'bad',
}

/** One job: figures, phases, what it came to, and what can be done about it. */
export function JobDetails({ job }: { readonly job: Job }) {
  return (
    <>
      <header className={s['head']}>
        <div>
          <h2>
            {kindWords[job.kind]} {job.subject}
            <Status tone={toneOf(job)} strong>
              {job.state === 'running' ? (job.phase ?? 'Running') : stateWord(job)}
            </Status>
          </h2>
          <p>
            {job.detail}, asked for <Moment at={job.createdAt} />
            {job.clusterId !== null && (
              <>
                {' · '}
                <Link className={frame.link} to="/clusters/$id" params={{ id: job.clusterId }}>
                  Open the cluster
                </Link>
              </>
            )}
          </p>
        </div>
        <Actions job={job} />
      </header>
      <Figures job={job} />
      <PhaseTrack job={job} />
      {job.failure !== null && <ErrorPanel failure={job.failure} />}
      {job.outcome !== null && job.failure === null && (
        <p className={s['outcome']} data-tone={toneOf(job)}>
          {job.outcome}
        </p>
      )}
      <div className={s['two']}>
        <section>
          <Section>Phases</Section>
          <ul className={s['phases']}>
            {job.phases.map(({ name, state, tookMs }) => (
              <CheckLine
                key={name}
                flat
                tone={phaseTones[state]}
                at={tookMs === null ? (state === 'toCome' ? 'to come' : '') : spanWords(tookMs)}
              >
                {name}
              </CheckLine>
            ))}
          </ul>
        </section>
        <section>
          <Section>What it does</Section>
          <Facts
            of={[
              ['Works on', job.detail],
              ['Cancel', job.cancel ?? 'It has ended.'],
              ['If Holdfast ends', restartWords(job)],
            ]}
          />
        </section>
      </div>
      {job.result !== null && <JobResultView job={job} result={job.result} />}
      <Section>Log</Section>
      <JobLog job={job} />
      <p className={s['note']}>You can close this page. The job goes on, and shows here again.</p>
    </>
  )
}

function stateWord(job: Job): string {
  switch (job.state) {
    case 'done':
      return 'Done'
    case 'failed':
      return 'Failed'
    case 'cancelled':
      return 'Cancelled'
    case 'interrupted':
      return 'Interrupted'
    case 'running':
    case 'waiting':
      return lineOf(job)
  }
}

function restartWords({ kind }: Job): string {
  switch (kind) {
    case 'restore':
    case 'rollback':
      return 'The target is as before or as after, never between; resuming first brings it to one of the two.'
    case 'copy':
      return 'Resuming copies what is not there yet.'
    case 'verify':
    case 'keyCheck':
      return 'What was read is remembered; resuming reads the rest.'
  }
}

function Figures({ job }: { readonly job: Job }) {
  const { doneBytes, totalBytes, bytesPerSecond, leftMs, startedAt, finishedAt } = job
  const tookMs =
    startedAt === null || finishedAt === null ? null : Date.parse(finishedAt) - Date.parse(startedAt)
  return (
    <dl className={s['now']}>
      <div>
        <dt>Read and written</dt>
        <dd>
          {bytesWords(doneBytes)} {totalBytes !== null && <span>of {bytesWords(totalBytes)}</span>}
        </dd>
      </div>
      <div>
        <dt>Rate</dt>
        <dd>{bytesPerSecond === null ? '–' : `${bytesWords(bytesPerSecond)}/s`}</dd>
      </div>
      <div>
        <dt>{finishedAt === null ? 'Left' : 'Took'}</dt>
        <dd>
          {finishedAt === null
            ? leftMs === null
              ? 'not known yet'
              : `about ${spanWords(leftMs)}`
            : tookMs === null
              ? '–'
              : spanWords(tookMs)}
        </dd>
      </div>
      <div>
        <dt>Started</dt>
        <dd>{startedAt === null ? 'not yet' : <Moment at={startedAt} />}</dd>
      </div>
    </dl>
  )
}

/** Phases as one bar; of the running one, as much as is done of its bytes. */
function PhaseTrack({ job }: { readonly job: Job }) {
  const share = doneShare(job) ?? 0
  const count = (state: string): number => job.phases.filter((phase) => phase.state === state).length
  const width = 100 / Math.max(1, job.phases.length)
  return (
    <svg
      className={s['track']}
      viewBox="0 0 100 10"
      preserveAspectRatio="none"
      role="img"
      aria-label={`Phases: ${count('done')} done, ${count('running')} running, ${count('toCome')} to come`}
    >
      {job.phases.map(({ name, state }, place) => (
        <g key={name}>
          <rect x={place * width} width={width - 0.4} height="10" data-state={state} />
          {state === 'running' && (
            <rect x={place * width} width={((width - 0.4) * share) / 100} height="10" data-state="share" />
          )}
        </g>
      ))}
    </svg>
  )
}

function Actions({ job }: { readonly job: Job }) {
  const desk = useDesk()
  const cancel = useMutation(desk.jobs.cancel.mutationOptions())
  const resume = useMutation(desk.jobs.resume.mutationOptions())
  const dismiss = useMutation(desk.jobs.dismiss.mutationOptions())
  const failed = [cancel, resume, dismiss].find(({ isError }) => isError)
  return (
    <div className={s['actions']}>
      {job.cancel !== null && (job.state === 'running' || job.state === 'waiting') && (
        <Button
          leftSection={<Icon.Close size={13} />}
          title={job.cancel}
          loading={cancel.isPending}
          onClick={() => cancel.mutate({ id: job.id })}
        >
          Cancel {kindWords[job.kind].toLowerCase()}
        </Button>
      )}
      {job.state === 'interrupted' && (
        <>
          <Button onClick={() => dismiss.mutate({ id: job.id })}>Dismiss</Button>
          {job.canResume && (
            <Button variant="filled" onClick={() => resume.mutate({ id: job.id })}>
              Resume
            </Button>
          )}
        </>
      )}
      {failed !== undefined && <ErrorLine failure={failureOf(failed.error)} />}
    </div>
  )
}
