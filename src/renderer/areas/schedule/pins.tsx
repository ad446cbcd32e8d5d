import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import type { RetentionView } from '../../../shared/contract/retention.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Section } from '../../ui/frame.tsx'
import { BackupId } from '../../ui/hash.tsx'
import { Button, TextInput } from '../../ui/kit.ts'
import { Printable } from '../../ui/printable.tsx'
import { PinDialog } from './pin-dialog.tsx'
import s from './schedule.module.css'

interface Props {
  readonly cluster: Cluster
  readonly pins: RetentionView['pins']
}

/** Backups that no rule deletes, each with the reason that somebody gave. */
export function Pins({ cluster, pins }: Props) {
  const [isPinning, setPinning] = useState(false)
  return (
    <>
      <Section
        end={
          <Button size="xs" variant="subtle" onClick={() => setPinning(true)}>
            Pin a backup…
          </Button>
        }
      >
        Pinned
      </Section>
      {pins.length === 0 ? (
        <p className={s['text']}>No backup is kept whatever the rules say.</p>
      ) : (
        <ul className={s['pins']}>
          {pins.map((pin) => (
            <Pin key={pin.backupId} cluster={cluster} pin={pin} />
          ))}
        </ul>
      )}
      {isPinning && <PinDialog cluster={cluster} onClose={() => setPinning(false)} />}
    </>
  )
}

function Pin({ cluster, pin }: { readonly cluster: Cluster; readonly pin: Props['pins'][number] }) {
  const desk = useDesk()
  const queries = useQueryClient()
  const [isAsking, setAsking] = useState(false)
  const [reason, setReason] = useState('')
  const needsReason = cluster.mode === 'protected'
  const unpin = useMutation(
    desk.retention.unpin.mutationOptions({
      onSuccess: async () => queries.invalidateQueries({ queryKey: desk.retention.get.key() }),
    }),
  )
  const go = (): void =>
    unpin.mutate({
      clusterId: cluster.id,
      backupId: pin.backupId,
      ...(reason.trim() !== '' && { reason: reason.trim() }),
    })
  return (
    <li>
      <div>
        <BackupId id={pin.backupId} />
        <p>
          <Printable text={pin.reason} />
        </p>
      </div>
      <Button
        size="xs"
        aria-label={`Unpin ${pin.backupId}`}
        loading={unpin.isPending}
        disabled={isAsking && reason.trim() === ''}
        onClick={() => (needsReason && !isAsking ? setAsking(true) : go())}
      >
        {needsReason && !isAsking ? 'Unpin…' : 'Unpin'}
      </Button>
      {isAsking && (
        <TextInput
          label="Reason"
          description="The cluster is protected: the reason is kept in the audit chain"
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      )}
      {unpin.isError && <ErrorLine failure={failureOf(unpin.error)} />}
    </li>
  )
}
