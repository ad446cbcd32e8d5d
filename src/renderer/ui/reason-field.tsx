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

/** Why something is done: to be given where it is needed. */
export function useReasonWhere(isNeeded: boolean): Reason {
  const [value, onChange] = useState('')
  const given = value.trim()
  return {
    value,
    onChange,
    isNeeded,
    isMissing: isNeeded && given === '',
    sent: given === '' ? {} : { reason: given },
  }
}

/** Why a cluster is changed: to be given where it is protected. */
export function useReason(mode: 'normal' | 'protected' | 'readOnly' | undefined): Reason {
  return useReasonWhere(mode === 'protected')
}

interface FieldProps {
  readonly of: Reason
  /** What makes it needed; a sentence without its end. */
  readonly because?: string
}

/** Where no reason is needed, there is nothing. */
export function ReasonField({ of, because = 'The cluster is protected' }: FieldProps) {
  if (!of.isNeeded) return null
  return (
    <TextInput
      label="Reason"
      description={`${because}: the reason is kept in the audit chain`}
      value={of.value}
      maxLength={500}
      onChange={(event) => of.onChange(event.currentTarget.value)}
    />
  )
}
