import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import { listPage, useInSight } from '../../ui/list-page.tsx'
import { Printable } from '../../ui/printable.tsx'
import { Glyph } from '../../ui/status.tsx'
import { doneShare, kindWords, lineOf, rightOf, toneOf } from './model.ts'
import s from './activity.module.css'

interface Props {
  readonly job: Job
  readonly isOn?: boolean
  readonly onOpen?: (() => void) | undefined
}

/** A job in one row: shape, verb, object, one line, and what is left of it. */
export const JobRow = memo(function JobRow({ job, isOn = false, onOpen }: Props) {
  const row = useInSight<HTMLAnchorElement>(isOn)
  const tone = toneOf(job)
  const share = job.state === 'running' ? doneShare(job) : null
  return (
    <Link
      ref={row}
      to="/activity/jobs/$id"
      params={{ id: job.id }}
      className={listPage.row}
      data-on={isOn || undefined}
      aria-current={isOn ? 'true' : undefined}
      onClick={onOpen}
    >
      <Glyph tone={tone} size={13} />
      <span className={s['jobText']}>
        <span className={s['jobName']}>
          <b>{kindWords[job.kind]}</b> <Printable text={job.subject} />
          <em>{rightOf(job)}</em>
        </span>
        <small data-tone={tone}>{lineOf(job)}</small>
        {share !== null && (
          <svg className={s['mini']} viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true">
            <rect width="100" height="3" data-part="track" />
            <rect width={share} height="3" data-part="done" />
          </svg>
        )}
      </span>
    </Link>
  )
})
