import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { Crumbs } from '../../app/crumbs.tsx'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { Empty } from '../../ui/empty.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { useNow } from '../../ui/now.ts'
import { JobDetails } from './job-details.tsx'
import { JobRow } from './job-row.tsx'
import { groupJobs, kindWords } from './model.ts'
import s from './activity.module.css'

/** All jobs at the left, one of them at the right: the one of the address, or the first. */
export function Jobs() {
  const desk = useDesk()
  const nowMs = useNow()
  const id = useParams({ strict: false, select: (params) => params.id })
  const { data: jobs, error } = useQuery(desk.jobs.list.queryOptions())
  const groups = groupJobs(jobs ?? [], nowMs)
  const shown = id === undefined ? groups[0]?.jobs[0] : jobs?.find((job) => job.id === id)
  return (
    <div className={s['split']}>
      <Crumbs
        of={[
          { name: 'Fleet', to: '/' },
          { name: 'Activity', to: '/activity/jobs' },
          { name: shown === undefined ? 'Jobs' : `${kindWords[shown.kind]} ${shown.subject}` },
        ]}
      />
      <section className={s['list']} aria-label="Jobs">
        <div className={s['bar']}>
          <h1>Activity</h1>
          <ActivityTabs at="jobs" />
        </div>
        {groups.map((group) => (
          <section key={group.title} aria-label={group.title}>
            <h2 className={s['group']}>
              {group.title} <span>{group.jobs.length}</span>
            </h2>
            {group.jobs.map((job) => (
              <JobRow key={job.id} job={job} isOn={job.id === shown?.id} />
            ))}
          </section>
        ))}
      </section>
      <div className={s['page']}>
        {error !== null && <ErrorPanel failure={failureOf(error)} />}
        {shown !== undefined && <JobDetails key={shown.id} job={shown} />}
        {jobs !== undefined && shown === undefined && (
          <Empty
            reason="filtered"
            title={id === undefined ? 'No job has run here yet.' : 'This job is not kept any more.'}
          />
        )}
      </div>
    </div>
  )
}

export function ActivityTabs({ at }: { readonly at: 'jobs' | 'audit' }) {
  return (
    <nav className={s['tabs']} aria-label="Activity">
      <Link
        to="/activity/jobs"
        data-on={at === 'jobs' || undefined}
        aria-current={at === 'jobs' ? 'page' : undefined}
      >
        Jobs
      </Link>
      <Link
        to="/activity/audit"
        data-on={at === 'audit' || undefined}
        aria-current={at === 'audit' ? 'page' : undefined}
      >
        Audit chain
      </Link>
    </nav>
  )
}
