import { useQuery } from '@tanstack/react-query'
import { useLocation, useNavigate } from '@tanstack/react-router'
import { useEffect, useEffectEvent, useRef } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { useDesk } from '../../lib/client.tsx'
import { tellBySystem } from '../../lib/system-notice.ts'
import { notifications, UnstyledButton } from '../../ui/kit.ts'
import { Status } from '../../ui/status.tsx'
import { kindWords, lineOf, toneOf } from './model.ts'
import s from './activity.module.css'

const active = new Set<Job['state']>(['running', 'waiting'])

/** Says what a job came to when it ends while another page is shown, or none is seen. Draws nothing itself. */
export function JobToasts() {
  const desk = useDesk()
  const { data: jobs } = useQuery(desk.jobs.list.queryOptions())
  const path = useLocation({ select: ({ pathname }) => pathname })
  // Toasts are drawn beside the router, so no link can stand in them.
  const navigate = useNavigate()
  const known = useRef<ReadonlySet<string> | null>(null)
  const tell = useEffectEvent((job: Job) => {
    const open = (): void => void navigate({ to: '/activity/jobs/$id', params: { id: job.id } })
    tellBySystem(`${kindWords[job.kind]} ${job.subject}`, lineOf(job), open)
    if (path.includes(job.id) || isWizardOf(job, path)) return
    notifications.show({
      closeButtonProps: { 'aria-label': 'Dismiss' },
      id: job.id,
      title: (
        <Status tone={toneOf(job)} strong>
          {kindWords[job.kind]} {printable(job.subject)}
        </Status>
      ),
      message: (
        <>
          {printable(lineOf(job))}{' '}
          <UnstyledButton
            className={s['toastOpen']}
            onClick={() => {
              notifications.hide(job.id)
              open()
            }}
          >
            Open
          </UnstyledButton>
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

/** The wizard of a restore shows its own end. */
function isWizardOf({ kind, clusterId }: Job, path: string): boolean {
  if (kind !== 'restore' && kind !== 'rollback') return false
  return path.includes('/restore/') && (clusterId === null || path.includes(`/clusters/${clusterId}/`))
}
