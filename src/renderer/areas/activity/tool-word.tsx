import type { JobResult } from '../../../shared/contract/jobs.ts'
import { Section } from '../../ui/frame.tsx'
import { Printable } from '../../ui/printable.tsx'
import { Status, type Tone } from '../../ui/status.tsx'

type ToolSaid = NonNullable<Extract<JobResult, { kind: 'verify' }>['tool']>

const toolStates = {
  whole: { tone: 'good', word: 'Nothing wrong' },
  bad: { tone: 'bad', word: 'Bad' },
  unknown: { tone: 'unknown', word: 'Not proved' },
} as const satisfies Readonly<Record<string, { readonly tone: Tone; readonly word: string }>>

/** What the system's own tool said of what it keeps: its word, beside what was read here. */
export function ToolWord({ said }: { readonly said: ToolSaid }) {
  const { tone, word } = toolStates[said.state]
  return (
    <>
      <Section note="its own word, not a verdict of the bytes read here">What {said.name} says</Section>
      <p>
        <Status tone={tone}>{word}</Status> <Printable text={said.sentence} />
      </p>
      {said.next !== null && <p>{said.next}</p>}
      {said.lines.length > 0 && (
        <ul>
          {said.lines.map((line, place) => (
            <li key={place}>
              <Printable text={line} />
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
