import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Credential } from '../../../shared/contract/vault.ts'
import { usePageAct } from '../../app/page-act.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Section } from '../../ui/frame.tsx'
import { hashGroups } from '../../ui/hash.tsx'
import * as Icon from '../../ui/icons.tsx'
import { Button, Modal, TextInput } from '../../ui/kit.ts'
import { Age } from '../../ui/time.tsx'
import { removeSecretCommand, renameSecretCommand } from '../vault/commands.ts'
import { SecretDialog } from '../vault/secret-dialog.tsx'
import s from './settings.module.css'

type Doing =
  | { readonly what: 'add'; readonly kind: Credential['kind'] }
  | { readonly what: 'replace' | 'rename' | 'remove'; readonly credential: Credential }

const kindWords: Readonly<Record<Credential['kind'], string>> = {
  s3: 'S3 credential',
  masterKey: 'Master key',
  login: 'Login',
  token: 'Token',
  password: 'Password',
}

/** Its hint is a name then, no fingerprint. */
function hasName({ kind }: Credential): boolean {
  return kind === 's3' || kind === 'login'
}

/** What lies in the vault, by name and fingerprint. */
export function CredentialsSection() {
  const desk = useDesk()
  const credentials = useQuery(desk.vault.credentials.queryOptions())
  const [doing, setDoing] = useState<Doing | null>(null)
  const close = (): void => setDoing(null)
  usePageAct('vault.add', (kind) => {
    if (kind !== 's3' && kind !== 'masterKey') return false
    setDoing({ what: 'add', kind })
    return true
  })
  const begin = (what: 'replace' | 'rename' | 'remove') => (id: string) => {
    const credential = credentials.data?.find((one) => one.id === id)
    if (credential !== undefined) setDoing({ what, credential })
    return credential !== undefined
  }
  usePageAct('vault.replace', begin('replace'))
  usePageAct('vault.rename', begin('rename'))
  usePageAct('vault.remove', begin('remove'))
  return (
    <>
      <Section
        note={credentials.data?.length}
        end={
          <>
            <Button size="xs" variant="subtle" onClick={() => setDoing({ what: 'add', kind: 's3' })}>
              Add S3 credential…
            </Button>
            <Button size="xs" variant="subtle" onClick={() => setDoing({ what: 'add', kind: 'masterKey' })}>
              Add master key…
            </Button>
          </>
        }
      >
        Credentials and keys
      </Section>
      {credentials.isError && <ErrorLine failure={failureOf(credentials.error)} />}
      {credentials.data?.length === 0 && (
        <Empty
          reason="filtered"
          title="No secret is kept yet."
          why="Adding a cluster asks for what its repository needs; folders and SSH agents need none."
        />
      )}
      <ul>
        {credentials.data?.map((credential) => (
          <li key={credential.id} className={s['credential']}>
            <p>
              <Icon.Lock size={12} /> <b>{credential.label}</b>
              <code>{hasName(credential) ? credential.hint : hashGroups(credential.hint)}</code>
            </p>
            <small>
              {kindWords[credential.kind]},{' '}
              {credential.usedBy.length === 0 ? 'used by nothing' : `used by ${credential.usedBy.join(', ')}`}
              {credential.usedAt !== null && (
                <>
                  , last <Age at={credential.usedAt} ago short />
                </>
              )}
              {!credential.isThere && <b data-lost>, lost: put it in again</b>}
            </small>
            <div className={s['rowActs']}>
              {(['replace', 'rename', 'remove'] as const).map((what) => (
                <Button
                  key={what}
                  size="xs"
                  variant="subtle"
                  onClick={() => setDoing({ what, credential })}
                  aria-label={`${actionWords[what]} ${credential.label}`}
                >
                  {actionWords[what]}
                </Button>
              ))}
            </div>
          </li>
        ))}
      </ul>
      <SecretDialog
        kind={doing?.what === 'add' ? doing.kind : doing?.what === 'replace' ? doing.credential.kind : null}
        replaces={doing?.what === 'replace' ? doing.credential : null}
        onClose={close}
      />
      <Modal opened={doing?.what === 'rename'} onClose={close} title="Rename" centered>
        {doing?.what === 'rename' && <RenameForm credential={doing.credential} onDone={close} />}
      </Modal>
      <Modal opened={doing?.what === 'remove'} onClose={close} title="Remove this secret?" centered>
        {doing?.what === 'remove' && <RemoveForm credential={doing.credential} onDone={close} />}
      </Modal>
    </>
  )
}

const actionWords = { replace: 'Replace…', rename: 'Rename…', remove: 'Remove…' } as const

interface FormProps {
  readonly credential: Credential
  readonly onDone: () => void
}

function RenameForm({ credential, onDone }: FormProps) {
  const desk = useDesk()
  const queries = useQueryClient()
  const [label, setLabel] = useState(credential.label)
  const rename = useMutation(
    desk.vault.rename.mutationOptions({
      onSuccess: () => {
        void queries.invalidateQueries({ queryKey: desk.vault.key() })
        onDone()
      },
    }),
  )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        rename.mutate({ id: credential.id, label })
      }}
    >
      <TextInput
        label="Name"
        value={label}
        onChange={(event) => setLabel(event.currentTarget.value)}
        data-autofocus
      />
      {label.trim() !== '' && <CommandLine apart command={renameSecretCommand(credential.id, label)} />}
      {rename.isError && <ErrorLine failure={failureOf(rename.error)} />}
      <div className={s['acts']}>
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" variant="filled" disabled={label.trim() === ''} loading={rename.isPending}>
          Rename
        </Button>
      </div>
    </form>
  )
}

function RemoveForm({ credential, onDone }: FormProps) {
  const desk = useDesk()
  const queries = useQueryClient()
  const remove = useMutation(
    desk.vault.remove.mutationOptions({
      onSuccess: () => {
        void queries.invalidateQueries({ queryKey: desk.vault.key() })
        onDone()
      },
    }),
  )
  return (
    <>
      <p className={s['text']}>
        “{credential.label}” is gone from the vault for good.{' '}
        {credential.usedBy.length > 0
          ? `It is used by ${credential.usedBy.join(', ')}, so it will be refused.`
          : 'Nothing uses it.'}
      </p>
      <CommandLine apart command={removeSecretCommand(credential.id)} />
      {remove.isError && <ErrorLine failure={failureOf(remove.error)} />}
      <div className={s['acts']}>
        <Button onClick={onDone} data-autofocus>
          Cancel
        </Button>
        <Button
          color="bad"
          onClick={() => remove.mutate({ id: credential.id })}
          loading={remove.isPending}
          disabled={credential.usedBy.length > 0}
        >
          Remove it
        </Button>
      </div>
    </>
  )
}
