import type { AuditStatus } from '../../../shared/contract/audit.ts'
import { countOf, countWords } from '../../../shared/domain/size-words.ts'
import { Status } from '../../ui/status.tsx'
import { Age } from '../../ui/time.tsx'

interface Props {
  readonly anchor: NonNullable<AuditStatus['anchor']>
}

/** How far the chain is anchored, and what keeps it from being so. */
export function AnchorStatus({ anchor: { seq, at, since, covered, failure } }: Props) {
  const left = since === 0 ? '' : `, ${countOf(since, 'entry', 'entries')} since`
  const reached =
    seq === null || at === null ? (
      <>Not anchored yet{left}</>
    ) : (
      <>
        Anchored up to entry {countWords(seq)}, <Age at={at} ago />
        {left}
      </>
    )
  return (
    <>
      <Status tone={failure !== null || seq === null || covered > 0 ? 'warn' : 'good'}>{reached}</Status>
      {failure !== null && (
        <p>
          {failure.what} {failure.why} {failure.next}
        </p>
      )}
      {covered > 0 && (
        <p>
          {countOf(covered, 'anchor')} written or deleted over by somebody; what was written first stands and
          counts.
        </p>
      )}
    </>
  )
}
