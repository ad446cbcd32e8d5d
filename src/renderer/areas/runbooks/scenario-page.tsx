import type { Scenario, Triage } from '../../../shared/contract/runbooks.ts'
import type { Failure } from '../../../shared/domain/failure.ts'
import { spanWords } from '../../../shared/domain/size-words.ts'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { Section } from '../../ui/frame.tsx'
import { Sentence } from '../../ui/sentence.tsx'
import { wizardStyles as w } from '../../ui/wizard.tsx'
import s from './recover.module.css'

interface Props {
  readonly scenarios: readonly Scenario[] | undefined
  readonly failure: Failure | null
  readonly advice: Triage['advice']
  readonly chosen: Scenario | null
  readonly onChoose: (id: string) => void
}

/** The advised runbook with its reason, and all others with when they are right. */
export function ScenarioPage({ scenarios = [], failure, advice, chosen, onChoose }: Props) {
  const advised = scenarios.find(({ id }) => id === advice?.scenario) ?? null
  const others = scenarios.filter((scenario) => scenario !== advised)
  const choice = (scenario: Scenario) => (
    <Choice
      key={scenario.id}
      scenario={scenario}
      isOn={scenario === chosen}
      onPick={() => onChoose(scenario.id)}
    />
  )
  return (
    <>
      <h2 className={w['pageTitle']}>
        {advised === null ? 'Which runbook?' : `${advised.title}, by what is known.`}
      </h2>
      {advice !== null && (
        <p className={w['lead']}>
          <Sentence text={advice.sentence} />
        </p>
      )}
      {failure !== null && <ErrorPanel failure={failure} />}
      <fieldset className={s['scenarios']}>
        <legend className="vh">Runbook</legend>
        {advised !== null && (
          <>
            <Section>Advised</Section>
            {choice(advised)}
          </>
        )}
        <Section note={advised === null ? undefined : 'where you know better'}>
          {advised === null ? 'Runbooks' : 'Others'}
        </Section>
        {others.map(choice)}
      </fieldset>
    </>
  )
}

function Choice({
  scenario: { id, title, when, lastTookMs, costs },
  isOn,
  onPick,
}: {
  readonly scenario: Scenario
  readonly isOn: boolean
  readonly onPick: () => void
}) {
  return (
    <label data-on={isOn || undefined}>
      <input type="radio" name="scenario" checked={isOn} onChange={onPick} />
      <span>
        <b>{title}</b> <em>{id}</em>
        <small>{when}</small>
        {isOn &&
          costs.map((cost) => (
            <small key={cost} data-cost>
              {cost}
            </small>
          ))}
      </span>
      {lastTookMs !== null && <i>took {spanWords(lastTookMs)}</i>}
    </label>
  )
}
