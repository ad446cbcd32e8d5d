import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { revealed } from '../../../shared/domain/printable.ts'
import { usePageAct } from '../../app/page-act.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Section } from '../../ui/frame.tsx'
import { Button, TextInput } from '../../ui/kit.ts'
import { ReasonField, useReason } from '../../ui/reason-field.tsx'
import { removeClusterCommand } from '../access/commands.ts'
import s from './connection.module.css'

/** Forgets the cluster; asked for by its typed name. */
export function ClusterRemove({ cluster }: { readonly cluster: Cluster }) {
  const desk = useDesk()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [isOpen, setOpen] = useState(false)
  const [typed, setTyped] = useState('')
  const reason = useReason(cluster.mode)
  usePageAct('clusters.remove', (id) => {
    if (id !== cluster.id) return false
    setOpen(true)
    return true
  })
  const remove = useMutation(
    desk.clusters.remove.mutationOptions({
      onSuccess: async () => {
        await navigate({ to: '/' })
        await queries.invalidateQueries()
      },
    }),
  )
  return (
    <>
      <Section>Remove</Section>
      <p className={s['text']}>
        Forgets {cluster.name} on this computer. Its backups and its repository stay as they are; what was
        proved of them is forgotten here.
      </p>
      {!isOpen && (
        <div className={s['acts']}>
          <Button onClick={() => setOpen(true)}>Remove {cluster.name}…</Button>
        </div>
      )}
      {isOpen && (
        <div className={s['zone']}>
          <ReasonField of={reason} />
          <TextInput
            label={`Type ${revealed(cluster.name)}`}
            classNames={{ input: s['mono'] ?? '' }}
            value={typed}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <CommandLine command={removeClusterCommand(cluster.name, reason)} />
          {remove.isError && <ErrorLine failure={failureOf(remove.error)} />}
          <div className={s['acts']}>
            <Button ref={focus} onClick={() => setOpen(false)}>
              Cancel
            </Button>
            <Button
              color="bad"
              variant="filled"
              disabled={typed !== cluster.name || reason.isMissing}
              loading={remove.isPending}
              onClick={() =>
                remove.mutate({
                  id: cluster.id,
                  confirm: typed,
                  ...reason.sent,
                })
              }
            >
              Remove {cluster.name}
            </Button>
          </div>
        </div>
      )}
    </>
  )
}

/** Cancel has the focus; being one function, it is called once. */
function focus(button: HTMLButtonElement | null): void {
  button?.focus()
}
