import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Run } from '../../../shared/contract/runbooks.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Button, DialogFoot, Modal, Textarea } from '../../ui/kit.ts'
import { closeRule } from './model/close-rule.ts'
import { closeRunCommand } from './model/commands.ts'
import { RadioLine, RadioLines } from './radio-line.tsx'

interface Props {
  readonly run: Run
  readonly onRun: (run: Run) => void
  readonly onClose: () => void
}

/** Ends a run: gone to its end, or given up with a reason. What was done stays as it is. */
export function CloseRun({ run, onRun, onClose }: Props) {
  const rule = closeRule(run)
  const [outcome, setOutcome] = useState<'finished' | 'abandoned'>(
    rule.notFinishedBecause === null ? 'finished' : 'abandoned',
  )
  const [reason, setReason] = useState('')
  const end = useMutation(
    useDesk().runbooks.close.mutationOptions({
      onSuccess: (closed) => {
        onRun(closed)
        onClose()
      },
    }),
  )
  const isAbandoned = outcome === 'abandoned'
  return (
    <Modal opened onClose={onClose} title="Close the run" size={600}>
      <RadioLines legend="How it ends">
        <RadioLine
          name="outcome"
          isOn={!isAbandoned}
          isOff={rule.notFinishedBecause !== null}
          onPick={() => setOutcome('finished')}
          label={<b>Finished</b>}
        >
          <small>
            {rule.notFinishedBecause ??
              'Every step is behind. Its times help the next run to tell how long it takes.'}
          </small>
        </RadioLine>
        <RadioLine
          name="outcome"
          isOn={isAbandoned}
          onPick={() => setOutcome('abandoned')}
          label={<b>Given up</b>}
        >
          <small>{rule.abandonSays}</small>
        </RadioLine>
      </RadioLines>
      <Textarea
        label={isAbandoned ? 'Reason' : 'Note'}
        description="Kept in the run, in the audit chain and in the report"
        autosize
        minRows={2}
        maxLength={2000}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {(!isAbandoned || reason.trim() !== '') && (
        <CommandLine apart command={closeRunCommand(run.id, outcome, reason)} />
      )}
      {end.isError && <ErrorLine failure={failureOf(end.error)} />}
      <DialogFoot>
        <Button data-autofocus onClick={onClose}>
          Keep it open
        </Button>
        <Button
          variant="filled"
          disabled={end.isPending || (isAbandoned && reason.trim() === '')}
          onClick={() => end.mutate({ id: run.id, outcome, reason: reason.trim() })}
        >
          {isAbandoned ? 'Give it up' : 'Finish it'}
        </Button>
      </DialogFoot>
    </Modal>
  )
}
