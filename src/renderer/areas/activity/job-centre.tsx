import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useEffectEvent, useState } from 'react'
import { useDesk } from '../../lib/client.tsx'
import { frame } from '../../ui/frame.tsx'
import { Keys, modKey } from '../../ui/keys.tsx'
import { Popover, UnstyledButton } from '../../ui/kit.ts'
import { useNow } from '../../ui/now.ts'
import { Glyph } from '../../ui/status.tsx'
import { JobRow } from './job-row.tsx'
import { groupJobs, type JobGroup } from './model.ts'
import { WhenClosed } from './when-closed.tsx'
import s from './activity.module.css'

/** So many ended jobs are shown; all of them are under Activity. */
const endedShown = 5

/** What runs, waits or needs an answer: in reach from every page. */
export function JobCentre() {
  const [isOpen, setOpen] = useState(false)
  const desk = useDesk()
  const nowMs = useNow()
  const { data: jobs = [] } = useQuery(desk.jobs.list.queryOptions())
  const count = (state: string): number => jobs.filter((job) => job.state === state).length
  const running = count('running')
  const waiting = count('waiting')
  const interrupted = count('interrupted')
  const toggle = useEffectEvent(() => setOpen((open) => !open))
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      // It hears the key itself once it has the focus, and so does a dialog that is open over it.
      if (event.key === 'Escape' && !isInDialog(document.activeElement)) setOpen(false)
      if (
        event.key.toLowerCase() !== 'j' ||
        !(event.ctrlKey || event.metaKey) ||
        event.shiftKey ||
        event.altKey
      )
        return
      event.preventDefault()
      toggle()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [])
  const groups = newestGroups(groupJobs(jobs, nowMs))
  return (
    // The kit would name the dialog by its button, whose words change.
    <Popover
      opened={isOpen}
      onChange={setOpen}
      position="bottom-end"
      width={400}
      trapFocus
      returnFocus
      withRoles={false}
    >
      <Popover.Target>
        <UnstyledButton
          className={s['open']}
          aria-haspopup="dialog"
          aria-expanded={isOpen}
          onClick={() => setOpen((open) => !open)}
        >
          <Glyph tone={running > 0 ? 'run' : interrupted > 0 ? 'warn' : 'none'} size={13} decorative />
          {running > 0
            ? `${running} running`
            : interrupted > 0
              ? `${interrupted} interrupted`
              : 'No job runs'}
          {waiting > 0 && <span>{waiting} waiting</span>}
          <Keys of={`${modKey} J`} />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown className={s['centre']} role="dialog" aria-label="Job centre">
        <div className={s['centreHead']}>
          <b>Jobs</b>
        </div>
        {groups.length === 0 && <p className={s['none']}>No job has run here yet.</p>}
        {groups.map((group) => (
          <div key={group.title} role="group" aria-label={group.title}>
            <h2 className={s['group']}>
              {group.title} <span>{group.jobs.length}</span>
            </h2>
            {group.jobs.map((job) => (
              <JobRow key={job.id} job={job} onOpen={() => setOpen(false)} />
            ))}
          </div>
        ))}
        <div className={s['centreFoot']}>
          <span>
            <WhenClosed />
          </span>
          <Link className={frame.link} to="/activity/jobs" onClick={() => setOpen(false)}>
            All activity
          </Link>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}

/** All that is not over, and the newest of what is. */
function newestGroups(groups: readonly JobGroup[]): readonly JobGroup[] {
  const isOver = ({ jobs: [first] }: JobGroup): boolean => first?.finishedAt !== null
  const kept = new Set(
    groups
      .filter(isOver)
      .flatMap(({ jobs }) => jobs)
      .slice(0, endedShown),
  )
  return groups
    .map((group) => (isOver(group) ? { ...group, jobs: group.jobs.filter((job) => kept.has(job)) } : group))
    .filter(({ jobs }) => jobs.length > 0)
}

function isInDialog(element: Element | null): boolean {
  return element !== null && element.closest('[role="dialog"]') !== null
}
