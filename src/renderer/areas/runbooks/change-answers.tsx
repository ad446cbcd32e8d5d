import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Run } from '../../../shared/contract/runbooks.ts'
import { usePageAct } from '../../app/page-act.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Button, DialogFoot, Modal } from '../../ui/kit.ts'
import { wizardStyles as w } from '../../ui/wizard.tsx'
import { AskReason } from '../../wizards/typed-name.tsx'
import { InputField } from './input-field.tsx'
import { changeRunCommand } from './model/commands.ts'
import s from './dialogs.module.css'

interface Props {
  readonly run: Run
  readonly onRun: (run: Run) => void
  readonly onClose: () => void
}

/** Opens it, where the answers can be changed. */
export function ChangeButton({ run, onRun }: Omit<Props, 'onClose'>) {
  const [isChanging, setChanging] = useState(false)
  const canChange = run.state === 'open' && run.isOurs && run.inputs.length > 0 && run.fixedBecause === null
  usePageAct('runbooks.changeAnswers', (id) => {
    if (id !== run.id || !canChange) return false
    setChanging(true)
    return true
  })
  if (!canChange) return null
  return (
    <>
      <Button size="xs" onClick={() => setChanging(true)}>
        Change an answer…
      </Button>
      {isChanging && <ChangeAnswers run={run} onRun={onRun} onClose={() => setChanging(false)} />}
    </>
  )
}

/** What was given to a run, to be given otherwise; everything is then looked at anew. */
function ChangeAnswers({ run, onRun, onClose }: Props) {
  const desk = useDesk()
  const { data: scenarios } = useQuery(
    desk.runbooks.scenarios.queryOptions({ input: { clusterId: run.clusterId } }),
  )
  const { data: clusters } = useQuery(desk.clusters.list.queryOptions())
  const before = Object.fromEntries(run.inputs.map(({ name, value }) => [name, value]))
  const [inputs, setInputs] = useState(before)
  const [reason, setReason] = useState('')
  const fields = scenarios?.find(({ id }) => id === run.scenario)?.inputs ?? []
  const isProtected = clusters?.find(({ id }) => id === run.clusterId)?.mode === 'protected'
  const missing = fields.find(({ name, required }) => required && (inputs[name] ?? '').trim() === '')
  const command = changeRunCommand(run, inputs, reason)
  const change = useMutation(
    desk.runbooks.changeAnswers.mutationOptions({
      onSuccess: (changed) => {
        onRun(changed)
        onClose()
      },
    }),
  )
  return (
    <Modal opened onClose={onClose} title="Change an answer" size={660}>
      <p className={s['text']}>
        Nothing that was done with the old answers stands, so they can be changed. Every step is looked at
        anew from the first one, with the connection of the cluster as it is saved now; what was chosen and
        confirmed is chosen and confirmed again.
      </p>
      <div className={s['form']}>
        {fields.map((input) => (
          <InputField
            key={input.name}
            cluster={run.cluster}
            input={input}
            value={inputs[input.name] ?? ''}
            onChange={(value) => setInputs({ ...inputs, [input.name]: value })}
          />
        ))}
        {isProtected && (
          <div className={w['zone']}>
            <AskReason value={reason} onChange={setReason} />
          </div>
        )}
      </div>
      {command !== null && <CommandLine apart command={command} />}
      {change.isError && <ErrorLine failure={failureOf(change.error)} />}
      <DialogFoot note={missing !== undefined && `Missing: ${missing.label}.`}>
        <Button data-autofocus onClick={onClose}>
          Cancel
        </Button>
        <Button
          variant="filled"
          disabled={change.isPending || missing !== undefined || (isProtected && reason.trim() === '')}
          onClick={() =>
            change.mutate({ id: run.id, inputs, ...(reason.trim() !== '' && { reason: reason.trim() }) })
          }
        >
          Change, and look anew
        </Button>
      </DialogFoot>
    </Modal>
  )
}
