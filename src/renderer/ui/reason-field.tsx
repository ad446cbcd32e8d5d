import { useState } from 'react'
import { TextInput } from './kit.ts'

export interface Reason {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly isNeeded: boolean
  /** It is needed and was not given. */
  readonly isMissing: boolean
  /** What goes along with the request. */
  readonly sent: { readonly reason?: string }
}

/** Why a cluster is changed: to be given where it is protected. */
export function useReason(mode: 'normal' | 'protected' | 'readOnly' | undefined): Reason {
  const [value, onChange] = useState('')
  const given = value.trim()
  const isNeeded = mode === 'protected'
  return {
    value,
    onChange,
    isNeeded,
    isMissing: isNeeded && given === '',
    sent: given === '' ? {} : { reason: given },
  }
}

/** Where no reason is needed, there is nothing. */
export function ReasonField({ of: { value, onChange, isNeeded } }: { readonly of: Reason }) {
  if (!isNeeded) return null
  return (
    <TextInput
      label="Reason"
      description="The cluster is protected: the reason is kept in the audit chain"
      value={value}
      maxLength={500}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
