import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Run } from '../../../shared/contract/runbooks.ts'
import { ageWords, spanWords, targetWords } from '../../../shared/domain/size-words.ts'
import { usePageAct } from '../../app/page-act.ts'
import { useDesk } from '../../lib/client.tsx'
import * as Icon from '../../ui/icons.tsx'
import { Button, Modal } from '../../ui/kit.ts'
import { useNow } from '../../ui/now.ts'
import { Printable } from '../../ui/printable.tsx'
import { Status } from '../../ui/status.tsx'
import { Moment } from '../../ui/time.tsx'
import { CloseRun } from './close-run.tsx'
import { Evidence } from './evidence.tsx'
import { ExportReport } from './export-report.tsx'
import { TakeOver } from './take-over.tsx'
import { closeRule } from './model/close-rule.ts'
import { evidenceOf, outcomeOf } from './model/run-words.ts'
import s from './run.module.css'

type Asked = 'report' | 'takeOver' | 'close' | 'evidence' | null

interface Props {
  readonly run: Run
  readonly title: string
  readonly onRun: (run: Run) => void
}

/** What it is, since when, by whom; and what can be done about the run as a whole. */
export function RunHead({ run, title, onRun }: Props) {
  const [asked, setAsked] = useState<Asked>(null)
  const close = (): void => setAsked(null)
  const isOpen = run.state === 'open'
  const begin = (what: Asked, can: boolean) => (id: string) => {
    if (id !== run.id || !can) return false
    setAsked(what)
    return true
  }
  usePageAct('runbooks.report', begin('report', true))
  usePageAct('runbooks.takeOver', begin('takeOver', isOpen))
  usePageAct('runbooks.close', begin('close', isOpen && run.isOurs))
  const canFinish = closeRule(run).notFinishedBecause === null
  return (
    <header className={s['head']}>
      <div>
        <h1>
          <Printable text={title} />
        </h1>
        <p>
          <Since run={run} />
        </p>
      </div>
      <div className={s['headActs']}>
        <span className={s['only']}>
          <Button leftSection={<Icon.Chain size={14} />} onClick={() => setAsked('evidence')}>
            Evidence {evidenceOf(run).length}
          </Button>
        </span>
        <Button leftSection={<Icon.Doc size={14} />} onClick={() => setAsked('report')}>
          Export report…
        </Button>
        {isOpen && (
          <Button variant={run.isOurs ? 'default' : 'filled'} onClick={() => setAsked('takeOver')}>
            {run.isOurs ? 'Where were we…' : 'Take over…'}
          </Button>
        )}
        {isOpen && run.isOurs && (
          <Button data-next={canFinish || undefined} onClick={() => setAsked('close')}>
            Close the run…
          </Button>
        )}
      </div>
      {asked === 'report' && <ExportReport run={run} onClose={close} />}
      {asked === 'takeOver' && <TakeOver run={run} onRun={onRun} onClose={close} />}
      {asked === 'close' && <CloseRun run={run} onRun={onRun} onClose={close} />}
      {asked === 'evidence' && (
        <Modal opened onClose={close} title="Evidence" size={620}>
          <Evidence run={run} />
        </Modal>
      )}
    </header>
  )
}

function Since({ run }: { readonly run: Run }) {
  const nowMs = useNow()
  const earlierMs = useEarlierMs(run)
  const { startedAt, startedBy, holder, closed, rto } = run
  const started = (
    <>
      Started <Moment at={startedAt} /> by <Printable text={startedBy} />
      {holder !== startedBy && (
        <>
          , held by <Printable text={holder} />
        </>
      )}
      .{' '}
    </>
  )
  const earlier = earlierMs === null ? '' : `; an earlier run took ${spanWords(earlierMs)}`
  if (closed !== null) {
    const outcome = outcomeOf(run)
    return (
      <>
        {started}
        <Status tone={outcome.tone}>{outcome.word}</Status> <Moment at={closed.at} /> by{' '}
        <Printable text={closed.by} /> after {spanWords(rto.tookMs)}
        {closed.reason !== '' && (
          <>
            : <Printable text={closed.reason} />
          </>
        )}
        .
      </>
    )
  }
  const place = run.list.findIndex(({ id }) => id === run.current) + 1
  const ranMs = Math.max(0, nowMs - Date.parse(startedAt))
  return (
    <>
      {started}
      <span title={rto.sentence}>
        {place > 0 && `Step ${place} of ${run.steps}. `}
        Running {ageWords(ranMs)}
        {rto.leftMs !== null &&
          rto.leftMs > 0 &&
          `, about ${targetWords(Math.max(1_000, rto.leftMs))} to come`}
        {earlier}.
      </span>
    </>
  )
}

/** How long it took when it was last gone to its end here. */
function useEarlierMs({ clusterId, scenario }: Run): number | null {
  const { data } = useQuery(useDesk().runbooks.scenarios.queryOptions({ input: { clusterId } }))
  return data?.find(({ id }) => id === scenario)?.lastTookMs ?? null
}
