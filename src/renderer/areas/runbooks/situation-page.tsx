import type { Cluster } from '../../../shared/contract/clusters.ts'
import type { RunSummary, Triage, TriageQuestion } from '../../../shared/contract/runbooks.ts'
import type { Failure } from '../../../shared/domain/failure.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { Button } from '../../ui/kit.ts'
import { Sentence } from '../../ui/sentence.tsx'
import { Glyph } from '../../ui/status.tsx'
import { Age } from '../../ui/time.tsx'
import { wizardStyles as w } from '../../ui/wizard.tsx'
import { OpenRun } from './open-run.tsx'
import { answered, answerOf, isOverruled, type StartDraft } from './model/start-draft.ts'
import s from './recover.module.css'

interface Props {
  readonly cluster: Cluster
  readonly open: RunSummary | null
  readonly draft: StartDraft
  readonly triage: Triage | undefined
  readonly isLooking: boolean
  readonly failure: Failure | null
  readonly onAgain: () => void
  readonly onChange: (draft: StartDraft) => void
}

/** A few questions, answered by what was found; whoever knows better says so, and it stays visible. */
export function SituationPage({
  cluster,
  open,
  draft,
  triage,
  isLooking,
  failure,
  onAgain,
  onChange,
}: Props) {
  return (
    <>
      <h2 className={w['pageTitle']}>What happened to {printable(cluster.name)}?</h2>
      <p className={w['lead']}>
        Answers come from what was seen, where it could be, each with its age. Correct them where you know
        better.
      </p>
      <OpenRun open={open} />
      <div className={s['bar']} role="status">
        {isLooking && (
          <>
            <Glyph tone="run" size={13} decorative /> Asking the masters and the repository.
          </>
        )}
        <Button size="xs" disabled={isLooking} onClick={onAgain}>
          Look again
        </Button>
      </div>
      {failure !== null && <ErrorPanel failure={failure} onRetry={onAgain} />}
      <ol className={s['questions']}>
        {triage?.questions.map((question) => (
          <Question
            key={question.id}
            question={question}
            draft={draft}
            onAnswer={(choice) => onChange(answered(draft, question, choice))}
          />
        ))}
      </ol>
      {triage?.advice && (
        <p className={s['advice']} role="status">
          So:{' '}
          <b>
            <Sentence text={triage.advice.sentence} />
          </b>
        </p>
      )}
      {triage !== undefined && triage.advice === null && (
        <p className={s['advice']}>A question is still open. You can also choose a runbook yourself.</p>
      )}
    </>
  )
}

interface QuestionProps {
  readonly question: TriageQuestion
  readonly draft: StartDraft
  readonly onAnswer: (choice: string) => void
}

function Question({ question, draft, onAnswer }: QuestionProps) {
  const { id, question: text, choices, found } = question
  const answer = answerOf(draft, question)
  const isOther = isOverruled(draft, question)
  const foundLabel = choices.find((choice) => choice.id === found?.choice)?.label
  return (
    <li>
      <fieldset>
        <legend>{text}</legend>
        <p className={s['found']} data-overruled={isOther || undefined}>
          {isOther && <Glyph tone="warn" size={13} title="Overruled:" />}
          {found === null ? (
            'Nobody but you knows this.'
          ) : (
            <>
              {isOther ? `You overrule what was found: ${foundLabel ?? found.choice}. ` : 'Found: '}
              <Sentence text={found.because} />
              {found.at !== null && (
                <>
                  {' '}
                  <Age at={found.at} ago />
                </>
              )}
            </>
          )}
        </p>
        <div className={s['choices']}>
          {choices.map((choice) => (
            <label key={choice.id} data-on={choice.id === answer || undefined}>
              <input
                type="radio"
                name={id}
                checked={choice.id === answer}
                onChange={() => onAnswer(choice.id)}
              />
              {choice.label}
            </label>
          ))}
        </div>
      </fieldset>
    </li>
  )
}
