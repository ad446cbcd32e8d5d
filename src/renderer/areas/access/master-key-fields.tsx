import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useDesk } from '../../lib/client.tsx'
import { Button, Select } from '../../ui/kit.ts'
import { Sealed } from '../../ui/sealed.tsx'
import { SecretDialog } from '../vault/secret-dialog.tsx'
import s from './access.module.css'

interface Props {
  /** Credential ids, the newest key first. */
  readonly chosen: readonly string[]
  readonly onChange: (chosen: readonly string[]) => void
  readonly suggestedLabel: string
}

/** The master keys that open the backups; old ones stay for old backups. At most eight. */
export function MasterKeyFields({ chosen, onChange, suggestedLabel }: Props) {
  const desk = useDesk()
  const { data: credentials = [] } = useQuery(desk.vault.credentials.queryOptions())
  const { data: vault } = useQuery(desk.vault.status.queryOptions())
  const [isAdding, setAdding] = useState(false)
  const known = credentials.filter(({ kind }) => kind === 'masterKey')
  const others = known.filter(({ id }) => !chosen.includes(id))
  return (
    <div className={s['keys']}>
      {chosen.map((id) => {
        const credential = known.find((each) => each.id === id)
        return (
          <div key={id} className={s['key']}>
            <div>
              <p className={s['label']}>{credential?.label ?? 'A key that is gone'}</p>
              <Sealed hint={credential?.hint ?? id} label={`Master key ${credential?.label ?? id}`} />
            </div>
            <Button
              size="xs"
              variant="subtle"
              onClick={() => onChange(chosen.filter((other) => other !== id))}
              aria-label={`Do not use ${credential?.label ?? id} here`}
            >
              Do not use
            </Button>
          </div>
        )
      })}
      {chosen.length < 8 && (
        <Select
          label={chosen.length === 0 ? 'Master key' : 'Another master key'}
          placeholder={
            chosen.length === 0 ? 'None: what is sealed stays unproved' : 'For backups under an older key'
          }
          value={null}
          data={[...others.map(({ id, label }) => ({ value: id, label })), { value: 'new', label: 'New…' }]}
          description={
            vault?.state === 'none'
              ? 'Where secrets are kept is asked first'
              : `Kept in ${vault?.name ?? 'the vault'}; cannot be shown again`
          }
          onChange={(next) => {
            if (next === 'new') setAdding(true)
            else if (next !== null) onChange([...chosen, next])
          }}
        />
      )}
      <SecretDialog
        kind={isAdding ? 'masterKey' : null}
        suggestedLabel={suggestedLabel === '' ? '' : `${suggestedLabel} master key`}
        onClose={() => setAdding(false)}
        onDone={({ id }) => onChange([...chosen, id])}
      />
    </div>
  )
}
