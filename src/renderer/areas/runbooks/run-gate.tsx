import type { Run } from '../../../shared/contract/runbooks.ts'
import * as Icon from '../../ui/icons.tsx'
import { acceptanceRows, meterOf } from './model/acceptance.ts'
import { gateOf } from './model/run-words.ts'
import { SheetButton } from './sheet-button.tsx'
import s from './run.module.css'

/** Full width and amber until the acceptance sheet is signed. */
export function RunGate({ run, onRun }: { readonly run: Run; readonly onRun: (run: Run) => void }) {
  const gate = gateOf(run)
  if (gate === null) return null
  const { green, all } = run.acceptance
  return (
    <div className={s['gate']} data-open={gate.isOpen || undefined}>
      {gate.isOpen ? <Icon.ShieldCheck size={15} /> : <Icon.Lock size={15} />}
      <p role="status">
        <b>{gate.lead}</b> {gate.says}
      </p>
      <span className={s['meter']} role="img" aria-label={`${green} of ${all} acceptance rows are green`}>
        {meterOf(acceptanceRows(run)).map((cell, place) => (
          <i key={place} data-cell={cell} />
        ))}
      </span>
      <SheetButton run={run} onRun={onRun} isNext />
    </div>
  )
}
