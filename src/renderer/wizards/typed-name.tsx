import { revealed } from '../../shared/domain/printable.ts'
import { Textarea, TextInput } from '../ui/kit.ts'
import { Glyph } from '../ui/status.tsx'
import { wizardStyles as w } from '../ui/wizard.tsx'
import { mismatchOf } from './typed-name-words.ts'

interface Props {
  readonly expected: string
  /** What it is: "the cluster’s name". */
  readonly what: string
  readonly value: string
  readonly onChange: (value: string) => void
}

/** A name that has to be typed. It is compared by code points, and a name with letters that only look like others says so. */
export function TypedName({ expected, what, value, onChange }: Props) {
  const mismatch = mismatchOf(value, expected)
  return (
    <div>
      <div className={w['q']}>
        Type <code>{revealed(expected)}</code> <span>{what}</span>
      </div>
      <div className={w['typed']}>
        <TextInput
          aria-label={`Type ${revealed(expected)} to confirm`}
          w={260}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
          // Enter confirms nothing here.
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.preventDefault()
          }}
          autoComplete="off"
          spellCheck={false}
        />
        <span
          role="status"
          className={mismatch === null ? w['match'] : mismatch.isDisguised ? w['alike'] : w['keep']}
        >
          {mismatch === null ? (
            <>
              <Glyph tone="good" decorative /> Matches
            </>
          ) : (
            <>
              {mismatch.isDisguised && <Glyph tone="warn" size={13} decorative />}
              {mismatch.words}
            </>
          )}
        </span>
      </div>
    </div>
  )
}

/** Why, on the page that confirms. */
export function AskReason({
  value,
  onChange,
}: {
  readonly value: string
  readonly onChange: (value: string) => void
}) {
  return (
    <div>
      <div className={w['q']}>
        Reason <span>kept in the audit chain</span>
      </div>
      <Textarea
        aria-label="Reason"
        autosize
        minRows={2}
        maxLength={500}
        value={value}
        placeholder="What happened, ticket number"
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </div>
  )
}
