import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Run } from '../../../shared/contract/runbooks.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Section } from '../../ui/frame.tsx'
import { Button, DialogFoot, Modal, Textarea } from '../../ui/kit.ts'
import { Printable } from '../../ui/printable.tsx'
import { Sentence } from '../../ui/sentence.tsx'
import { Glyph } from '../../ui/status.tsx'
import { Moment } from '../../ui/time.tsx'
import { takeOverCommand } from './model/commands.ts'
import { lastDeeds } from './model/run-words.ts'
import { stepTone, stepWord } from './model/step-words.ts'
import s from './dialogs.module.css'

interface Props {
  readonly run: Run
  readonly onRun: (run: Run) => void
  readonly onClose: () => void
}

/** "Where were we": the last steps, who went them and when; and another person goes on. */
export function TakeOver({ run, onRun, onClose }: Props) {
  const deeds = lastDeeds(run)
  const place = run.list.findIndex(({ id }) => id === run.current)
  const current = run.list[place]
  return (
    <Modal opened onClose={onClose} title="Where were we" size={640}>
      <p className={s['text']}>
        <Printable text={run.holder} /> holds this run. {run.done} of {run.steps} steps are behind.
      </p>
      <Section>The last steps</Section>
      {deeds.length === 0 && <p className={s['text']}>None was begun yet.</p>}
      <ol className={s['deeds']}>
        {deeds.map(({ number, step }) => (
          <li key={step.id}>
            <Glyph tone={stepTone(step.state)} size={14} title={stepWord(step.state)} />
            <div>
              <b>
                {number}. {step.title}
              </b>
              <small>
                {step.startedAt !== null && <Moment at={step.startedAt} />} by{' '}
                <Printable text={step.by ?? 'nobody'} />
              </small>
              {step.sentence !== null && (
                <p>
                  <Sentence text={step.sentence} />
                </p>
              )}
            </div>
          </li>
        ))}
      </ol>
      {current !== undefined && (
        <>
          <Section>The step at hand</Section>
          <p className={s['text']}>
            <b>
              {place + 1}. {current.title}
            </b>{' '}
            {current.why}
          </p>
        </>
      )}
      {run.isOurs ? (
        <DialogFoot>
          <Button data-autofocus onClick={onClose}>
            Close
          </Button>
        </DialogFoot>
      ) : (
        <GoOn run={run} onRun={onRun} onClose={onClose} />
      )}
    </Modal>
  )
}

/** The run passes into other hands, with a note. */
function GoOn({ run, onRun, onClose }: Props) {
  const [note, setNote] = useState('')
  const takeOver = useMutation(
    useDesk().runbooks.takeOver.mutationOptions({
      onSuccess: (taken) => {
        onRun(taken)
        onClose()
      },
    }),
  )
  return (
    <>
      <Section>Go on with it yourself</Section>
      <p className={s['text']}>
        What was confirmed and not yet used is to be confirmed again, by you. Secrets stay in your own vault.
      </p>
      <Textarea
        label="Note"
        description="What was said at the hand-over; kept in the run"
        autosize
        minRows={2}
        maxLength={2000}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <CommandLine apart command={takeOverCommand(run.id, note)} />
      {takeOver.isError && <ErrorLine failure={failureOf(takeOver.error)} />}
      <DialogFoot>
        <Button data-autofocus onClick={onClose}>
          Leave it as it is
        </Button>
        <Button
          variant="filled"
          disabled={takeOver.isPending}
          onClick={() => takeOver.mutate({ id: run.id, note: note.trim() })}
        >
          Take over
        </Button>
      </DialogFoot>
    </>
  )
}
