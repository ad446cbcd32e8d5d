import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { CheckLine } from '../../ui/check-line.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { frame } from '../../ui/frame.tsx'
import { Ladder } from '../../ui/ladder.tsx'
import { Sentence } from '../../ui/sentence.tsx'
import { Age } from '../../ui/time.tsx'
import s from './pane.module.css'

const tones = { good: 'good', warning: 'warn', bad: 'bad', unknown: 'unknown' } as const
const verdicts = { good: 'Good', warning: 'Attention', bad: 'Failed', unknown: 'Not proved' } as const

/** What each verification found, newest first. */
export function HistoryTab({
  clusterId,
  backupId,
}: {
  readonly clusterId: string
  readonly backupId: string
}) {
  const history = useQuery({
    ...useDesk().backups.history.queryOptions({ input: { clusterId, backupId } }),
    staleTime: 0,
  })
  if (history.isError) return <ErrorLine failure={failureOf(history.error)} />
  const entries = history.data
  if (entries === undefined) return <p className={s['note']}>Looking up earlier verifications.</p>
  if (entries.length === 0) return <p className={s['note']}>This backup was never verified from here.</p>
  return (
    <ul className={s['proofs']} aria-label="Verifications, newest first">
      {entries.map((entry) => (
        <CheckLine
          key={entry.at + (entry.jobId ?? '')}
          tone={tones[entry.verdict]}
          at={<Age at={entry.at} ago />}
          evidence={
            <>
              {entry.findings.map((finding) => (
                <span key={finding.code + finding.message} style={{ display: 'block' }}>
                  <Sentence text={finding.message} /> <code>{finding.code}</code>
                </span>
              ))}
              {entry.jobId !== null && (
                <Link className={frame.link} to="/activity/jobs/$id" params={{ id: entry.jobId }}>
                  Open the job
                </Link>
              )}
            </>
          }
        >
          {verdicts[entry.verdict]}
          {'\u2002'}
          <Ladder reached={entry.level} />
        </CheckLine>
      ))}
    </ul>
  )
}
