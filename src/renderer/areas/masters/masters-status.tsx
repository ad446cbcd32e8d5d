import type { Cluster } from '../../../shared/contract/clusters.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { Status } from '../../ui/status.tsx'
import { Age } from '../../ui/time.tsx'
import { mastersWords } from './model/health-words.ts'

interface Props {
  readonly masters: Cluster['masters']
  /** What stands before the word where the place does not say whose state it is. */
  readonly of?: string
}

/** How the masters are, by shape, word and age; what they said on hover. */
export function MastersStatus({ masters: { state, words, at }, of }: Props) {
  const { tone, word } = mastersWords[state]
  return (
    <span title={words === null ? undefined : printable(words)}>
      <Status tone={tone} age={at === null ? undefined : <Age at={at} ago />}>
        {of === undefined ? word : `${of} ${word.charAt(0).toLowerCase()}${word.slice(1)}`}
      </Status>
    </span>
  )
}
