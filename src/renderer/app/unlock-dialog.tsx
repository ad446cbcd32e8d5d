import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useDesk } from '../lib/client.tsx'
import { failureOf } from '../lib/failure.ts'
import { ErrorLine } from '../ui/error-panel.tsx'
import { Button, Modal, PasswordInput } from '../ui/kit.ts'
import { askUnlock, useUnlockAsked } from './unlock-request.ts'
import s from './unlock-dialog.module.css'

/** Opens wherever something needed a secret and found the vault locked. */
export function UnlockDialog() {
  const isAsked = useUnlockAsked()
  return (
    <Modal opened={isAsked} onClose={() => askUnlock(false)} title="The vault is locked" centered>
      {isAsked && <UnlockForm />}
    </Modal>
  )
}

function UnlockForm() {
  const desk = useDesk()
  const queries = useQueryClient()
  const [passphrase, setPassphrase] = useState('')
  const { data: vault } = useQuery(desk.vault.status.queryOptions())
  const unlock = useMutation(
    desk.vault.unlock.mutationOptions({
      onSuccess: () => {
        askUnlock(false)
        void queries.invalidateQueries()
      },
    }),
  )
  const needsPassphrase = vault?.backend === 'sealedFile'
  return (
    <form
      className={s['form']}
      onSubmit={(event) => {
        event.preventDefault()
        unlock.mutate(needsPassphrase ? { passphrase } : {})
        setPassphrase('')
      }}
    >
      <p>
        {needsPassphrase
          ? 'What was asked for needs a secret from the sealed file. Its passphrase opens it until it locks itself.'
          : `What was asked for needs a secret from ${vault?.name ?? 'the keychain'}, which will ask you itself.`}
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
        <Button onClick={() => askUnlock(false)}>Leave it locked</Button>
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
