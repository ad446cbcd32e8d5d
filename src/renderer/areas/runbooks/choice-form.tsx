import { useState, type ReactNode } from 'react'
import type { Option } from '../../../shared/contract/runbooks.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Button } from '../../ui/kit.ts'
import { Sentence } from '../../ui/sentence.tsx'
import { answerCommand } from './model/commands.ts'
import { possibleFirst } from './model/possible-first.ts'
import { RadioLine, RadioLines } from './radio-line.tsx'
import type { StepProps } from './step-props.ts'
import { useProceed } from './use-proceed.ts'
import s from './answers.module.css'

interface Props extends StepProps {
  readonly options: readonly Option[]
  readonly skip: ReactNode
}

/** What is possible now, each with what follows from it. */
export function ChoiceForm({ runId, step, options, onRun, skip }: Props) {
  const [picked, setPicked] = useState<string | null>(null)
  const proceed = useProceed(runId, step.id, onRun)
  const possible = options.filter(({ notPossible }) => notPossible === null)
  const chosen = possible.find(({ id }) => id === picked) ?? possible.find(({ advised }) => advised) ?? null
  return (
    <>
      <RadioLines legend={step.title}>
        {possibleFirst(options).map((option) => (
          <OptionLine
            key={option.id}
            option={option}
            isOn={option === chosen}
            onPick={() => setPicked(option.id)}
          />
        ))}
      </RadioLines>
      {options.length === 0 && <p className={s['looking']}>There is nothing to choose from.</p>}
      <div className={s['acts']}>
        <Button
          variant="filled"
          disabled={chosen === null || proceed.isPending}
          onClick={() => chosen !== null && proceed.go({ kind: 'choose', option: chosen.id })}
        >
          Choose this
        </Button>
        <span>Choosing changes nothing yet.</span>
        {skip}
      </div>
      {chosen !== null && (
        <CommandLine apart command={answerCommand(runId, step.id, { kind: 'choose', option: chosen.id })} />
      )}
      {proceed.failure !== null && <ErrorLine failure={proceed.failure} />}
    </>
  )
}

function OptionLine({
  option: { label, says, notPossible, advised },
  isOn,
  onPick,
}: {
  readonly option: Option
  readonly isOn: boolean
  readonly onPick: () => void
}) {
  return (
    <RadioLine
      name="option"
      isOn={isOn}
      isOff={notPossible !== null}
      onPick={onPick}
      label={
        <>
          <b>
            <Sentence text={label} />
          </b>
          {advised && <em>advised</em>}
        </>
      }
    >
      {notPossible !== null ? (
        <small>
          Not possible: <Sentence text={notPossible} />
        </small>
      ) : (
        says.map((sentence) => (
          <small key={sentence}>
            <Sentence text={sentence} />
          </small>
        ))
      )}
    </RadioLine>
  )
}
