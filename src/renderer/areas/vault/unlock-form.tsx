import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Button, PasswordInput } from '../../ui/kit.ts'
import s from './vault.module.css'

interface Props {
  readonly onDone: () => void
  readonly onLeave: () => void
}

/** Opens the vault: a sealed file by its passphrase; a keychain asks by itself. */
export function UnlockForm({ onDone, onLeave }: Props) {
  const desk = useDesk()
  const queries = useQueryClient()
  const [passphrase, setPassphrase] = useState('')
  const { data: vault } = useQuery(desk.vault.status.queryOptions())
  const unlock = useMutation(
    desk.vault.unlock.mutationOptions({
      onSuccess: () => {
        onDone()
        void queries.invalidateQueries()
      },
      onError: () => setPassphrase(''),
    }),
  )
  const needsPassphrase = vault?.backend === 'sealedFile'
  return (
    <form
      className={s['form']}
      onSubmit={(event) => {
        event.preventDefault()
        unlock.mutate(needsPassphrase ? { passphrase } : {})
      }}
    >
      <p>
        {needsPassphrase
          ? 'A secret from the sealed file is needed. Its passphrase opens it until it locks itself.'
          : `A secret from ${vault?.name ?? 'the keychain'} is needed; it will ask you itself.`}
      </p>
      {needsPassphrase && (
        <PasswordInput
          label="Passphrase"
          value={passphrase}
          onChange={(event) => setPassphrase(event.currentTarget.value)}
          autoComplete="off"
          data-autofocus
        />
      )}
      {unlock.isError && <ErrorLine failure={failureOf(unlock.error)} />}
      <div className={s['buttons']}>
        <Button onClick={onLeave}>Leave it locked</Button>
        <Button
          type="submit"
          variant="filled"
          loading={unlock.isPending}
          disabled={needsPassphrase && passphrase === ''}
        >
          Unlock
        </Button>
      </div>
    </form>
  )
}
