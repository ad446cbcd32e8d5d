import { Sentence } from '../../ui/sentence.tsx'
import s from './costs.module.css'

interface Props {
  /** What is lost: it cannot be had again. */
  readonly lost: readonly string[]
  /** What stops, or becomes another. */
  readonly costs?: readonly string[]
}

/** What a step or a whole runbook costs, a line each. */
export function Costs({ lost, costs = [] }: Props) {
  return (
    <ul className={s['costs']}>
      {lost.map((text) => (
        <li key={text} data-grave>
          <Line text={text} />
        </li>
      ))}
      {costs.map((text) => (
        <li key={text}>
          <Line text={text} />
        </li>
      ))}
    </ul>
  )
}

/** One cell, whatever stands in it. */
function Line({ text }: { readonly text: string }) {
  return (
    <span>
      <Sentence text={text} />
    </span>
  )
}
