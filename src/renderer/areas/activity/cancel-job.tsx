import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Job, JobKind } from '../../../shared/contract/jobs.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { useHint } from '../../ui/hint.tsx'
import * as Icon from '../../ui/icons.tsx'
import { Button, DialogFoot, Modal } from '../../ui/kit.ts'
import { cancelCommand, kindWords } from './model.ts'

/** Cancelling these undoes work or leaves a part of it; the others only stop reading. */
const asksFirst: ReadonlySet<JobKind> = new Set(['restore', 'rollback', 'copy', 'prune'])

/** Ends a job; asks first where that undoes something. Where it cannot be cancelled now, there is nothing. */
export function CancelJob({ job }: { readonly job: Job }) {
  const desk = useDesk()
  const [isAsking, setAsking] = useState(false)
  const { target, hint } = useHint(job.cancel, { w: 320 })
  const cancel = useMutation(desk.jobs.cancel.mutationOptions({ onSuccess: () => setAsking(false) }))
  if (job.cancel === null || (job.state !== 'running' && job.state !== 'waiting')) return null
  const asks = job.state === 'running' && asksFirst.has(job.kind)
  const name = kindWords[job.kind].toLowerCase()
  return (
    <>
      <Button
        {...target}
        leftSection={<Icon.Close size={13} />}
        loading={cancel.isPending}
        onClick={() => (asks ? setAsking(true) : cancel.mutate({ id: job.id }))}
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
