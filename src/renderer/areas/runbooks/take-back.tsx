import { printable } from '../../../shared/domain/printable.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Button, DialogFoot, Modal } from '../../ui/kit.ts'
import { answerCommand } from './model/commands.ts'
import type { StepProps } from './step-props.ts'
import { useProceed } from './use-proceed.ts'
import s from './dialogs.module.css'

interface Props extends StepProps {
  readonly onClose: () => void
}

/** Undoes a step that was done; asked first, because the steps after it rest on it. */
export function TakeBack({ runId, step, onRun, onClose }: Props) {
  const proceed = useProceed(runId, step.id, onRun)
  return (
    <Modal opened onClose={onClose} title={`Take back: ${printable(step.title)}`} size={540}>
      <p className={s['text']}>{step.undo ?? 'What the step did is undone.'}</p>
      <p className={s['text']}>
        It is then the step at hand again. What was confirmed is to be confirmed again.
      </p>
      <CommandLine apart command={answerCommand(runId, step.id, { kind: 'takeBack' })} />
      {proceed.failure !== null && <ErrorLine failure={proceed.failure} />}
      <DialogFoot>
        <Button data-autofocus onClick={onClose}>
          Keep it
        </Button>
        <Button
          variant="filled"
          disabled={proceed.isPending}
          onClick={() => proceed.go({ kind: 'takeBack' }, onClose)}
        >
          Take it back
        </Button>
      </DialogFoot>
    </Modal>
  )
}
