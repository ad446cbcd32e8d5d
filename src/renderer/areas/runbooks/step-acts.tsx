import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import type { Asking } from '../../../shared/contract/runbooks.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine, ErrorPanel } from '../../ui/error-panel.tsx'
import { Button } from '../../ui/kit.ts'
import { ChoiceForm } from './choice-form.tsx'
import { ConfirmForm } from './confirm-form.tsx'
import { ManualForm } from './manual-form.tsx'
import { SkipDialog } from './skip-dialog.tsx'
import { answerCommand } from './model/commands.ts'
import { maySkip, offerOf } from './model/offers.ts'
import type { StepProps } from './step-props.ts'
import { useProceed } from './use-proceed.ts'
import s from './answers.module.css'

/** The one right button of the step at hand, and how to go past it where that is allowed. */
export function StepActs({ runId, step, onRun }: StepProps) {
  const [isSkipping, setSkipping] = useState(false)
  const proceed = useProceed(runId, step.id, onRun)
  const offer = offerOf(step)
  const skip = maySkip(step) && (
    <Button variant="subtle" onClick={() => setSkipping(true)}>
      {step.section === 'accept' ? 'Except this row…' : 'Skip…'}
    </Button>
  )
  return (
    <div className={s['answer']}>
      {offer.kind === 'go' && (
        <div className={s['acts']}>
          <Button
            variant="filled"
            data-act
            disabled={proceed.isPending}
            onClick={() => proceed.go({ kind: 'go' })}
          >
            {offer.label}
          </Button>
          <span>{offer.says}</span>
          {skip}
        </div>
      )}
      {offer.kind === 'go' && <CommandLine apart command={answerCommand(runId, step.id, { kind: 'go' })} />}
      {offer.kind === 'running' && (
        <div className={s['acts']}>
          <span>{offer.says}</span>
          {offer.stop !== null && (
            <Button disabled={proceed.isPending} onClick={() => proceed.go({ kind: 'stop' })}>
              {offer.stop}
            </Button>
          )}
        </div>
      )}
      {offer.kind === 'did' && <ManualForm runId={runId} step={step} proceed={proceed} skip={skip} />}
      {(offer.kind === 'choose' || offer.kind === 'confirm') && (
        <Asked runId={runId} step={step} onRun={onRun} skip={skip} />
      )}
      {proceed.failure !== null && <ErrorLine failure={proceed.failure} />}
      {isSkipping && (
        <SkipDialog runId={runId} step={step} onRun={onRun} onClose={() => setSkipping(false)} />
      )}
    </div>
  )
}

/** What can be chosen, or what is confirmed, as it is now: looked at anew whenever the step is come to. */
function Asked({ runId, step, onRun, skip }: StepProps & { readonly skip: ReactNode }) {
  const asking = useQuery({
    ...useDesk().runbooks.ask.queryOptions({ input: { id: runId, step: step.id } }),
    staleTime: 0,
    gcTime: 0,
  })
  if (asking.isError) {
    return <ErrorPanel failure={failureOf(asking.error)} onRetry={() => void asking.refetch()} />
  }
  const asked: Asking | null | undefined = asking.data
  if (asked === undefined || asked === null) {
    return (
      <p className={s['looking']} role="status">
        Looking at what is possible and what it costs.
      </p>
    )
  }
  switch (asked.kind) {
    case 'failed':
      return <ErrorPanel failure={asked.failure} onRetry={() => void asking.refetch()} />
    case 'choice':
      return <ChoiceForm runId={runId} step={step} options={asked.options} onRun={onRun} skip={skip} />
    case 'confirm':
      return (
        <ConfirmForm
          runId={runId}
          step={step}
          asked={asked}
          onRun={onRun}
          onAgain={() => void asking.refetch()}
        />
      )
  }
}
