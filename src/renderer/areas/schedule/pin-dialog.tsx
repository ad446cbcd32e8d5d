import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Button, DialogFoot, Modal, Select, TextInput } from '../../ui/kit.ts'
import { pinCommand } from './model/commands.ts'
import s from './schedule.module.css'

interface Props {
  readonly cluster: Cluster
  readonly onClose: () => void
}

/** Keeps one backup whatever the rules say, with the reason why. */
export function PinDialog({ cluster, onClose }: Props) {
  const desk = useDesk()
  const queries = useQueryClient()
  const [backupId, setBackupId] = useState<string | null>(null)
  const [reason, setReason] = useState('')
  const chain = useQuery(desk.backups.chain.queryOptions({ input: { clusterId: cluster.id } }))
  const pin = useMutation(
    desk.retention.pin.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries({ queryKey: desk.retention.get.key() })
        onClose()
      },
    }),
  )
  const backups = chain.data?.backups ?? []
  const isWhole = backupId !== null && reason.trim() !== ''
  return (
    <Modal opened onClose={onClose} title={`Pin a backup of ${printable(cluster.name)}`} size={560}>
      <form
        className={s['form']}
        onSubmit={(event) => {
          event.preventDefault()
          if (isWhole) pin.mutate({ clusterId: cluster.id, backupId, reason: reason.trim() })
        }}
      >
        <Select
          label="Backup"
          description={chain.data === undefined ? 'Looking at the repository.' : 'Newest first'}
          searchable
          limit={200}
          data={backups.map((each) => ({ value: each.backupId, label: printable(each.backupId) }))}
          value={backupId}
          onChange={setBackupId}
        />
        <TextInput
          label="Why it is kept"
          description="Shown beside it, and kept in the audit chain"
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {backupId !== null && <CommandLine command={pinCommand(cluster.name, backupId, reason)} />}
        {chain.isError && <ErrorLine failure={failureOf(chain.error)} />}
        {pin.isError && <ErrorLine failure={failureOf(pin.error)} />}
        <DialogFoot note="Kept on this computer. The cluster’s own retention knows nothing of it.">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" disabled={!isWhole} loading={pin.isPending}>
            Pin
          </Button>
        </DialogFoot>
      </form>
    </Modal>
  )
}
