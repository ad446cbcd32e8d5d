import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { VaultStatus } from '../../../shared/contract/vault.ts'
import { proquints } from '../../../shared/domain/proquint.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Button, Checkbox, PasswordInput, Radio, SegmentedControl } from '../../ui/kit.ts'
import s from './vault.module.css'

type Backend = VaultStatus['choices'][number]['backend']

const names: Readonly<Record<Backend, string>> = {
  keychain: 'The keychain of this computer',
  sealedFile: 'A sealed file with a passphrase',
}

interface Props {
  readonly onDone?: () => void
  readonly onLeave?: () => void
}

/** Where secrets are kept is the operator's own decision, made once and never silently. */
export function ChooseVault({ onDone, onLeave }: Props) {
  const desk = useDesk()
  const queries = useQueryClient()
  const { data: vault } = useQuery(desk.vault.status.queryOptions())
  const [picked, setPicked] = useState<Backend | null>(null)
  const [passphrase, setPassphrase] = useState<string | null>(null)
  const choose = useMutation(
    desk.vault.choose.mutationOptions({
      onSuccess: () => {
        void queries.invalidateQueries()
        onDone?.()
      },
    }),
  )
  return (
    <form
      className={s['form']}
      onSubmit={(event) => {
        event.preventDefault()
        if (picked === 'keychain') choose.mutate({ backend: 'keychain' })
        if (picked === 'sealedFile' && passphrase !== null)
          choose.mutate({ backend: 'sealedFile', passphrase })
      }}
    >
      <p>
        Secrets go in once and are never shown again, never written in plain text, and never leave this
        computer. Choose where they are kept; it is asked once.
      </p>
      <fieldset className={s['choices']}>
        <legend>Where secrets are kept</legend>
        {vault?.choices.map(({ backend, usable, name, reason }) => (
          <Radio
            key={backend}
            name="backend"
            value={backend}
            checked={picked === backend}
            disabled={!usable}
            onChange={() => setPicked(backend)}
            label={names[backend]}
            description={reason ?? name}
          />
        ))}
      </fieldset>
      {picked === 'sealedFile' && <NewPassphrase onReady={setPassphrase} />}
      {choose.isError && <ErrorLine failure={failureOf(choose.error)} />}
      <div className={s['buttons']}>
        {onLeave && <Button onClick={onLeave}>Not now</Button>}
        <Button
          type="submit"
          variant="filled"
          loading={choose.isPending}
          disabled={picked === null || (picked === 'sealedFile' && passphrase === null)}
        >
          Keep secrets there
        </Button>
      </div>
    </form>
  )
}

/** A passphrase that was written down, or one's own that was typed twice the same; null until then. */
function NewPassphrase({ onReady }: { readonly onReady: (passphrase: string | null) => void }) {
  const [kind, setKind] = useState<'made' | 'own'>('made')
  const [made] = useState(() => proquints(crypto.getRandomValues(new Uint16Array(6))))
  const [own, setOwn] = useState('')
  const [again, setAgain] = useState('')
  const typed = (first: string, second: string): void => {
    setOwn(first)
    setAgain(second)
    onReady(first.length >= 12 && first === second ? first : null)
  }
  return (
    <>
      <SegmentedControl
        aria-label="Passphrase"
        data={[
          { value: 'made', label: 'A made one' },
          { value: 'own', label: 'My own' },
        ]}
        value={kind}
        onChange={(value) => {
          setKind(value === 'own' ? 'own' : 'made')
          onReady(null)
          setOwn('')
          setAgain('')
        }}
      />
      {kind === 'made' ? (
        <>
          <code className={s['words']}>{made}</code>
          <Checkbox
            label="I have written it down where this computer’s loss does not take it away"
            onChange={(event) => onReady(event.currentTarget.checked ? made : null)}
          />
          <p className={s['note']}>
            96 random bits as six words. It is not kept anywhere else and cannot be shown again; without it
            the secrets have to be put in anew.
          </p>
        </>
      ) : (
        <>
          <PasswordInput
            label="Passphrase"
            description="At least 12 characters"
            value={own}
            autoComplete="off"
            onChange={(event) => typed(event.currentTarget.value, again)}
          />
          <PasswordInput
            label="The same again"
            value={again}
            autoComplete="off"
            error={again !== '' && own !== again && 'The two are not the same.'}
            onChange={(event) => typed(own, event.currentTarget.value)}
          />
        </>
      )}
    </>
  )
}
