import type { Run, Step } from '../../../shared/contract/runbooks.ts'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { UnknownHost } from '../access/unknown-host.tsx'
import { CommandLine } from '../../ui/command-line.tsx'
import { Facts } from '../../ui/frame.tsx'
import { useNow } from '../../ui/now.ts'
import { Printable } from '../../ui/printable.tsx'
import { Sentence } from '../../ui/sentence.tsx'
import { Glyph } from '../../ui/status.tsx'
import { expectedWhy, stepTone, stepWord, timeWords, undoWords } from './model/step-words.ts'
import { ChangeButton } from './change-answers.tsx'
import { StepActs } from './step-acts.tsx'
import { Does } from './step-facts.tsx'
import { StepLines, StepProgress } from './step-lines.tsx'
import { useStepFocus } from './use-step-focus.ts'
import { useProceed } from './use-proceed.ts'
import s from './steps.module.css'

interface Props {
  readonly run: Run
  readonly number: number
  readonly step: Step
  readonly onRun: (run: Run) => void
}

/** The step at hand: what it touches, how it is undone, what is seen, and the one right thing to do. */
export function StepPanel({ run, number, step, onRun }: Props) {
  const { state, touches, undo, why, lines, twin, does, kind } = step
  const panel = useStepFocus(step, run.acceptance.signedAt)
  const isLooking = kind === 'check' || kind === 'wait'
  // Why it failed says the lines that led to it once more.
  const seen = state === 'failed' ? lines.filter(({ sentence }) => !step.sentence?.includes(sentence)) : lines
  return (
    <li className={s['step']} data-state={state} data-open aria-current="step">
      <i className={s['mark']}>
        <Glyph tone={stepTone(state)} size={16} title={stepWord(state)} />
      </i>
      <div ref={panel} tabIndex={-1} role="group" aria-label={`Step ${number}: ${step.title}`}>
        <h4>
          <b>
            {number}. {step.title}
          </b>
          <Clock step={step} />
        </h4>
        <p className={s['why']}>{why}</p>
        {(touches !== '' || undo !== null || isLooking || kind === 'action') && (
          <div className={s['kv']}>
            <Facts
              of={[
                ...(touches === ''
                  ? isLooking
                    ? [['Touches', 'Nothing: it only reads.'] as const]
                    : []
                  : [['Touches', <Printable key="touches" text={touches} />] as const]),
                ...(undo !== null || kind === 'action' ? [['Undo', undoWords(step)] as const] : []),
              ]}
            />
          </div>
        )}
        <Standing step={step} />
        {does.length > 0 && (
          <div className={s['byHand']}>
            <Does lines={does} />
          </div>
        )}
        {seen.length > 0 && (
          <div className={s['seen']}>
            <StepLines lines={seen} isLive={state === 'running'} />
          </div>
        )}
        {state === 'running' && <StepProgress doneBytes={step.doneBytes} totalBytes={step.totalBytes} />}
        {run.isOurs && step.unknownHost !== null && state !== 'running' && (
          <StepHost run={run} step={step} host={step.unknownHost} onRun={onRun} />
        )}
        {run.isOurs ? (
          <>
            <StepActs runId={run.id} step={step} onRun={onRun} />
            {state === 'failed' && <ChangeButton run={run} onRun={onRun} />}
          </>
        ) : (
          <p className={s['held']}>
            <Printable text={run.holder} /> holds this run: take it over to go on with it.
          </p>
        )}
        {twin !== null && <CommandLine label="The same by hand" command={twin} />}
      </div>
    </li>
  )
}

/** Once the key is trusted, what only reads is looked at again; what changes something stays a press of its own. */
function StepHost({
  run,
  step,
  host,
  onRun,
}: Omit<Props, 'number'> & { readonly host: NonNullable<Step['unknownHost']> }) {
  const proceed = useProceed(run.id, step.id, onRun)
  const onlyReads = step.kind === 'check' || step.kind === 'wait'
  return (
    <>
      <UnknownHost
        clusterId={run.clusterId}
        host={host}
        onTrusted={() => onlyReads && proceed.go({ kind: 'go' })}
      />
      {proceed.failure !== null && <ErrorLine failure={proceed.failure} />}
    </>
  )
}

/** What came of it so far, where that is not the usual course. */
function Standing({ step: { state, sentence, next } }: { readonly step: Step }) {
  if (state === 'running' || (sentence === null && state !== 'unknown')) return null
  return (
    <div className={s['standing']} data-state={state} role="status">
      <Glyph tone={state === 'todo' ? 'run' : stepTone(state)} size={14} decorative />
      <div>
        <p>
          <b>{leads[state] ?? stepWord(state)}.</b> {sentence !== null && <Sentence text={sentence} />}
        </p>
        {next !== null && (
          <p>
            <b>Next.</b> <Printable text={next} />
          </p>
        )}
      </div>
    </div>
  )
}

const leads: Readonly<Partial<Record<Step['state'], string>>> = {
  todo: 'Not yet',
  failed: 'Failed',
  unknown: 'It was asked for, and nobody knows what came of it: look',
  takenBack: 'Taken back',
}

function Clock({ step }: { readonly step: Step }) {
  const nowMs = useNow(1_000)
  return <span title={expectedWhy(step) ?? undefined}>{timeWords(step, nowMs)}</span>
}
