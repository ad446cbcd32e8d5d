import { useState } from 'react'
import { printable } from '../../../shared/domain/printable.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Button, DialogFoot, Modal, Textarea } from '../../ui/kit.ts'
import { answerCommand } from './model/commands.ts'
import type { StepProps } from './step-props.ts'
import { useProceed } from './use-proceed.ts'
import s from './dialogs.module.css'

/** Goes past a step, with a reason that stays in the run and in its report. */
export function SkipDialog({ runId, step, onRun, onClose }: StepProps & { readonly onClose: () => void }) {
  const [reason, setReason] = useState('')
  const proceed = useProceed(runId, step.id, onRun)
  const isRow = step.section === 'accept'
  return (
    <Modal
      opened
      onClose={onClose}
      title={`${isRow ? 'Except' : 'Skip'}: ${printable(step.title)}`}
      size={540}
    >
      <p className={s['text']}>{step.why}</p>
      <Textarea
        label="Reason"
        description="Kept in the run, in the audit chain and in the report"
        autosize
        minRows={2}
        maxLength={2000}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        data-autofocus
      />
      {reason.trim() !== '' && (
        <CommandLine apart command={answerCommand(runId, step.id, { kind: 'skip', reason: reason.trim() })} />
      )}
      {proceed.failure !== null && <ErrorLine failure={proceed.failure} />}
      <DialogFoot>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          variant="filled"
          disabled={reason.trim() === '' || proceed.isPending}
          onClick={() => proceed.go({ kind: 'skip', reason: reason.trim() }, onClose)}
        >
          {isRow ? 'Except this row' : 'Skip this step'}
        </Button>
      </DialogFoot>
    </Modal>
  )
}
