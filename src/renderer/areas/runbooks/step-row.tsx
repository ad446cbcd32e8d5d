import { memo, useState } from 'react'
import { Hinted } from '../../ui/hint.tsx'
import * as Icon from '../../ui/icons.tsx'
import { Button, UnstyledButton } from '../../ui/kit.ts'
import { Sentence } from '../../ui/sentence.tsx'
import { Glyph } from '../../ui/status.tsx'
import { utcWords } from '../../ui/time.tsx'
import { expectedWhy, isBehind, stepTone, stepWord, timeWords } from './model/step-words.ts'
import { StepActs } from './step-acts.tsx'
import { StepFacts } from './step-facts.tsx'
import type { StepProps } from './step-props.ts'
import { TakeBack } from './take-back.tsx'
import s from './steps.module.css'

interface Props extends StepProps {
  readonly number: number
  readonly canTakeBack: boolean
  /** It can be answered before it is at hand. */
  readonly canAnswer: boolean
}

/** A step that is not at hand: what was found, how it is undone; unfolds to all that is known of it. */
export const StepRow = memo(function StepRow({ runId, number, step, canTakeBack, canAnswer, onRun }: Props) {
  const [isOpen, setOpen] = useState(false)
  const [isAsking, setAsking] = useState(false)
  const { state, sentence, undo, startedAt, by } = step
  const isToCome = state === 'todo' || state === 'notNeeded'
  // The time is that of its end: nothing here moves.
  const time = timeWords(step, 0)
  return (
    <li className={s['step']} data-state={state} data-behind={isBehind(step) || undefined}>
      <i className={s['mark']}>
        {isToCome ? <span data-dot /> : <Glyph tone={stepTone(state)} size={16} title={stepWord(state)} />}
      </i>
      <div>
        <h4>
          <UnstyledButton className={s['fold']} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {number}. {step.title}
          </UnstyledButton>
          <span
            title={
              isToCome
                ? (expectedWhy(step) ?? undefined)
                : startedAt === null
                  ? undefined
                  : `${utcWords(startedAt)}, ${by ?? ''}`
            }
          >
            {state === 'notNeeded' ? 'not needed' : time}
          </span>
        </h4>
        {sentence !== null && (
          <p>
            <span className={s['found']}>
              <Sentence text={sentence} />
            </span>
            {undo !== null && state === 'done' && !canTakeBack && (
              <span className={s['undo']}>
                <Icon.Undo size={12} /> {undo}
              </span>
            )}
            {canTakeBack && (
              <Hinted label={undo ?? 'As it was before the step.'}>
                {(target) => (
                  <Button
                    {...target}
                    size="xs"
                    variant="subtle"
                    leftSection={<Icon.Undo size={12} />}
                    onClick={() => setAsking(true)}
                  >
                    Take back…
                  </Button>
                )}
              </Hinted>
            )}
          </p>
        )}
        {isOpen && <StepFacts step={step} />}
        {isOpen && canAnswer && <StepActs runId={runId} step={step} onRun={onRun} />}
        {isAsking && <TakeBack runId={runId} step={step} onRun={onRun} onClose={() => setAsking(false)} />}
      </div>
    </li>
  )
})
