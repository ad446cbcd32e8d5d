import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Repository } from '../../../shared/contract/repositories.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { usePageAct } from '../../app/page-act.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Button, DialogFoot, Modal } from '../../ui/kit.ts'
import { removeRepositoryCommand } from '../access/commands.ts'
import { RepositoryEdit } from '../cluster/repository-edit.tsx'
import s from './repositories.module.css'

/** Another address or access, or none at all. What lies in the repository is not touched by either. */
export function RepositoryActs({ repository }: { readonly repository: Repository }) {
  const desk = useDesk()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [asked, setAsked] = useState<'change' | 'remove' | null>(null)
  const close = (): void => setAsked(null)
  const remove = useMutation(
    desk.repositories.remove.mutationOptions({
      onSuccess: async () => {
        await navigate({ to: '/repositories' })
        await queries.invalidateQueries({ queryKey: desk.repositories.key() })
      },
    }),
  )
  const name = printable(repository.name)
  const isUsed = repository.clusters.length > 0
  usePageAct('repositories.edit', (id) => {
    if (id !== repository.id) return false
    setAsked('change')
    return true
  })
  usePageAct('repositories.remove', (id) => {
    if (id !== repository.id || isUsed) return false
    setAsked('remove')
    return true
  })
  return (
    <div className={s['acts']}>
      <Button onClick={() => setAsked('change')}>Change…</Button>
      {!isUsed && <Button onClick={() => setAsked('remove')}>Remove…</Button>}
      <Modal opened={asked === 'change'} onClose={close} title={`How ${name} is reached`} size={620}>
        {asked === 'change' && <RepositoryEdit repository={repository} onDone={close} />}
      </Modal>
      <Modal opened={asked === 'remove'} onClose={close} title={`Remove ${name}?`} size={560}>
        <p>Holdfast forgets the place. What lies there stays as it is.</p>
        <CommandLine apart command={removeRepositoryCommand(repository.id)} />
        {remove.isError && <ErrorLine failure={failureOf(remove.error)} />}
        <DialogFoot note="No cluster here has its backups there.">
          <Button onClick={close} data-autofocus>
            Cancel
          </Button>
          <Button
            variant="filled"
            color="bad"
            loading={remove.isPending}
            onClick={() => remove.mutate({ id: repository.id })}
          >
            Remove it
          </Button>
        </DialogFoot>
      </Modal>
    </div>
  )
}
