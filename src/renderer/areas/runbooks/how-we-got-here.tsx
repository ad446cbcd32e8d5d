import type { Run } from '../../../shared/contract/runbooks.ts'
import { countOf } from '../../../shared/domain/size-words.ts'
import { Facts, Section } from '../../ui/frame.tsx'
import { Printable } from '../../ui/printable.tsx'
import { Moment } from '../../ui/time.tsx'
import { ChangeButton } from './change-answers.tsx'
import { Costs } from './costs.tsx'
import columns from './run.module.css'
import s from './trail.module.css'

/** The answers that led to this runbook, what was given to it, and what it costs. */
export function HowWeGotHere({ run, onRun }: { readonly run: Run; readonly onRun: (run: Run) => void }) {
  const { answers, inputs, costs, rpo, failedAt, scenario, title, when } = run
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard too
    <section className={columns['trail']} aria-label="How we got here" tabIndex={0}>
      <Section note={answers.length === 0 ? undefined : countOf(answers.length, 'question')}>
        How we got here
      </Section>
      <ol className={s['questions']}>
        {answers.map(({ question, answer, because }) => (
          <li key={question}>
            <span>{question}</span>
            <b>{answer}</b>
            <small>
              <Printable text={because} />
            </small>
          </li>
        ))}
      </ol>
      <p className={s['end']}>
        So: <b>{title}</b> ({scenario}). {when}
      </p>
      <Section>Given</Section>
      <div className={s['given']}>
        <Facts
          of={[
            ['Failed', <Moment key="failed" at={failedAt} />],
            ...inputs
              .filter(({ value }) => value !== '')
              .map(({ label, value }) => [label, <Printable key={label} text={value} />] as const),
          ]}
        />
      </div>
      <Changing run={run} onRun={onRun} />
      {(rpo !== null || costs.length > 0) && <Section>What is lost, what stops</Section>}
      <Costs lost={rpo === null ? [] : [rpo.sentence]} costs={costs} />
    </section>
  )
}

/** Whether what was given can still be changed, and why not. */
function Changing({ run, onRun }: { readonly run: Run; readonly onRun: (run: Run) => void }) {
  const { inputs, changed, fixedBecause, state } = run
  if (inputs.length === 0) return null
  return (
    <div className={s['changing']}>
      {changed !== null && (
        <p>
          Changed <Moment at={changed.at} /> by <Printable text={changed.by} />.
        </p>
      )}
      <ChangeButton run={run} onRun={onRun} />
      {state === 'open' && fixedBecause !== null && (
        <p>
          They stand now: <Printable text={fixedBecause} />
        </p>
      )}
    </div>
  )
}
