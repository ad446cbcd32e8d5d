import type { RunbookInput } from '../../../shared/contract/runbooks.ts'
import { TextInput } from '../../ui/kit.ts'
import { CredentialField } from '../masters/credential-field.tsx'

interface Props {
  /** What a new credential is named after. */
  readonly cluster: string
  readonly input: RunbookInput
  readonly value: string
  readonly onChange: (value: string) => void
}

/** One thing that a runbook asks for. */
export function InputField({ cluster, input, value, onChange }: Props) {
  const { label, help, example, required, credential } = input
  const shown = required ? label : `${label} (can stay empty)`
  if (credential !== undefined) {
    return (
      <CredentialField
        label={shown}
        help={help}
        of={credential}
        id={value === '' ? null : value}
        suggestedLabel={cluster}
        onChange={(id) => onChange(id ?? '')}
      />
    )
  }
  return (
    <TextInput
      label={shown}
      description={help}
      placeholder={example}
      value={value}
      required={required}
      withAsterisk={false}
      maxLength={1024}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
