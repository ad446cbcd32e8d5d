import type { DrillView } from '../../../shared/contract/drills.ts'
import { Printable, PrintableList } from '../../ui/printable.tsx'
import { PhaseBar } from './phase-bar.tsx'
import s from './drills.module.css'

/** Why a drill came to no more, how long each part took, and what stands in none of the parts. */
export function DrillParts({
  outcome,
  phases,
  notMeasured,
}: Pick<DrillView, 'outcome' | 'phases' | 'notMeasured'>) {
  return (
    <>
      {outcome.kind !== 'restored' && (
        <p className={s['sentence']}>
          <Printable text={outcome.because} />
        </p>
      )}
      <PhaseBar phases={phases} />
      {notMeasured.length > 0 && (
        <section className={s['rest']}>
          <h3>Not measured</h3>
          <PrintableList of={notMeasured} />
        </section>
      )}
    </>
  )
}
