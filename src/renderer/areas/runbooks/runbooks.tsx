import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { RunSummary } from '../../../shared/contract/runbooks.ts'
import { countOf } from '../../../shared/domain/size-words.ts'
import { Crumbs } from '../../app/crumbs.tsx'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CopyTable } from '../../ui/copy-table.tsx'
import { DataTable, type Column } from '../../ui/data-table.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { frame, Section } from '../../ui/frame.tsx'
import { Button } from '../../ui/kit.ts'
import { Printable } from '../../ui/printable.tsx'
import { Status } from '../../ui/status.tsx'
import { Age, Moment, utcWords } from '../../ui/time.tsx'
import { acceptanceWords, outcomeOf, splitRuns } from './model/run-words.ts'
import s from './runbooks.module.css'

/** Runs that are open first, then those that are closed. */
export function Runbooks() {
  const { data: runs, error, refetch } = useQuery(useDesk().runbooks.list.queryOptions())
  const navigate = useNavigate()
  const { open, closed } = splitRuns(runs ?? [])
  const go = ({ id }: RunSummary): void => void navigate({ to: '/runbooks/$runId', params: { runId: id } })
  return (
    <div className={frame.page}>
      <Crumbs of={[{ name: 'Fleet', to: '/' }, { name: 'Runbooks' }]} />
      <header className={s['top']}>
        <div>
          <h1>{titleOf(runs)}</h1>
          <p>
            A runbook leads from what is broken to a signed acceptance, step by step, and survives a crash.
          </p>
        </div>
        <Recover variant="filled" />
      </header>
      {error !== null && <ErrorPanel failure={failureOf(error)} onRetry={() => void refetch()} />}
      {runs?.length === 0 && (
        <Empty
          reason="filtered"
          title="No runbook was ever begun here."
          why="A few questions, which Holdfast answers itself where it can, lead to the right one. Nothing is changed by asking."
        />
      )}
      {open.length > 0 && (
        <>
          <Section
            note={countOf(open.length, 'run')}
            end={<CopyTable name="open-runs" columns={openColumns} rows={open} />}
          >
            Open
          </Section>
          <DataTable label="Open runs" columns={openColumns} rows={open} keyOf={({ id }) => id} onOpen={go} />
        </>
      )}
      {closed.length > 0 && (
        <>
          <Section
            note={countOf(closed.length, 'run')}
            end={<CopyTable name="closed-runs" columns={closedColumns} rows={closed} />}
          >
            Closed
          </Section>
          <DataTable
            label="Closed runs"
            columns={closedColumns}
            rows={closed}
            keyOf={({ id }) => id}
            onOpen={go}
          />
        </>
      )}
    </div>
  )
}

export function Recover({ variant }: { readonly variant: 'filled' | 'default' }): ReactNode {
  return (
    <Button variant={variant} renderRoot={(props) => <Link to="/recover" {...props} />}>
      Recover a cluster…
    </Button>
  )
}

function titleOf(runs: readonly RunSummary[] | undefined): string {
  if (runs === undefined) return 'Runbooks'
  const open = runs.filter(({ state }) => state === 'open')
  const [only] = open
  if (only === undefined) return 'No runbook is open.'
  if (open.length > 1) return `${open.length} runbooks are open.`
  return `${only.cluster} is being recovered.`
}

const cluster: Column<RunSummary> = {
  head: 'Cluster',
  text: (run) => run.cluster,
  cell: (run) => (
    <Link to="/runbooks/$runId" params={{ runId: run.id }} className={s['name']} tabIndex={-1}>
      <Printable text={run.cluster} />
    </Link>
  ),
}
const runbook: Column<RunSummary> = {
  head: 'Runbook',
  text: ({ scenario, title }) => `${scenario} ${title}`,
  cell: ({ scenario, title }) => (
    <>
      {title} <span className={frame.dim}>{scenario}</span>
    </>
  ),
  wrap: true,
}
const acceptance: Column<RunSummary> = {
  head: 'Acceptance',
  text: (run) => acceptanceWords(run.acceptance),
}

const openColumns: readonly Column<RunSummary>[] = [
  cluster,
  runbook,
  { head: 'Step at hand', text: ({ at }) => at ?? 'every step is behind', wrap: true },
  { head: 'Behind', text: ({ done, steps }) => `${done} of ${steps}`, align: 'right' },
  acceptance,
  { head: 'Held by', text: ({ holder }) => holder, cell: ({ holder }) => <Printable text={holder} /> },
  {
    head: 'Begun',
    text: ({ startedAt }) => utcWords(startedAt),
    cell: ({ startedAt }) => <Age at={startedAt} ago />,
    align: 'right',
  },
]

const closedColumns: readonly Column<RunSummary>[] = [
  cluster,
  runbook,
  {
    head: 'Ended',
    text: (run) =>
      run.endedAt === null ? outcomeOf(run).word : `${outcomeOf(run).word} ${utcWords(run.endedAt)}`,
    cell: (run) => (
      <>
        <Status tone={outcomeOf(run).tone}>{outcomeOf(run).word}</Status>{' '}
        {run.endedAt !== null && <Moment at={run.endedAt} />}
      </>
    ),
  },
  { head: 'Behind', text: ({ done, steps }) => `${done} of ${steps}`, align: 'right' },
  acceptance,
  { head: 'Held by', text: ({ holder }) => holder, cell: ({ holder }) => <Printable text={holder} /> },
  {
    head: 'Begun',
    text: ({ startedAt }) => utcWords(startedAt),
    cell: ({ startedAt }) => <Moment at={startedAt} />,
    align: 'right',
  },
]
