import { useState, type ReactNode } from 'react'
import type { Step } from '../../../shared/contract/runbooks.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { Button, Textarea } from '../../ui/kit.ts'
import { answerCommand } from './model/commands.ts'
import type { useProceed } from './use-proceed.ts'
import s from './answers.module.css'

interface Props {
  readonly runId: string
  readonly step: Step
  readonly proceed: ReturnType<typeof useProceed>
  readonly skip: ReactNode
}

/** Somebody did it by hand, and says so; what was asked for is written down. */
export function ManualForm({ runId, step, proceed, skip }: Props) {
  const [note, setNote] = useState('')
  const isAsked = step.asks !== null
  const isMissing = isAsked && note.trim() === ''
  return (
    <>
      <Textarea
        label={step.asks ?? 'Note'}
        description={isAsked ? undefined : 'Kept with the step; it can stay empty. Nothing secret.'}
        autosize
        minRows={1}
        maxLength={2000}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <div className={s['acts']}>
        <Button
          variant="filled"
          disabled={isMissing || proceed.isPending}
          onClick={() => proceed.go({ kind: 'did', note: note.trim() })}
        >
          Done by hand
        </Button>
        <span>
          {isMissing ? 'What is asked for is missing.' : 'Where it can be proved, it is looked at.'}
        </span>
        {skip}
      </div>
      {!isMissing && (
        <CommandLine apart command={answerCommand(runId, step.id, { kind: 'did', note: note.trim() })} />
      )}
    </>
  )
}
