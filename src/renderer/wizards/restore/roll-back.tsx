import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { Printable } from '../../ui/printable.tsx'
import { wizardStyles as w } from '../../ui/wizard.tsx'
import { DangerButtons } from '../danger-buttons.tsx'
import { AskReason, TypedName } from '../typed-name.tsx'
import { isConfirmed } from './draft.ts'

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
  const expected = targetDir.split('/').findLast((part) => part !== '') ?? ''
  const start = useMutation(
    desk.restore.startRollback.mutationOptions({ onSuccess: ({ jobId }) => onStarted(jobId) }),
  )
  const isReady = isConfirmed({ typed, reason }, { expected, needsReason: mode === 'protected' })
  return (
    <section aria-label="Roll back" className={w['confirm']}>
      <h2 className={w['pageTitle']}>
        Take back the restore in <Printable text={expected} />?
      </h2>
      <dl className={w['dl']}>
        <dt>Comes back</dt>
        <dd>
          What stood in <Printable text={targetDir} /> before the restore
          <small>
            Each name is moved back from its .before-restore- name. Where nothing stood, nothing will.
          </small>
        </dd>
        <dt>Lost</dt>
        <dd>
          What was written there since the restore is not in what comes back
          <small>Nothing is deleted: what stands there now is kept aside under a name of its own.</small>
        </dd>
        <dt>Way back</dt>
        <dd>Restore again, from the same backup.</dd>
      </dl>
      <div className={w['zone']}>
        {mode === 'protected' && <AskReason value={reason} onChange={setReason} />}
        <TypedName
          expected={expected}
          what="the last part of the target’s path"
          value={typed}
          onChange={setTyped}
        />
        <DangerButtons
          label={`Roll back ${expected}`}
          isReady={isReady}
          isStarting={start.isPending}
          note="Enter never starts it."
          onCancel={onCancel}
          onStart={() => start.mutate({ targetDir, confirm: typed, ...(reason.trim() !== '' && { reason }) })}
        />
      </div>
      {start.isError && <ErrorPanel failure={failureOf(start.error)} />}
    </section>
  )
}
