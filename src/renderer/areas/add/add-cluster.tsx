import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { noAccess, type Access } from '../../../shared/contract/repositories.ts'
import type { SystemName } from '../../../shared/domain/system-name.ts'
import { Crumbs } from '../../app/crumbs.tsx'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { accessFor, readAddress } from '../access/access-draft.ts'
import { addClusterCommand } from '../access/commands.ts'
import { MasterKeyFields } from '../access/master-key-fields.tsx'
import { hasPassed, useAccessTest } from '../access/use-access-test.ts'
import { NameFields, noName, suggestedName, type NameDraft } from '../access/name-fields.tsx'
import { Group, PlaceFields } from './place-fields.tsx'
import { SystemChoice } from './system-choice.tsx'
import { TestPane } from './test-pane.tsx'
import s from './add.module.css'

/** Left what is asked, right what of it works, tested as it is typed. Only the repository is required. */
export function AddCluster() {
  const desk = useDesk()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [system, setSystem] = useState<SystemName>('kiok')
  const [addressText, setAddressText] = useState('')
  const [access, setAccess] = useState<Access>(noAccess)
  const [masterKeys, setMasterKeys] = useState<readonly string[]>([])
  const [named, setNamed] = useState<NameDraft>(noName)
  const read = readAddress(addressText)
  const name = named.name ?? (read.kind === 'good' ? suggestedName(read.address) : '')
  const seals = system === 'kiok' || system === 'chango'
  const tested =
    read.kind === 'good'
      ? {
          system,
          address: addressText.trim(),
          access: accessFor(read.address, access),
          masterKeys: seals ? masterKeys : [],
        }
      : null
  const test = useAccessTest(tested)
  const add = useMutation(
    desk.clusters.add.mutationOptions({
      onSuccess: async ({ id }) => {
        await queries.invalidateQueries()
        await navigate({ to: '/clusters/$id/overview', params: { id } })
      },
    }),
  )
  const isWhole = tested !== null && name.trim() !== '' && named.rpoMs !== null
  const { mode, rpoMs, rtoMs } = named
  const command =
    tested !== null && isWhole && rpoMs !== null
      ? addClusterCommand({
          ...tested,
          masterKeys: [...tested.masterKeys],
          name: name.trim(),
          mode,
          rpoMs,
          rtoMs,
        })
      : null
  const submit = (): void => {
    if (tested === null || named.rpoMs === null) return
    add.mutate({
      name: name.trim(),
      system,
      mode: named.mode,
      masterKeys: [...tested.masterKeys],
      rpoMs: named.rpoMs,
      rtoMs: named.rtoMs,
      repository: { kind: 'new', address: tested.address, access: tested.access },
    })
  }
  return (
    <div className={s['cols']}>
      <Crumbs of={[{ name: 'Fleet', to: '/' }, { name: 'Add cluster' }]} />
      <form
        id="add-cluster"
        className={s['form']}
        aria-label="Add cluster"
        onSubmit={(event) => {
          event.preventDefault()
          if (isWhole && hasPassed(test)) submit()
        }}
      >
        <h1>Add a cluster</h1>
        <p className={s['lead']}>
          Only the repository is required. With it alone, Holdfast lists, verifies and restores, even when
          every master is dead.
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
        {seals && (
          <Group title="Key" note="opens what is sealed">
            <MasterKeyFields chosen={masterKeys} onChange={setMasterKeys} suggestedLabel={name} />
          </Group>
        )}
        <Group title="Masters" note="optional">
          <p className={s['plain']}>
            They are connected afterwards, under Connection. Listing, verifying, copying and restoring need
            the repository alone; asking for a backup, schedules and some runbooks need the masters.
          </p>
        </Group>
        <Group title="Name and targets">
          <NameFields draft={{ ...named, name }} onChange={setNamed} />
        </Group>
        {command !== null && <CommandLine command={command} />}
      </form>
      <TestPane
        form="add-cluster"
        test={test}
        onTrust={(hostKey) => setAccess({ ...access, hostKey })}
        label={name.trim() === '' ? 'cluster' : name.trim()}
        isWhole={isWhole}
        isSending={add.isPending}
        failure={add.isError ? failureOf(add.error) : null}
        onCancel={() => void navigate({ to: '/' })}
      >
        {isWhole && !test.isStale && test.stream.status === 'ended' && !hasPassed(test) && (
          <span>
            or{' '}
            <button type="button" className={s['anyway']} onClick={submit}>
              add it although it does not work yet
            </button>
          </span>
        )}
      </TestPane>
    </div>
  )
}
