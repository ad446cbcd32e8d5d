import type { AuditEntry } from '../../../shared/contract/audit.ts'
import type { Job } from '../../../shared/contract/jobs.ts'
import type { JobState } from '../../../shared/domain/job-state.ts'
import { printable } from '../../../shared/domain/printable.ts'
import type { Column } from '../../ui/data-table.tsx'
import { Hash } from '../../ui/hash.tsx'
import { Status } from '../../ui/status.tsx'
import { Moment } from '../../ui/time.tsx'
import { factsText } from '../activity/audit-columns.ts'
import { kindWords, toneOf } from '../activity/model.ts'

const stateWords: Readonly<Record<JobState, string>> = {
  waiting: 'Waiting',
  running: 'Running',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
  interrupted: 'Interrupted',
}

export const jobColumns: readonly Column<Job>[] = [
  {
    head: 'State',
    text: ({ state }) => stateWords[state],
    cell: (job) => <Status tone={toneOf(job)}>{stateWords[job.state]}</Status>,
  },
  { head: 'Job', text: ({ kind }) => kindWords[kind] },
  { head: 'Of', text: ({ detail }) => printable(detail) },
  {
    head: 'Started',
    text: ({ startedAt }) => startedAt ?? '',
    cell: ({ startedAt }) => startedAt && <Moment at={startedAt} />,
  },
  { head: 'Outcome', wrap: true, text: ({ outcome, phase }) => printable(outcome ?? phase ?? '') },
]

export const auditColumns: readonly Column<AuditEntry>[] = [
  { head: 'Entry', text: ({ seq }) => String(seq), align: 'right' },
  { head: 'At', text: ({ at }) => at, cell: ({ at }) => <Moment at={at} /> },
  { head: 'Who', text: ({ actor }) => printable(actor) },
  { head: 'Did', text: ({ action }) => action, cell: ({ action }) => <code>{action}</code> },
  { head: 'Facts', wrap: true, text: (entry) => printable(factsText(entry)) },
  { head: 'Hash', text: ({ hash }) => hash, cell: ({ hash }) => <Hash value={hash} /> },
]
