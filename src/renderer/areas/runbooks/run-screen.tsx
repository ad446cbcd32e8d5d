import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { Run } from '../../../shared/contract/runbooks.ts'
import type { Failure } from '../../../shared/domain/failure.ts'
import { Crumbs } from '../../app/crumbs.tsx'
import { useDesk } from '../../lib/client.tsx'
import { useRun } from '../../lib/use-run.ts'
import { ErrorLine, ErrorPanel } from '../../ui/error-panel.tsx'
import { frame, ModeBand } from '../../ui/frame.tsx'
import { Evidence } from './evidence.tsx'
import { HowWeGotHere } from './how-we-got-here.tsx'
import { useNextFocus } from './next-focus.ts'
import { RunGate } from './run-gate.tsx'
import { RunHead } from './run-head.tsx'
import { StepList } from './step-list.tsx'
import { runTitle } from './model/run-words.ts'
import s from './run.module.css'

/** One run: how it came to it, its steps, what was found. It goes on without this window. */
export function RunScreen() {
  const { runId = '' } = useParams({ strict: false })
  return <LiveRun key={runId} id={runId} />
}

function LiveRun({ id }: { readonly id: string }) {
  const { run, failure, answered } = useRun(id)
  if (run !== null) return <Shown run={run} failure={failure} onRun={answered} />
  return (
    <div className={frame.page}>
      <Crumbs of={[{ name: 'Runbooks', to: '/runbooks' }, { name: 'Run' }]} />
      <h1 className="vh">Run</h1>
      {failure !== null && <ErrorPanel failure={failure} />}
    </div>
  )
}

interface Props {
  readonly run: Run
  readonly failure: Failure | null
  readonly onRun: (run: Run) => void
}

function Shown({ run, failure, onRun }: Props) {
  useNextFocus(run)
  const { data: clusters } = useQuery(useDesk().clusters.list.queryOptions())
  const mode = clusters?.find(({ id }) => id === run.clusterId)?.mode ?? 'normal'
  return (
    <>
      <Crumbs of={[{ name: 'Runbooks', to: '/runbooks' }, { name: `Recover ${run.cluster}` }]} />
      <ModeBand mode={mode} />
      <RunHead run={run} title={runTitle(run)} onRun={onRun} />
      <RunGate run={run} onRun={onRun} />
      {failure !== null && (
        <div className={s['lost']}>
          <ErrorLine failure={failure} />
        </div>
      )}
      <div className={s['cols']}>
        <HowWeGotHere run={run} onRun={onRun} />
        <StepList run={run} onRun={onRun} />
        <section className={s['evidence']} aria-label="Evidence">
          <Evidence run={run} />
        </section>
      </div>
    </>
  )
}
