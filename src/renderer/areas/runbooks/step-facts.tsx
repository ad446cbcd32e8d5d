import type { Step } from '../../../shared/contract/runbooks.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { Facts } from '../../ui/frame.tsx'
import { Printable } from '../../ui/printable.tsx'
import { Sentence } from '../../ui/sentence.tsx'
import { Moment } from '../../ui/time.tsx'
import { StepLines } from './step-lines.tsx'
import s from './step-facts.module.css'

/** All that is known of a step that is not at hand. */
export function StepFacts({ step }: { readonly step: Step }) {
  const { why, touches, undo, twin, lines, evidence, startedAt, by, does } = step
  return (
    <div className={s['facts']}>
      <Facts
        of={[
          ['Why', why],
          [
            'Touches',
            touches === '' ? 'Nothing: it only reads.' : <Printable key="touches" text={touches} />,
          ],
          ...(undo === null ? [] : ([['Undo', undo]] as const)),
          ...(does.length === 0 ? [] : ([['Asks', <Does key="does" lines={does} />]] as const)),
          ...(startedAt === null
            ? []
            : ([
                [
                  'Begun',
                  <span key="begun">
                    <Moment at={startedAt} /> by <Printable text={by ?? 'nobody'} />
                  </span>,
                ],
              ] as const)),
          ...evidence.map(
            ({ name, value }, place) => [name, <Sentence key={`evidence ${place}`} text={value} />] as const,
          ),
        ]}
      />
      {lines.length > 0 && <StepLines lines={lines} isLive={false} />}
      {twin !== null && <CommandLine label="The same by hand" command={twin} />}
    </div>
  )
}

/** What somebody has to do by hand, a line each. */
export function Does({ lines }: { readonly lines: readonly string[] }) {
  return (
    <ol className={s['does']}>
      {lines.map((line) => (
        <li key={line}>
          <Printable text={line} />
        </li>
      ))}
    </ol>
  )
}
