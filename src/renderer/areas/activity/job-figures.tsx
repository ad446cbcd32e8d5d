import type { Job } from '../../../shared/contract/jobs.ts'
import { bytesWords, spanWords } from '../../../shared/domain/size-words.ts'
import { CheckLine, tookWords } from '../../ui/check-line.tsx'
import { useNow } from '../../ui/now.ts'
import type { Tone } from '../../ui/status.tsx'
import { Moment } from '../../ui/time.tsx'
import { doneShare, ranMs } from './model.ts'
import s from './activity.module.css'

/** How much is done, how fast, and how long it takes. */
export function Figures({ job }: { readonly job: Job }) {
  const { doneBytes, totalBytes, bytesPerSecond, state, kind } = job
  const doesWrite = kind === 'restore' || kind === 'copy' || kind === 'rollback'
  return (
    <dl className={s['now']}>
      <div>
        <dt>{doesWrite ? 'Read and written' : 'Read'}</dt>
        <dd>
          {bytesWords(doneBytes)}{' '}
          {totalBytes !== null && totalBytes !== doneBytes && <span>of {bytesWords(totalBytes)}</span>}
        </dd>
      </div>
      {state === 'running' && (
        <div>
          <dt>Rate</dt>
          <dd>{bytesPerSecond === null ? '–' : `${bytesWords(bytesPerSecond)}/s`}</dd>
        </div>
      )}
      {state === 'running' && <Left job={job} />}
      <Times job={job} />
    </dl>
  )
}

function Left({ job: { leftMs } }: { readonly job: Job }) {
  const nowMs = useNow()
  return (
    <div>
      <dt>Left</dt>
      <dd>
        {leftMs === null ? (
          'not known yet'
        ) : (
          <>
            about {spanWords(leftMs)} <span>{new Date(nowMs + leftMs).toISOString().slice(11, 16)} UTC</span>
          </>
        )}
      </dd>
    </div>
  )
}

function Times({ job }: { readonly job: Job }) {
  const { state, startedAt } = job
  const nowMs = useNow(1_000)
  if (startedAt === null) {
    return (
      <div>
        <dt>Started</dt>
        <dd>not yet</dd>
      </div>
    )
  }
  const tookMs = state === 'running' ? Math.max(0, nowMs - Date.parse(startedAt)) : ranMs(job)
  return (
    <>
      <div>
        <dt>{state === 'running' ? 'So far' : state === 'interrupted' ? 'Ran' : 'Took'}</dt>
        <dd>{spanWords(tookMs)}</dd>
      </div>
      <div>
        <dt>Started</dt>
        <dd>
          <Moment at={startedAt} />
        </dd>
      </div>
    </>
  )
}

/** Phases as one bar; of the running one, as much as is done of its bytes. */
export function PhaseTrack({ job }: { readonly job: Job }) {
  const share = doneShare(job) ?? 0
  const count = (state: string): number => job.phases.filter((phase) => phase.state === state).length
  const width = 100 / Math.max(1, job.phases.length)
  const words = [
    `${count('done')} done`,
    ...(count('running') > 0 ? [`${count('running')} running`] : []),
    ...(count('failed') > 0 ? [`${count('failed')} not finished`] : []),
    `${count('toCome')} to come`,
  ]
  return (
    <svg
      className={s['track']}
      viewBox="0 0 100 10"
      preserveAspectRatio="none"
      role="img"
      aria-label={`Phases: ${words.join(', ')}`}
    >
      {job.phases.map(({ name, state }, place) => (
        <g key={name}>
          <rect
            x={place * width}
            width={width - (place === job.phases.length - 1 ? 0 : 0.3)}
            height="10"
            data-state={state === 'failed' && job.state !== 'failed' ? 'cut' : state}
          />
          {state === 'running' && (
            <rect x={place * width} width={((width - 0.3) * share) / 100} height="10" data-state="share" />
          )}
        </g>
      ))}
    </svg>
  )
}

export function PhaseList({ job }: { readonly job: Job }) {
  return (
    <ul className={s['phases']} aria-label="Phases">
      {job.phases.map((phase) => (
        <CheckLine key={phase.name} flat tone={phaseTone(job, phase.state)} at={phaseTime(job, phase)}>
          {phase.name}
        </CheckLine>
      ))}
    </ul>
  )
}

type Phase = Job['phases'][number]

/** A phase that somebody cut short has not failed. */
function phaseTone({ state: of }: Job, state: Phase['state']): Tone {
  switch (state) {
    case 'toCome':
      return 'none'
    case 'running':
      return 'run'
    case 'done':
      return 'good'
    case 'failed':
      return of === 'failed' ? 'bad' : of === 'interrupted' ? 'warn' : 'none'
  }
}

function phaseTime({ state: of }: Job, { state, tookMs }: Phase): string {
  const took = tookMs === null ? '' : tookWords(tookMs)
  switch (state) {
    case 'toCome':
      return of === 'running' || of === 'waiting' ? 'to come' : 'not begun'
    case 'running':
      return 'now'
    case 'done':
      return took
    case 'failed':
      return of === 'failed' ? `failed after ${took}` : `stopped after ${took}`
  }
}
