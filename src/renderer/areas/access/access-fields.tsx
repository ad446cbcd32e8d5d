import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Access } from '../../../shared/contract/repositories.ts'
import type { RepositoryAddress } from '../../../shared/domain/address.ts'
import { useDesk } from '../../lib/client.tsx'
import { Checkbox, Select, Textarea, TextInput } from '../../ui/kit.ts'
import { SecretDialog } from '../vault/secret-dialog.tsx'
import { isPlainHttp } from './access-draft.ts'
import s from './access.module.css'

interface Props {
  readonly address: RepositoryAddress
  readonly access: Access
  readonly onChange: (access: Access) => void
  readonly suggestedLabel: string
}

/** How the place is reached: what is asked depends on what kind of place it is. */
export function AccessFields(props: Props) {
  switch (props.address.kind) {
    case 'file':
      return null
    case 's3':
      return <BucketFields {...props} />
    case 'sftp':
      return <ServerFields {...props} />
  }
}

function BucketFields({ address, access, onChange, suggestedLabel }: Props) {
  const desk = useDesk()
  const { data: credentials = [] } = useQuery(desk.vault.credentials.queryOptions())
  const { data: vault } = useQuery(desk.vault.status.queryOptions())
  const [isAdding, setAdding] = useState(false)
  const { credential } = access
  const usable = credentials.filter(({ kind }) => kind === 's3')
  const chosen = usable.find(({ id }) => credential.source === 'vault' && credential.id === id)
  const value = credential.source === 'vault' ? `vault:${credential.id}` : credential.source
  return (
    <>
      <div className={s['two']}>
        <Select
          label="S3 credential"
          value={value === 'none' ? 'environment' : value}
          data={[
            ...usable.map(({ id, label, isThere }) => ({
              value: `vault:${id}`,
              label: `${label}${isThere ? '' : ' (lost)'}`,
            })),
            { value: 'environment', label: 'Environment of this program' },
            { value: 'profile', label: 'An AWS profile' },
            { value: 'new', label: 'New…' },
          ]}
          description={
            chosen
              ? `${chosen.hint}, kept in ${vault?.name ?? 'the vault'}`
              : 'Reading needs list and get, nothing more'
          }
          onChange={(next) => {
            if (next === 'new') setAdding(true)
            else onChange({ ...access, credential: credentialOf(next, access) })
          }}
        />
        {credential.source === 'profile' && (
          <TextInput
            label="Profile"
            description="From ~/.aws/config and ~/.aws/credentials"
            value={credential.profile}
            onChange={(event) =>
              onChange({
                ...access,
                credential: { source: 'profile', profile: event.currentTarget.value || 'default' },
              })
            }
          />
        )}
        {credential.source !== 'profile' && (
          <TextInput
            label="Own CA"
            placeholder="/etc/ssl/ops-ca.pem"
            description="Optional: a PEM file for the endpoint"
            classNames={{ input: s['mono'] ?? '' }}
            value={access.caFile ?? ''}
            onChange={(event) => onChange({ ...access, caFile: event.currentTarget.value || null })}
          />
        )}
      </div>
      {isPlainHttp(address) && (
        <Checkbox
          label="Allow plain HTTP: whoever is on the way can read and change everything"
          checked={access.allowHttp}
          onChange={(event) => onChange({ ...access, allowHttp: event.currentTarget.checked })}
        />
      )}
      <SecretDialog
        kind={isAdding ? 's3' : null}
        suggestedLabel={suggestedLabel === '' ? '' : `${suggestedLabel} reader`}
        onClose={() => setAdding(false)}
        onDone={({ id }) => onChange({ ...access, credential: { source: 'vault', id } })}
      />
    </>
  )
}

function credentialOf(value: string | null, { credential }: Access): Access['credential'] {
  if (value?.startsWith('vault:')) return { source: 'vault', id: value.slice('vault:'.length) }
  if (value === 'profile')
    return credential.source === 'profile' ? credential : { source: 'profile', profile: 'default' }
  return { source: 'environment' }
}

function ServerFields({ access, onChange }: Props) {
  return (
    <div className={s['two']}>
      <Textarea
        label="SSH keys"
        placeholder="~/.ssh/id_ed25519"
        description="Files, one a line; none: the agent and your SSH settings"
        classNames={{ input: s['mono'] ?? '' }}
        autosize
        minRows={1}
        value={access.sshKeyFiles.join('\n')}
        onChange={(event) =>
          onChange({
            ...access,
            sshKeyFiles: event.currentTarget.value === '' ? [] : event.currentTarget.value.split('\n'),
          })
        }
      />
      <TextInput
        label="Host key"
        placeholder="from ~/.ssh/known_hosts"
        description="A fingerprint that you have compared"
        classNames={{ input: s['mono'] ?? '' }}
        value={access.hostKey ?? ''}
        onChange={(event) => onChange({ ...access, hostKey: event.currentTarget.value.trim() || null })}
      />
    </div>
  )
}
