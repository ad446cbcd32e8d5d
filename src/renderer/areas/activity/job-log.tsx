import type { Job, JobEvent } from '../../../shared/contract/jobs.ts'
import type { JobState } from '../../../shared/domain/job-state.ts'
import { useClient } from '../../lib/client.tsx'
import { useStream } from '../../lib/live.ts'
import { jobEvents } from '../../lib/live-job.ts'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Printable } from '../../ui/printable.tsx'
import { RowTime } from '../../ui/time.tsx'
import s from './activity.module.css'

type Line = Exclude<JobEvent, { event: { type: 'progress' } }>

const stateLine: Readonly<Record<JobState, string>> = {
  waiting: 'asked for',
  running: 'begun',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
  interrupted: 'interrupted',
}

/** The newest lines are what is looked for. */
const linesShown = 200

/** What happened in a job, joined at any time; newest first. */
export function JobLog({ job }: { readonly job: Job }) {
  const client = useClient()
  const { state: lines, failure } = useStream<JobEvent, readonly Line[]>({
    key: job.id,
    start: async (signal) => jobEvents(job.id, { client, signal }),
    initial: [],
    reduce: (all, event) => (event.event.type === 'progress' ? all : [event, ...all].slice(0, linesShown)),
  })
  return (
    <>
      {failure !== null && <ErrorLine failure={failure} />}
      <ol className={s['log']} aria-label="Log">
        {lines.map(({ n, at, event }) => (
          <li key={n}>
            <RowTime at={at}>{at.slice(11, 19)}</RowTime> <LogText event={event} />
          </li>
        ))}
      </ol>
    </>
  )
}

function LogText({ event }: { readonly event: Line['event'] }) {
  switch (event.type) {
    case 'state':
      return <b>{stateLine[event.state]}</b>
    case 'phase':
      return (
        <>
          <b>phase</b> {event.name}
        </>
      )
    case 'log':
      return (
        <span data-severity={event.severity}>
          <Printable text={event.text} />
        </span>
      )
    case 'progress':
      return null
  }
}
