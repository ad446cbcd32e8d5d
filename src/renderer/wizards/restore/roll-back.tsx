import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { Section } from '../../ui/frame.tsx'
import { Button } from '../../ui/kit.ts'
import { wizardStyles as w } from '../../ui/wizard.tsx'
import { ReasonField, TypedName } from '../typed-name.tsx'

interface Props {
  readonly targetDir: string
  readonly mode: Cluster['mode']
  readonly onCancel: () => void
  readonly onStarted: (jobId: string) => void
}

/** Takes the last restore in a folder back, once its name was typed. */
export function RollBack({ targetDir, mode, onCancel, onStarted }: Props) {
  const desk = useDesk()
  const [typed, setTyped] = useState('')
  const [reason, setReason] = useState('')
  const cancel = useRef<HTMLButtonElement>(null)
  useEffect(() => cancel.current?.focus(), [])
  const expected = targetDir.split('/').findLast((part) => part !== '') ?? ''
  const start = useMutation(
    desk.restore.startRollback.mutationOptions({ onSuccess: ({ jobId }) => onStarted(jobId) }),
  )
  const isReady = typed === expected && (mode !== 'protected' || reason.trim() !== '')
  return (
    <section aria-label="Roll back">
      <Section>Roll back?</Section>
      <p>
        What stood in {targetDir} before the restore comes back; what the restore wrote is kept aside beside
        it.
      </p>
      <div className={w['zone']}>
        {mode === 'protected' && <ReasonField value={reason} onChange={setReason} />}
        <TypedName
          expected={expected}
          what="the last part of the target’s path"
          value={typed}
          onChange={setTyped}
        />
        <div className={w['two']}>
          <Button ref={cancel} size="md" onClick={onCancel}>
            Cancel
          </Button>
          <Button
            size="md"
            variant="filled"
            color="bad"
            disabled={!isReady || start.isPending}
            onClick={() => start.mutate({ targetDir, confirm: typed, ...(reason !== '' && { reason }) })}
          >
            Roll back {expected}
          </Button>
        </div>
      </div>
      {start.isError && <ErrorPanel failure={failureOf(start.error)} />}
    </section>
  )
}
