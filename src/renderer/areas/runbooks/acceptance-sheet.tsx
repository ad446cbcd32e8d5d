import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Run } from '../../../shared/contract/runbooks.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { CopyTable } from '../../ui/copy-table.tsx'
import { DataTable, type Column } from '../../ui/data-table.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Section } from '../../ui/frame.tsx'
import { Button, DialogFoot, Modal, Textarea } from '../../ui/kit.ts'
import { Sentence } from '../../ui/sentence.tsx'
import { Status } from '../../ui/status.tsx'
import { Moment, utcWords } from '../../ui/time.tsx'
import { TypedName } from '../../wizards/typed-name.tsx'
import { wizardStyles as w } from '../../ui/wizard.tsx'
import { acceptanceRows, notSignedBecause, type AcceptanceRow } from './model/acceptance.ts'
import { acceptCommand } from './model/commands.ts'
import { gateOf } from './model/run-words.ts'
import s from './dialogs.module.css'

const columns: readonly Column<AcceptanceRow>[] = [
  { head: 'Row', text: ({ step }) => step.title, wrap: true },
  {
    head: 'State',
    text: ({ word }) => word,
    cell: ({ tone, word }) => <Status tone={tone}>{word}</Status>,
  },
  {
    head: 'Found',
    text: ({ step }) => step.sentence ?? '',
    cell: ({ step }) => step.sentence !== null && <Sentence text={step.sentence} />,
    wrap: true,
  },
  {
    head: 'Evidence',
    text: ({ step }) => step.evidence.map(({ name, value }) => `${name}: ${value}`).join('; '),
    cell: ({ step }) =>
      step.evidence.map(({ name, value }, place) => (
        <span key={place} className={s['proof']}>
          {name}{' '}
          <code>
            <Sentence text={value} />
          </code>
        </span>
      )),
    wrap: true,
  },
  {
    head: 'When',
    text: ({ step }) => (step.endedAt === null ? '' : utcWords(step.endedAt)),
    cell: ({ step }) => step.endedAt !== null && <Moment at={step.endedAt} />,
  },
]

interface Props {
  readonly run: Run
  readonly onRun: (run: Run) => void
  readonly onClose: () => void
}

/** What has to be so before users come back, row by row; signed when all of it is green or excepted. */
export function AcceptanceSheet({ run, onRun, onClose }: Props) {
  const rows = acceptanceRows(run)
  const because = run.isOurs ? notSignedBecause(run) : `${run.holder} holds the run.`
  return (
    <Modal opened onClose={onClose} title="Acceptance sheet" size={1080}>
      <p className={s['text']}>{gateOf(run)?.says}</p>
      <Section end={<CopyTable name="acceptance" columns={columns} rows={rows} />}>Rows</Section>
      <div className={s['sheet']}>
        <DataTable label="Acceptance rows" columns={columns} rows={rows} keyOf={({ step }) => step.id} />
      </div>
      {because === null ? (
        <Sign run={run} onRun={onRun} onClose={onClose} />
      ) : (
        <DialogFoot note={run.acceptance.signedAt === null && `It cannot be signed now. ${because}`}>
          <Button data-autofocus onClick={onClose}>
            Close
          </Button>
        </DialogFoot>
      )}
    </Modal>
  )
}

function Sign({ run, onRun, onClose }: Props) {
  const [typed, setTyped] = useState('')
  const [note, setNote] = useState('')
  const accept = useMutation(
    useDesk().runbooks.accept.mutationOptions({
      onSuccess: (signed) => {
        onRun(signed)
        onClose()
      },
    }),
  )
  return (
    <div className={`${w['zone'] ?? ''} ${s['sign'] ?? ''}`}>
      <Textarea
        label="Note"
        description="What was looked at by hand, and what remains; kept with the signature"
        autosize
        minRows={2}
        maxLength={2000}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <TypedName expected={run.cluster} what="the cluster’s name" value={typed} onChange={setTyped} />
      <div className={w['two']}>
        <Button size="md" data-autofocus onClick={onClose}>
          Cancel
        </Button>
        <Button
          size="md"
          variant="filled"
          disabled={typed !== run.cluster || accept.isPending}
          onClick={() => accept.mutate({ id: run.id, confirm: typed, note: note.trim() })}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.preventDefault()
          }}
        >
          Sign: open to users
        </Button>
        <span>Enter never signs.</span>
      </div>
      <CommandLine apart command={acceptCommand(run, note)} />
      {accept.isError && <ErrorLine failure={failureOf(accept.error)} />}
    </div>
  )
}
