import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { usePageAct } from '../../app/page-act.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Button } from '../../ui/kit.ts'
import { ReasonField, useReason } from '../../ui/reason-field.tsx'
import { disconnectCommand } from './model/commands.ts'
import s from './masters.module.css'

/** Forgets how the masters are reached; where the cluster is protected, with a reason. */
export function Disconnect({ cluster }: { readonly cluster: Cluster }) {
  const desk = useDesk()
  const queries = useQueryClient()
  const [isOpen, setOpen] = useState(false)
  const reason = useReason(cluster.mode)
  usePageAct('masters.disconnect', (id) => {
    if (id !== cluster.id) return false
    setOpen(true)
    return true
  })
  const disconnect = useMutation(
    desk.masters.disconnect.mutationOptions({
      onSuccess: async () => queries.invalidateQueries({ queryKey: desk.masters.key() }),
    }),
  )
  if (!isOpen) {
    return (
      <div className={s['acts']}>
        <Button onClick={() => setOpen(true)}>Disconnect…</Button>
      </div>
    )
  }
  return (
    <div className={s['danger']}>
      <p>
        Forgets how its masters are reached, and ends the schedule that this console keeps for it. The
        masters, their own schedule, the repository and the credentials in the vault stay as they are.
      </p>
      <ReasonField of={reason} />
      <CommandLine command={disconnectCommand(cluster.name, reason)} />
      {disconnect.isError && <ErrorLine failure={failureOf(disconnect.error)} />}
      <div className={s['acts']}>
        <Button ref={focus} onClick={() => setOpen(false)}>
          Cancel
        </Button>
        <Button
          color="bad"
          variant="filled"
          disabled={reason.isMissing}
          loading={disconnect.isPending}
          onClick={() => disconnect.mutate({ id: cluster.id, ...reason.sent })}
        >
          Disconnect
        </Button>
      </div>
    </div>
  )
}

/** Cancel has the focus; being one function, it is called once. */
function focus(button: HTMLButtonElement | null): void {
  button?.focus()
}
