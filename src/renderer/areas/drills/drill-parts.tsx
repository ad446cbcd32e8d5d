import type { DrillView } from '../../../shared/contract/drills.ts'
import { Printable } from '../../ui/printable.tsx'
import { Sentences } from '../../ui/sentence.tsx'
import { PhaseBar } from './phase-bar.tsx'
import s from './drills.module.css'

/** Why a drill came to no more, how long each part took, and what stands in none of the parts. */
export function DrillParts({
  outcome,
  phases,
  seen,
  notMeasured,
}: Pick<DrillView, 'outcome' | 'phases' | 'seen' | 'notMeasured'>) {
  return (
    <>
      {outcome.kind !== 'restored' && (
        <p className={s['sentence']}>
          <Printable text={outcome.because} />
        </p>
      )}
      <PhaseBar phases={phases} />
      {seen.length > 0 && (
        <section className={s['rest']}>
          <h3>What it said of itself</h3>
          <Sentences of={seen} />
        </section>
      )}
      {notMeasured.length > 0 && (
        <section className={s['rest']}>
          <h3>Not measured</h3>
          <Sentences of={notMeasured} />
        </section>
      )}
    </>
  )
}
