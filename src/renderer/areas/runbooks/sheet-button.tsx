import { useState } from 'react'
import type { Run } from '../../../shared/contract/runbooks.ts'
import { usePageAct } from '../../app/page-act.ts'
import { Button } from '../../ui/kit.ts'
import { AcceptanceSheet } from './acceptance-sheet.tsx'
import { notSignedBecause } from './model/acceptance.ts'

interface Props {
  readonly run: Run
  readonly onRun: (run: Run) => void
  /** It is the next thing to do, and stands out where the sheet can be signed. */
  readonly isNext?: boolean
}

/** Opens the acceptance sheet; says so where it can be signed. */
export function SheetButton({ run, onRun, isNext = false }: Props) {
  const [isOpen, setOpen] = useState(false)
  usePageAct('runbooks.accept', (id) => {
    if (id !== run.id) return false
    setOpen(true)
    return true
  })
  const canSign = run.isOurs && notSignedBecause(run) === null
  return (
    <>
      <Button
        size="xs"
        variant={canSign && isNext ? 'filled' : 'default'}
        data-next={canSign || undefined}
        onClick={() => setOpen(true)}
      >
        {canSign ? 'Sign the sheet…' : 'Acceptance sheet'}
      </Button>
      {isOpen && <AcceptanceSheet run={run} onRun={onRun} onClose={() => setOpen(false)} />}
    </>
  )
}
