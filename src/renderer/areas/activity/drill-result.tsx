import type { JobResult } from '../../../shared/contract/jobs.ts'
import { tookWords } from '../../../shared/domain/drill.ts'
import { bytesWords } from '../../../shared/domain/size-words.ts'
import { Section } from '../../ui/frame.tsx'
import { Printable } from '../../ui/printable.tsx'
import { Status } from '../../ui/status.tsx'
import { DrillParts } from '../drills/drill-parts.tsx'
import { drillWord } from '../drills/model/drill-words.ts'

type Result = Extract<JobResult, { readonly kind: 'drill' }>

/** What a drill found, phase by phase, and what it did not measure. */
export function DrillResult({ result }: { readonly result: Result }) {
  const { outcome, phases, rtoMs, plainBytes, seen, notMeasured, leftFolder } = result
  const { tone, word } = drillWord(outcome.kind)
  return (
    <>
      <Section
        note={rtoMs === null ? undefined : `${tookWords(rtoMs)} measured, ${bytesWords(plainBytes)} restored`}
      >
        <Status tone={tone}>{word}</Status>
      </Section>
      <DrillParts outcome={outcome} phases={phases} seen={seen} notMeasured={notMeasured} />
      {leftFolder !== null && (
        <p>
          <Status tone="warn">
            <Printable text={leftFolder} /> could not be removed; the next start, or the next drill there,
            tries again.
          </Status>
        </p>
      )}
    </>
  )
}
