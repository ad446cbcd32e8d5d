import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Repository } from '../../../shared/contract/repositories.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Button, TextInput } from '../../ui/kit.ts'
import { accessFor, readAddress } from '../access/access-draft.ts'
import { editRepositoryCommand } from '../access/commands.ts'
import { AccessFields } from '../access/access-fields.tsx'
import s from './connection.module.css'

interface Props {
  readonly repository: Repository
  readonly onDone: () => void
}

/** Another address or access; the repository itself is not touched. */
export function RepositoryEdit({ repository, onDone }: Props) {
  const desk = useDesk()
  const queries = useQueryClient()
  const [address, setAddress] = useState(repository.address)
  const [access, setAccess] = useState(repository.access)
  const read = readAddress(address)
  const edit = useMutation(
    desk.repositories.edit.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries()
        onDone()
      },
    }),
  )
  const command =
    read.kind === 'good'
      ? editRepositoryCommand(repository, {
          address: address.trim(),
          access: accessFor(read.address, access),
        })
      : null
  return (
    <form
      className={s['form']}
      onSubmit={(event) => {
        event.preventDefault()
        if (read.kind !== 'good') return
        edit.mutate({
          id: repository.id,
          name: repository.name,
          address: address.trim(),
          access: accessFor(read.address, access),
        })
      }}
    >
      <TextInput
        label="Address"
        classNames={{ input: s['mono'] ?? '' }}
        value={address}
        description={read.kind === 'good' && read.help}
        error={read.kind === 'bad' && read.why}
        onChange={(event) => setAddress(event.currentTarget.value)}
        spellCheck={false}
      />
      {read.kind === 'good' && (
        <AccessFields
          address={read.address}
          access={access}
          onChange={setAccess}
          suggestedLabel={repository.name}
        />
      )}
      {command !== null && <CommandLine command={command} />}
      {edit.isError && <ErrorLine failure={failureOf(edit.error)} />}
      <div className={s['acts']}>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" variant="filled" disabled={read.kind !== 'good'} loading={edit.isPending}>
          Keep
        </Button>
      </div>
    </form>
  )
}
