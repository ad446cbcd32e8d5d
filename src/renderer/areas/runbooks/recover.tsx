import { useMutation, useQuery, useSuspenseQuery, keepPreviousData } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useEffectEvent, useState } from 'react'
import { typedUtc } from '../../../shared/domain/typed-utc.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { Button } from '../../ui/kit.ts'
import { useNow } from '../../ui/now.ts'
import { JobCentre } from '../activity/job-centre.tsx'
import { WizardFrame } from '../../ui/wizard.tsx'
import { BeginPage } from './begin-page.tsx'
import { ClusterPage } from './cluster-page.tsx'
import { ScenarioPage } from './scenario-page.tsx'
import { SituationPage } from './situation-page.tsx'
import { useLook } from './use-look.ts'
import { draftFor, dropDraft, keepDraft } from './model/kept-draft.ts'
import {
  chosenScenario,
  inputOf,
  newStart,
  notBegunBecause,
  overruledCount,
  startRail,
  type StartDraft,
  type StartPage,
} from './model/start-draft.ts'

/** From "something is broken" to the right runbook: which cluster, what is known, which way, begin. */
export function RecoverWizard() {
  const asked = useSearch({ strict: false, select: ({ cluster }) => cluster ?? null })
  return <Wizard key={asked} asked={asked} />
}

function Wizard({ asked }: { readonly asked: string | null }) {
  const desk = useDesk()
  const navigate = useNavigate()
  const nowMs = useNow()
  const { data: clusters } = useSuspenseQuery(desk.clusters.list.queryOptions())
  const [draft, setDraft] = useState<StartDraft>(() => draftFor(asked))
  const change = (next: StartDraft): void => {
    keepDraft(next)
    setDraft(next)
  }
  const cluster = clusters.find(({ id }) => id === draft.clusterId) ?? null
  const clusterId = cluster?.id ?? null
  const page: StartPage = cluster === null ? 'cluster' : draft.page
  const of = { clusterId: cluster?.id ?? '' }
  const triage = useQuery({
    ...desk.runbooks.triage.queryOptions({ input: { ...of, answers: draft.answers } }),
    enabled: cluster !== null && page !== 'cluster',
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  })
  const look = useLook(cluster, () => void triage.refetch())
  const scenarios = useQuery({
    ...desk.runbooks.scenarios.queryOptions({ input: of }),
    enabled: cluster !== null,
  })
  const { data: runs = [] } = useQuery(desk.runbooks.list.queryOptions())
  const open = runs.find(({ clusterId, state }) => state === 'open' && clusterId === cluster?.id) ?? null
  const advice = triage.data?.advice ?? null
  const scenario = chosenScenario(draft, advice?.scenario, scenarios.data ?? [])
  const overruled = overruledCount(draft, triage.data)
  const isProtected = cluster?.mode === 'protected'
  const blocked = notBegunBecause(draft, { scenario, isProtected, overruled, nowMs })
  const start = useMutation(
    desk.runbooks.start.mutationOptions({
      onSuccess: (run) => {
        dropDraft()
        void navigate({ to: '/runbooks/$runId', params: { runId: run.id } })
      },
    }),
  )
  const title = cluster === null ? 'Recover a cluster' : `Recover ${printable(cluster.name)}`
  useEffect(() => {
    document.title = `${title} · Holdfast`
  }, [title])
  const isSeen = page === 'situation'
  const lookOnce = useEffectEvent(look.begin)
  useEffect(() => {
    if (isSeen && clusterId !== null) lookOnce()
  }, [isSeen, clusterId])
  const go = (to: StartPage): void => change({ ...draft, page: to })
  const begin = (): void => {
    if (cluster === null || scenario === null) return
    const { at } = typedUtc(draft.failedAt, nowMs)
    start.mutate({
      clusterId: cluster.id,
      scenario: scenario.id,
      inputs: Object.fromEntries(scenario.inputs.map((input) => [input.name, inputOf(draft, input).trim()])),
      answers: { ...draft.answers },
      ...(at !== null && { failedAt: at }),
      ...(draft.reason.trim() !== '' && { reason: draft.reason.trim() }),
    })
  }
  const isAsked = triage.data !== undefined && advice !== null
  return (
    <WizardFrame
      title={title}
      jobs={<JobCentre />}
      mode={cluster?.mode ?? 'normal'}
      steps={startRail(
        page,
        {
          ...(cluster !== null && { cluster: `${printable(cluster.name)}, ${cluster.system}` }),
          ...(triage.data !== undefined && {
            situation: situationWords(triage.data.questions.length, overruled),
          }),
          ...(scenario !== null && { runbook: `${scenario.id}, ${scenario.title}` }),
        },
        overruled > 0,
      )}
      truth={
        <>
          Nothing has been changed yet. <span>Holdfast has only looked.</span>
        </>
      }
      buttons={
        <>
          {page !== 'cluster' && <Button onClick={() => go(before[page])}>Back</Button>}
          {page === 'situation' && (
            <Button variant="filled" disabled={triage.data === undefined} onClick={() => go('runbook')}>
              {isAsked ? 'Continue to the runbook' : 'Choose a runbook'}
            </Button>
          )}
          {page === 'runbook' && (
            <Button variant="filled" disabled={scenario === null} onClick={() => go('begin')}>
              Continue
            </Button>
          )}
          {page === 'begin' && (
            <Button
              variant="filled"
              disabled={blocked !== null || open !== null || cluster?.mode === 'readOnly' || start.isPending}
              onClick={begin}
            >
              Begin the runbook
            </Button>
          )}
        </>
      }
      leaveLabel="Leave and keep draft"
      onLeave={() => void navigate({ to: '/runbooks' })}
    >
      {page === 'cluster' && (
        <ClusterPage
          clusters={clusters}
          onPick={(id) => change(id === draft.clusterId ? { ...draft, page: 'situation' } : newStart(id))}
        />
      )}
      {cluster !== null && page === 'situation' && (
        <SituationPage
          cluster={cluster}
          open={open}
          draft={draft}
          triage={triage.data}
          isLooking={look.isPending || triage.isFetching}
          failure={triage.isError ? failureOf(triage.error) : null}
          onAgain={look.begin}
          onChange={change}
        />
      )}
      {page === 'runbook' && (
        <ScenarioPage
          scenarios={scenarios.data}
          failure={scenarios.isError ? failureOf(scenarios.error) : null}
          advice={advice}
          chosen={scenario}
          onChoose={(id) => change({ ...draft, scenario: id })}
        />
      )}
      {cluster !== null && scenario !== null && page === 'begin' && (
        <BeginPage
          cluster={cluster}
          open={open}
          scenario={scenario}
          draft={draft}
          overruled={overruled}
          blocked={blocked}
          onChange={change}
        />
      )}
      {start.isError && page === 'begin' && <ErrorPanel failure={failureOf(start.error)} />}
    </WizardFrame>
  )
}

const before: Readonly<Record<StartPage, StartPage>> = {
  cluster: 'cluster',
  situation: 'cluster',
  runbook: 'situation',
  begin: 'runbook',
}

function situationWords(questions: number, overruled: number): string {
  const answered = `${questions} ${questions === 1 ? 'question' : 'questions'}`
  return overruled === 0 ? answered : `${answered}, ${overruled} overruled`
}
