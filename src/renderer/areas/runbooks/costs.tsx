import { Dash, Dashed } from '../../ui/dashed.tsx'
import { Sentence } from '../../ui/sentence.tsx'

interface Props {
  /** What is lost: it cannot be had again. */
  readonly lost: readonly string[]
  /** What stops, or becomes another. */
  readonly costs?: readonly string[]
}

/** What a step or a whole runbook costs, a line each. */
export function Costs({ lost, costs = [] }: Props) {
  return (
    <Dashed>
      {lost.map((text) => (
        <Dash key={text} isLost>
          <Sentence text={text} />
        </Dash>
      ))}
      {costs.map((text) => (
        <Dash key={text}>
          <Sentence text={text} />
        </Dash>
      ))}
    </Dashed>
  )
}
