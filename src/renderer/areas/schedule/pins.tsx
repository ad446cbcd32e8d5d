import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import type { RetentionView } from '../../../shared/contract/retention.ts'
import { usePageAct } from '../../app/page-act.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Section } from '../../ui/frame.tsx'
import { BackupId } from '../../ui/hash.tsx'
import { Button } from '../../ui/kit.ts'
import { Printable } from '../../ui/printable.tsx'
import { ReasonField, useReason } from '../../ui/reason-field.tsx'
import { unpinCommand } from './model/commands.ts'
import { PinDialog } from './pin-dialog.tsx'
import s from './schedule.module.css'

interface Props {
  readonly cluster: Cluster
  readonly pins: RetentionView['pins']
}

/** Backups that no rule deletes, each with the reason that somebody gave. */
export function Pins({ cluster, pins }: Props) {
  const [isPinning, setPinning] = useState(false)
  usePageAct('retention.pin', (id) => {
    if (id !== cluster.id) return false
    setPinning(true)
    return true
  })
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
  const reason = useReason(cluster.mode)
  const unpin = useMutation(
    desk.retention.unpin.mutationOptions({
      onSuccess: async () => queries.invalidateQueries({ queryKey: desk.retention.get.key() }),
    }),
  )
  const go = (): void =>
    unpin.mutate({
      clusterId: cluster.id,
      backupId: pin.backupId,
      ...reason.sent,
    })
  const unpinOrAsk = (): void => (reason.isNeeded && !isAsking ? setAsking(true) : go())
  usePageAct('retention.unpin', (backupId) => {
    if (backupId !== pin.backupId) return false
    unpinOrAsk()
    return true
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
        disabled={isAsking && reason.isMissing}
        onClick={unpinOrAsk}
      >
        {reason.isNeeded && !isAsking ? 'Unpin…' : 'Unpin'}
      </Button>
      {isAsking && <ReasonField of={reason} />}
      {isAsking && <CommandLine command={unpinCommand(cluster.name, pin.backupId, reason)} />}
      {unpin.isError && <ErrorLine failure={failureOf(unpin.error)} />}
    </li>
  )
}
