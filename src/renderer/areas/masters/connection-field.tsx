import type { ConnectionField } from '../../../shared/contract/connection-fields.ts'
import { Select, Switch, Textarea, TextInput } from '../../ui/kit.ts'
import { CredentialField } from './credential-field.tsx'
import type { DraftValue } from './model/connection-draft.ts'
import { SshFields } from './ssh-fields.tsx'
import { TlsFields } from './tls-fields.tsx'
import s from './masters.module.css'

interface Props {
  readonly field: ConnectionField
  readonly value: DraftValue
  readonly suggestedLabel: string
  readonly onChange: (value: DraftValue) => void
}

/** One field, by its kind. */
export function ConnectionFieldOf({ field, value, suggestedLabel, onChange }: Props) {
  const { label, help } = field
  switch (value.kind) {
    case 'lines':
      return (
        <Textarea
          label={label}
          description={`${help} One a line.`}
          placeholder={field.kind === 'origins' ? field.example : 'operator@host:22'}
          classNames={{ input: s['mono'] ?? '' }}
          required={field.required}
          withAsterisk={false}
          autosize
          minRows={Math.max(2, value.lines.length)}
          spellCheck={false}
          value={value.lines.join('\n')}
          onChange={({ currentTarget }) =>
            onChange({
              kind: 'lines',
              lines: currentTarget.value === '' ? [] : currentTarget.value.split('\n'),
            })
          }
        />
      )
    case 'text':
      return field.kind === 'choice' ? (
        <Select
          label={label}
          description={help}
          data={field.choices.map((choice) => ({ ...choice }))}
          value={value.text}
          onChange={(text) => text !== null && onChange({ kind: 'text', text })}
        />
      ) : (
        <TextInput
          label={label}
          description={help}
          placeholder={field.kind === 'text' ? field.example : ''}
          classNames={{ input: s['mono'] ?? '' }}
          spellCheck={false}
          autoComplete="off"
          value={value.text}
          onChange={(event) => onChange({ kind: 'text', text: event.currentTarget.value })}
        />
      )
    case 'switch':
      return (
        <Switch
          size="xs"
          label={label}
          description={help}
          checked={value.isOn}
          onChange={(event) => onChange({ kind: 'switch', isOn: event.currentTarget.checked })}
        />
      )
    case 'credential':
      return (
        <CredentialField
          label={label}
          help={help}
          of={field.kind === 'credential' ? field.of : 'password'}
          id={value.id}
          suggestedLabel={suggestedLabel}
          onChange={(id) => onChange({ kind: 'credential', id })}
        />
      )
    case 'tls':
      return (
        <TlsFields
          label={label}
          help={help}
          tls={value.tls}
          suggestedLabel={suggestedLabel}
          onChange={(tls) => onChange({ kind: 'tls', tls })}
        />
      )
    case 'ssh':
      return (
        <SshFields
          label={label}
          help={help}
          ssh={value.ssh}
          suggestedLabel={suggestedLabel}
          onChange={(ssh) => onChange({ kind: 'ssh', ssh })}
        />
      )
  }
}
