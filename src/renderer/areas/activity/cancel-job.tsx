import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { usePageAct } from '../../app/page-act.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { useHint } from '../../ui/hint.tsx'
import * as Icon from '../../ui/icons.tsx'
import { Button, DialogFoot, Modal } from '../../ui/kit.ts'
import { cancelAsks, cancelCommand, kindWords } from './model.ts'

/** Ends a job; asks first where that undoes something. Where it cannot be cancelled now, there is nothing. */
export function CancelJob({ job }: { readonly job: Job }) {
  const desk = useDesk()
  const [isAsking, setAsking] = useState(false)
  const { target, hint } = useHint(job.cancel, { w: 320 })
  const cancel = useMutation(desk.jobs.cancel.mutationOptions({ onSuccess: () => setAsking(false) }))
  const canCancel = job.cancel !== null && (job.state === 'running' || job.state === 'waiting')
  const asks = cancelAsks(job)
  const cancelOrAsk = (): void => (asks ? setAsking(true) : cancel.mutate({ id: job.id }))
  usePageAct('jobs.cancel', (id) => {
    if (id !== job.id || !canCancel) return false
    cancelOrAsk()
    return true
  })
  if (!canCancel) return null
  const name = kindWords[job.kind].toLowerCase()
  return (
    <>
      <Button
        {...target}
        leftSection={<Icon.Close size={13} />}
        loading={cancel.isPending}
        onClick={cancelOrAsk}
      >
        Cancel {name}
        {asks && '…'}
      </Button>
      {hint}
      {!isAsking && cancel.isError && <ErrorLine failure={failureOf(cancel.error)} />}
      <Modal
        opened={isAsking}
        onClose={() => setAsking(false)}
        title={`Cancel the ${name} of ${printable(job.subject)}?`}
      >
        <p>{job.cancel}</p>
        <CommandLine apart command={cancelCommand(job.id)} />
        {cancel.isError && <ErrorLine failure={failureOf(cancel.error)} />}
        <DialogFoot>
          <Button data-autofocus onClick={() => setAsking(false)}>
            Keep it running
          </Button>
          <Button
            variant="filled"
            color="bad"
            loading={cancel.isPending}
            onClick={() => cancel.mutate({ id: job.id })}
          >
            Cancel the {name}
          </Button>
        </DialogFoot>
      </Modal>
    </>
  )
}
