import type { AuditEntry } from '../../../shared/contract/audit.ts'
import type { Job, JobState } from '../../../shared/contract/jobs.ts'
import { printable } from '../../../shared/domain/printable.ts'
import type { Column } from '../../ui/data-table.tsx'
import { Hash } from '../../ui/hash.tsx'
import { Status, type Tone } from '../../ui/status.tsx'
import { Moment } from '../../ui/time.tsx'
import { kindWords } from '../activity/model.ts'

const states: Readonly<Record<JobState, readonly [Tone, string]>> = {
  waiting: ['none', 'Waiting'],
  running: ['run', 'Running'],
  done: ['good', 'Done'],
  failed: ['bad', 'Failed'],
  cancelled: ['none', 'Cancelled'],
  interrupted: ['warn', 'Interrupted'],
}

const outcomeTones: Readonly<Record<NonNullable<Job['tone']>, Tone>> = {
  good: 'good',
  attention: 'warn',
  bad: 'bad',
  neutral: 'none',
}

export const jobColumns: readonly Column<Job>[] = [
  {
    head: 'State',
    text: ({ state }) => states[state][1],
    cell: ({ state }) => (
      <Status tone={state === 'done' ? 'none' : states[state][0]}>{states[state][1]}</Status>
    ),
  },
  { head: 'Job', text: ({ kind }) => kindWords[kind] },
  { head: 'Of', text: ({ detail }) => printable(detail) },
  {
    head: 'Started',
    text: ({ startedAt }) => startedAt ?? '',
    cell: ({ startedAt }) => startedAt && <Moment at={startedAt} />,
  },
  {
    head: 'Outcome',
    wrap: true,
    text: outcomeText,
    cell: (job) =>
      job.tone === null ? (
        outcomeText(job)
      ) : (
        <Status tone={outcomeTones[job.tone]}>{outcomeText(job)}</Status>
      ),
  },
]

function outcomeText({ outcome, phase }: Job): string {
  return printable(outcome ?? phase ?? '')
}

export const auditColumns: readonly Column<AuditEntry>[] = [
  { head: 'Entry', text: ({ seq }) => String(seq), align: 'right' },
  { head: 'At', text: ({ at }) => at, cell: ({ at }) => <Moment at={at} /> },
  { head: 'Who', text: ({ actor }) => printable(actor) },
  { head: 'Did', text: ({ action }) => action, cell: ({ action }) => <code>{action}</code> },
  {
    head: 'Facts',
    wrap: true,
    text: ({ facts, reason }) =>
      [
        ...facts.map(({ name, value }) => `${name} ${value === '' ? 'none' : printable(value)}`),
        ...(reason === null ? [] : [`reason: ${printable(reason)}`]),
      ].join(', '),
  },
  { head: 'Hash', text: ({ hash }) => hash, cell: ({ hash }) => <Hash value={hash} /> },
]
