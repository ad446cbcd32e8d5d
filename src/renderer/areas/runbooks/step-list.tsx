import { sectionWords } from '../../../shared/domain/section-words.ts'
import type { Run } from '../../../shared/contract/runbooks.ts'
import { countOf } from '../../../shared/domain/size-words.ts'
import { notSignedBecause } from './model/acceptance.ts'
import { isAnswerable, mayTakeBack } from './model/offers.ts'
import { isBehind, partsOf, sectionsOf, type NumberedStep } from './model/step-words.ts'
import { NotNeeded } from './not-needed.tsx'
import { SheetButton } from './sheet-button.tsx'
import { StepPanel } from './step-panel.tsx'
import { StepRow } from './step-row.tsx'
import columns from './run.module.css'
import s from './steps.module.css'

/** All steps under their headings; the one at hand is open. */
export function StepList({ run, onRun }: { readonly run: Run; readonly onRun: (run: Run) => void }) {
  return (
    <section className={columns['steps']} aria-label="Steps">
      <h2 className="vh">Steps</h2>
      {sectionsOf(run.list).map(({ section, steps }, place) => (
        <div key={place}>
          <div className={s['section']}>
            <h3>{sectionWords[section]}</h3>
            <span>
              {steps.filter(({ step }) => isBehind(step)).length} of {countOf(steps.length, 'step')}
            </span>
          </div>
          <ol>
            {partsOf(steps).map((part) => (
              <Part key={part[0].step.id} steps={part} run={run} onRun={onRun} />
            ))}
          </ol>
          {section === 'accept' && run.isOurs && notSignedBecause(run) === null && (
            <p className={s['signHere']}>
              <SheetButton run={run} onRun={onRun} />
              Every row is green or excepted.
            </p>
          )}
        </div>
      ))}
    </section>
  )
}

interface PartProps {
  readonly steps: readonly [NumberedStep, ...NumberedStep[]]
  readonly run: Run
  readonly onRun: (run: Run) => void
}

function Part({ steps, run, onRun }: PartProps) {
  const rows = steps.map(({ number, step }) =>
    step.id === run.current ? (
      <StepPanel key={step.id} run={run} number={number} step={step} onRun={onRun} />
    ) : (
      <StepRow
        key={step.id}
        runId={run.id}
        number={number}
        step={step}
        canTakeBack={mayTakeBack(run, step)}
        canAnswer={isAnswerable(run, step)}
        onRun={onRun}
      />
    ),
  )
  return steps.length === 1 ? rows : <NotNeeded steps={steps}>{rows}</NotNeeded>
}
