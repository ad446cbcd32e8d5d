import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Credential, NewSecret } from '../../../shared/contract/vault.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CommandLine } from '../../ui/command-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { Button, PasswordInput, SegmentedControl, TextInput } from '../../ui/kit.ts'
import { addSecretCommand, replaceSecretCommand } from './commands.ts'
import s from './vault.module.css'

interface Props {
  readonly kind: Credential['kind']
  readonly replaces: Credential | null
  readonly suggestedLabel: string
  readonly onLeave: () => void
  readonly onDone: (credential: Credential) => void
}

/** What is typed here leaves for the vault and is forgotten by the window. */
export function SecretForm({ kind, replaces, suggestedLabel, onLeave, onDone }: Props) {
  const desk = useDesk()
  const queries = useQueryClient()
  const [label, setLabel] = useState(replaces?.label ?? suggestedLabel)
  const [secret, setSecret] = useState<NewSecret | null>(null)
  const done = (credential: Credential): void => {
    void queries.invalidateQueries({ queryKey: desk.vault.key() })
    onDone(credential)
  }
  const add = useMutation(desk.vault.add.mutationOptions({ onSuccess: done }))
  const replace = useMutation(desk.vault.replace.mutationOptions({ onSuccess: done }))
  const { data: vault } = useQuery(desk.vault.status.queryOptions())
  const error = add.error ?? replace.error
  return (
    <form
      className={s['form']}
      onSubmit={(event) => {
        event.preventDefault()
        if (secret === null) return
        if (replaces === null) add.mutate({ label, secret })
        else replace.mutate({ id: replaces.id, secret })
      }}
    >
      {replaces === null ? (
        <TextInput
          label="Name"
          description="For you; it is no secret"
          value={label}
          onChange={(event) => setLabel(event.currentTarget.value)}
          data-autofocus
        />
      ) : (
        <p>The old secret is gone for good once the new one is kept.</p>
      )}
      <FieldsOf kind={kind} onChange={setSecret} />
      <CommandLine
        command={replaces === null ? addSecretCommand(kind, label) : replaceSecretCommand(replaces)}
      />
      {error !== null && <ErrorLine failure={failureOf(error)} />}
      <div className={s['buttons']}>
        <p>Kept in {vault?.name ?? 'the vault'}; cannot be shown again</p>
        <Button onClick={onLeave}>Cancel</Button>
        <Button
          type="submit"
          variant="filled"
          loading={add.isPending || replace.isPending}
          disabled={secret === null || label.trim() === ''}
        >
          {replaces === null ? 'Keep it' : 'Replace'}
        </Button>
      </div>
    </form>
  )
}

interface FieldsProps {
  /** Null while something is missing. */
  readonly onChange: (secret: NewSecret | null) => void
}

function FieldsOf({ kind, onChange }: FieldsProps & { readonly kind: Credential['kind'] }) {
  switch (kind) {
    case 's3':
      return <S3Fields onChange={onChange} />
    case 'masterKey':
      return <MasterKeyFields onChange={onChange} />
    case 'login':
      return <LoginFields onChange={onChange} />
    case 'token':
      return (
        <OneField
          label="Token"
          onChange={(token) => onChange(token === '' ? null : { kind: 'token', token })}
        />
      )
    case 'password':
      return (
        <OneField
          label="Password"
          onChange={(password) => onChange(password === '' ? null : { kind: 'password', password })}
        />
      )
  }
}

function LoginFields({ onChange }: FieldsProps) {
  const [user, setUser] = useState('')
  const [password, setPassword] = useState('')
  const change = (nextUser: string, nextPassword: string): void => {
    setUser(nextUser)
    setPassword(nextPassword)
    const isWhole = nextUser !== '' && nextPassword !== ''
    onChange(isWhole ? { kind: 'login', user: nextUser, password: nextPassword } : null)
  }
  return (
    <>
      <TextInput
        label="User"
        autoComplete="off"
        value={user}
        onChange={(event) => change(event.currentTarget.value, password)}
      />
      <PasswordInput
        label="Password"
        autoComplete="off"
        value={password}
        onChange={(event) => change(user, event.currentTarget.value)}
      />
    </>
  )
}

function OneField({
  label,
  onChange,
}: {
  readonly label: string
  readonly onChange: (value: string) => void
}) {
  const [value, setValue] = useState('')
  return (
    <PasswordInput
      label={label}
      description="Taken as it is, with every blank"
      autoComplete="off"
      value={value}
      onChange={(event) => {
        setValue(event.currentTarget.value)
        onChange(event.currentTarget.value)
      }}
    />
  )
}

function S3Fields({ onChange }: FieldsProps) {
  const [fields, setFields] = useState({ accessKeyId: '', secretAccessKey: '', sessionToken: '' })
  const change = (part: Partial<typeof fields>): void => {
    const next = { ...fields, ...part }
    setFields(next)
    const { accessKeyId, secretAccessKey, sessionToken } = next
    const isWhole = accessKeyId.trim() !== '' && secretAccessKey !== ''
    onChange(
      isWhole
        ? {
            kind: 's3',
            accessKeyId: accessKeyId.trim(),
            secretAccessKey,
            ...(sessionToken !== '' && { sessionToken }),
          }
        : null,
    )
  }
  return (
    <>
      <TextInput
        label="Access key id"
        classNames={{ input: s['mono'] ?? '' }}
        autoComplete="off"
        value={fields.accessKeyId}
        onChange={(event) => change({ accessKeyId: event.currentTarget.value })}
      />
      <PasswordInput
        label="Secret access key"
        autoComplete="off"
        value={fields.secretAccessKey}
        onChange={(event) => change({ secretAccessKey: event.currentTarget.value })}
      />
      <PasswordInput
        label="Session token"
        description="Only for temporary credentials"
        autoComplete="off"
        value={fields.sessionToken}
        onChange={(event) => change({ sessionToken: event.currentTarget.value })}
      />
    </>
  )
}

function MasterKeyFields({ onChange }: FieldsProps) {
  const [from, setFrom] = useState<'typed' | 'file'>('typed')
  const [value, setValue] = useState('')
  const change = (text: string, source = from): void => {
    setValue(text)
    if (text === '') onChange(null)
    else
      onChange(source === 'file' ? { kind: 'masterKeyFile', path: text } : { kind: 'masterKey', key: text })
  }
  return (
    <>
      <SegmentedControl
        aria-label="Where the key comes from"
        data={[
          { value: 'typed', label: 'Typed or pasted' },
          { value: 'file', label: 'From a file' },
        ]}
        value={from}
        onChange={(next) => {
          const source = next === 'file' ? 'file' : 'typed'
          setFrom(source)
          change('', source)
        }}
      />
      {from === 'typed' ? (
        <PasswordInput
          label="Key"
          description="Taken as it is, with every blank"
          autoComplete="off"
          value={value}
          onChange={(event) => change(event.currentTarget.value)}
        />
      ) : (
        <TextInput
          label="Path of the file"
          description="Read by Holdfast itself; it must be readable by its owner alone"
          classNames={{ input: s['mono'] ?? '' }}
          value={value}
          onChange={(event) => change(event.currentTarget.value)}
        />
      )}
    </>
  )
}
