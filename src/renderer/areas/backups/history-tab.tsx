import type { ReactNode } from 'react'
import type { VerificationEntry } from '../../../shared/contract/backups.ts'
import { Ladder } from '../../ui/ladder.tsx'
import { CheckLine } from '../../ui/check-line.tsx'
import { Printable } from '../../ui/printable.tsx'
import { Age } from '../../ui/time.tsx'
import s from './pane.module.css'

const tones = { good: 'good', warning: 'warn', bad: 'bad', unknown: 'unknown' } as const
const verdicts = { good: 'Good', warning: 'Attention', bad: 'Failed', unknown: 'Not proved' } as const

interface HistoryTabProps {
  /** Newest first. */
  readonly entries: readonly VerificationEntry[]
  readonly nowMs: number
  readonly jobLink: (jobId: string, words: string) => ReactNode
}

/** What each verification found, newest first. */
export function HistoryTab({ entries, nowMs, jobLink }: HistoryTabProps) {
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
                  <Printable text={finding.message} /> <code>{finding.code}</code>
                </span>
              ))}
              {entry.jobId !== null && jobLink(entry.jobId, 'Open the job')}
            </>
          }
        >
          {verdicts[entry.verdict]} <Ladder reached={entry.level} />
        </CheckLine>
      ))}
    </ul>
  )
}
