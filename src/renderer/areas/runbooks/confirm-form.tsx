import { useState } from 'react'
import type { Asking } from '../../../shared/contract/runbooks.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Button, Modal } from '../../ui/kit.ts'
import { wizardStyles as w } from '../../ui/wizard.tsx'
import { DangerButtons } from '../../wizards/danger-buttons.tsx'
import { TypedName } from '../../wizards/typed-name.tsx'
import { Costs } from './costs.tsx'
import { answerCommand } from './model/commands.ts'
import type { StepProps } from './step-props.ts'
import { useProceed } from './use-proceed.ts'
import s from './answers.module.css'

type Confirm = Extract<Asking, { kind: 'confirm' }>

interface Props extends StepProps {
  readonly asked: Confirm
  readonly onAgain: () => void
}

/** What is lost and what stops; the name is typed in a dialog of its own. */
export function ConfirmForm({ runId, step, asked, onRun, onAgain }: Props) {
  const [isAsking, setAsking] = useState(false)
  return (
    <>
      <Costs lost={asked.says} />
      <div className={s['acts']}>
        <Button
          color="bad"
          onClick={() => {
            onAgain()
            setAsking(true)
          }}
        >
          Confirm…
        </Button>
        <span>Nothing happens before the name is typed.</span>
      </div>
      {isAsking && (
        <ConfirmDialog
          runId={runId}
          step={step}
          asked={asked}
          onRun={onRun}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  )
}

function ConfirmDialog({
  runId,
  step,
  asked,
  onRun,
  onClose,
}: StepProps & { readonly asked: Confirm; readonly onClose: () => void }) {
  const [typed, setTyped] = useState('')
  const proceed = useProceed(runId, step.id, onRun)
  return (
    <Modal opened onClose={onClose} title={printable(step.title)} size={660}>
      <Costs lost={asked.says} />
      <div className={w['zone']}>
        <TypedName expected={asked.type} what="the cluster’s name" value={typed} onChange={setTyped} />
        <DangerButtons
          label={`Confirm for ${asked.type}`}
          isReady={typed === asked.type}
          isStarting={proceed.isPending}
          note="Enter never confirms."
          onCancel={onClose}
          onStart={() => proceed.go({ kind: 'confirm', typed }, onClose)}
        />
      </div>
      <CommandLine apart command={answerCommand(runId, step.id, { kind: 'confirm', typed: asked.type })} />
      {proceed.failure !== null && <ErrorLine failure={proceed.failure} />}
    </Modal>
  )
}
