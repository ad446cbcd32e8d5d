import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { noAccess, type Access } from '../../../shared/contract/repositories.ts'
import type { SystemName } from '../../../shared/domain/system-name.ts'
import { Crumbs } from '../../app/crumbs.tsx'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { TextInput } from '../../ui/kit.ts'
import { accessFor, readAddress } from '../access/access-draft.ts'
import { addRepositoryCommand } from '../access/commands.ts'
import { suggestedName } from '../access/name-fields.tsx'
import { hasPassed, useAccessTest } from '../access/use-access-test.ts'
import { Group, PlaceFields } from './place-fields.tsx'
import { SystemChoice } from './system-choice.tsx'
import { TestPane } from './test-pane.tsx'
import s from './add.module.css'

/** A place without a cluster, such as one to copy into: left what is asked, right what of it works. */
export function AddRepository() {
  const desk = useDesk()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [system, setSystem] = useState<SystemName>('kiok')
  const [addressText, setAddressText] = useState('')
  const [access, setAccess] = useState<Access>(noAccess)
  const [typedName, setName] = useState<string | null>(null)
  const read = readAddress(addressText)
  const name = (typedName ?? (read.kind === 'good' ? suggestedName(read.address) : '')).trim()
  const place =
    read.kind === 'good'
      ? { system, address: addressText.trim(), access: accessFor(read.address, access) }
      : null
  const test = useAccessTest(place && { ...place, masterKeys: [] })
  const add = useMutation(
    desk.repositories.add.mutationOptions({
      onSuccess: async ({ id }) => {
        await queries.invalidateQueries({ queryKey: desk.repositories.key() })
        await navigate({ to: '/repositories/$id', params: { id } })
      },
    }),
  )
  const isWhole = place !== null && name !== ''
  return (
    <div className={s['cols']}>
      <Crumbs
        of={[
          { name: 'Fleet', to: '/' },
          { name: 'Repositories', to: '/repositories' },
          { name: 'Add repository' },
        ]}
      />
      <form
        id="add-repository"
        className={s['form']}
        aria-label="Add repository"
        onSubmit={(event) => {
          event.preventDefault()
          if (isWhole && hasPassed(test)) add.mutate({ ...place, name })
        }}
      >
        <h1>Add a repository</h1>
        <p className={s['lead']}>
          A place that backups are copied into. What clusters have their backups in is added with them.
        </p>
        <Group title="System">
          <SystemChoice value={system} onChange={setSystem} />
        </Group>
        <Group title="Repository" note="where backups lie">
          <PlaceFields
            text={addressText}
            onText={setAddressText}
            access={access}
            onAccess={setAccess}
            suggestedLabel={name}
          />
        </Group>
        <Group title="Name">
          <TextInput
            aria-label="Name"
            value={typedName ?? name}
            maxLength={120}
            autoComplete="off"
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </Group>
        {isWhole && <CommandLine command={addRepositoryCommand(name, place)} />}
      </form>
      <TestPane
        form="add-repository"
        test={test}
        onTrust={(hostKey) => setAccess({ ...access, hostKey })}
        label={name === '' ? 'repository' : name}
        isWhole={isWhole}
        isSending={add.isPending}
        failure={add.isError ? failureOf(add.error) : null}
        onCancel={() => void navigate({ to: '/repositories' })}
      />
    </div>
  )
}
