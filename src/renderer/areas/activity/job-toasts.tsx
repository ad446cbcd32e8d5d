import { useQuery } from '@tanstack/react-query'
import { Link, useLocation } from '@tanstack/react-router'
import { useEffect, useEffectEvent, useRef } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import { useDesk } from '../../lib/client.tsx'
import { frame } from '../../ui/frame.tsx'
import { notifications } from '../../ui/kit.ts'
import { Status } from '../../ui/status.tsx'
import { kindWords, lineOf, toneOf } from './model.ts'

const active = new Set<Job['state']>(['running', 'waiting'])

/** Says what a job came to when it ends while another page is shown. Draws nothing itself. */
export function JobToasts() {
  const desk = useDesk()
  const { data: jobs } = useQuery(desk.jobs.list.queryOptions())
  const path = useLocation({ select: ({ pathname }) => pathname })
  const known = useRef<ReadonlySet<string> | null>(null)
  const tell = useEffectEvent((job: Job) => {
    if (path.includes(job.id) || path.includes('/restore/')) return
    notifications.show({
      id: job.id,
      title: (
        <Status tone={toneOf(job)} strong>
          {kindWords[job.kind]} {job.subject}
        </Status>
      ),
      message: (
        <>
          {lineOf(job)}{' '}
          <Link className={frame.link} to="/activity/jobs/$id" params={{ id: job.id }}>
            Open
          </Link>
        </>
      ),
      // What went wrong stays until it is read.
      autoClose: toneOf(job) === 'bad' ? false : 8_000,
    })
  })
  useEffect(() => {
    if (jobs === undefined) return
    for (const job of jobs) if (known.current?.has(job.id) === true && !active.has(job.state)) tell(job)
    known.current = new Set(jobs.filter(({ state }) => active.has(state)).map(({ id }) => id))
  }, [jobs])
  return null
}
