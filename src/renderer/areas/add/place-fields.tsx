import type { ReactNode } from 'react'
import type { Access } from '../../../shared/contract/repositories.ts'
import { TextInput } from '../../ui/kit.ts'
import { readAddress } from '../access/access-draft.ts'
import { AccessFields } from '../access/access-fields.tsx'
import s from './add.module.css'

interface PlaceProps {
  readonly text: string
  readonly onText: (text: string) => void
  readonly access: Access
  readonly onAccess: (access: Access) => void
  readonly suggestedLabel: string
}

/** Where backups lie, and how it is reached. */
export function PlaceFields({ text, onText, access, onAccess, suggestedLabel }: PlaceProps) {
  const read = readAddress(text)
  return (
    <>
      <TextInput
        label="Address"
        value={text}
        placeholder="s3://BUCKET/PREFIX/?endpoint=URL&style=path"
        classNames={{ input: s['mono'] ?? '' }}
        description={
          read.kind === 'good' ? read.help : 's3://BUCKET/PREFIX/…, file:///FOLDER or sftp://USER@HOST/FOLDER'
        }
        error={read.kind === 'bad' && read.why}
        onChange={(event) => onText(event.currentTarget.value)}
        autoComplete="off"
        spellCheck={false}
      />
      {read.kind === 'good' && (
        <AccessFields
          address={read.address}
          access={access}
          onChange={onAccess}
          suggestedLabel={suggestedLabel}
        />
      )}
    </>
  )
}

/** A part of the form, with its name at the left. */
export function Group({
  title,
  note,
  children,
}: {
  readonly title: string
  readonly note?: string
  readonly children: ReactNode
}) {
  return (
    <fieldset className={s['group']}>
      <legend>
        {title}
        {note !== undefined && <span>{note}</span>}
      </legend>
      <div>{children}</div>
    </fieldset>
  )
}
