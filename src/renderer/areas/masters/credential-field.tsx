import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { CredentialKind } from '../../../shared/contract/vault.ts'
import { useDesk } from '../../lib/client.tsx'
import { Select } from '../../ui/kit.ts'
import { SecretDialog } from '../vault/secret-dialog.tsx'

interface Props {
  readonly label: string
  readonly help: string
  readonly of: CredentialKind
  readonly id: string | null
  readonly suggestedLabel: string
  readonly onChange: (id: string | null) => void
}

/** A credential of the vault by its name, or a new one, which is put in once and goes to the vault alone. */
export function CredentialField({ label, help, of, id, suggestedLabel, onChange }: Props) {
  const desk = useDesk()
  const { data: credentials } = useQuery(desk.vault.credentials.queryOptions())
  const { data: vault } = useQuery(desk.vault.status.queryOptions())
  const [isAdding, setAdding] = useState(false)
  const usable = (credentials ?? []).filter(({ kind }) => kind === of)
  const chosen = usable.find((each) => each.id === id)
  const isGone = credentials !== undefined && id !== null && chosen === undefined
  return (
    <>
      <Select
        label={label}
        description={chosen ? `${chosen.hint}, kept in ${vault?.name ?? 'the vault'}. ${help}` : help}
        error={isGone && 'The vault does not have it any more.'}
        value={id ?? 'none'}
        data={[
          { value: 'none', label: 'None' },
          ...usable.map((each) => ({
            value: each.id,
            label: `${each.label}${each.isThere ? '' : ' (lost)'}`,
          })),
          ...(isGone ? [{ value: id, label: 'One that is gone' }] : []),
          { value: 'new', label: 'New…' },
        ]}
        onChange={(next) => {
          if (next === 'new') setAdding(true)
          else onChange(next === 'none' ? null : next)
        }}
      />
      <SecretDialog
        kind={isAdding ? of : null}
        suggestedLabel={`${suggestedLabel} ${label.toLowerCase()}`}
        onClose={() => setAdding(false)}
        onDone={(added) => onChange(added.id)}
      />
    </>
  )
}
