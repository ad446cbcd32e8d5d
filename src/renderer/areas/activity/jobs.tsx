import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { Crumbs } from '../../app/crumbs.tsx'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { useStepKeys } from '../../lib/use-step-keys.ts'
import { Empty } from '../../ui/empty.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { Button } from '../../ui/kit.ts'
import { ListPage, listPage } from '../../ui/list-page.tsx'
import { useNow } from '../../ui/now.ts'
import { ActivityTabs } from './activity-tabs.tsx'
import { JobDetails } from './job-details.tsx'
import { JobRow } from './job-row.tsx'
import { cutGroups, groupJobs, kindWords } from './model.ts'
import s from './activity.module.css'

/** So many rows at once; older ones are a press away. */
const rowsShown = 100

/** All jobs at the left, one of them at the right: the one of the address, or the first. */
export function Jobs() {
  const desk = useDesk()
  const nowMs = useNow()
  const id = useParams({ strict: false, select: (params) => params.id })
  const { data: jobs, error } = useQuery(desk.jobs.list.queryOptions())
  const groups = groupJobs(jobs ?? [], nowMs)
  const [most, setMost] = useState(rowsShown)
  const shown = id === undefined ? groups[0]?.jobs[0] : jobs?.find((job) => job.id === id)
  const rows = cutGroups(groups, most)
  const order = rows.flatMap((group) => group.jobs)
  const navigate = useNavigate()
  useStepKeys(
    order.map((job) => job.id),
    shown?.id,
    (next) => void navigate({ to: '/activity/jobs/$id', params: { id: next } }),
  )
  return (
    <ListPage
      label="Jobs"
      list={
        <div className={listPage.scroll}>
          <div className={listPage.top}>
            <h1>Activity</h1>
            <ActivityTabs at="jobs" />
          </div>
          {rows.map((group) => (
            <section key={group.title} aria-label={group.title}>
              <h2 className={s['group']}>
                {group.title} <span>{group.count}</span>
              </h2>
              {group.jobs.map((job) => (
                <JobRow key={job.id} job={job} isOn={job.id === shown?.id} />
              ))}
            </section>
          ))}
          {jobs !== undefined && order.length < jobs.length && (
            <p className={s['older']}>
              <Button size="xs" onClick={() => setMost((shownNow) => shownNow + rowsShown)}>
                Show older jobs
              </Button>
            </p>
          )}
        </div>
      }
    >
      <Crumbs
        of={[
          { name: 'Fleet', to: '/' },
          { name: 'Activity', to: '/activity/jobs' },
          { name: shown === undefined ? 'Jobs' : `${kindWords[shown.kind]} ${shown.subject}` },
        ]}
      />
      {error !== null && <ErrorPanel failure={failureOf(error)} />}
      {shown !== undefined && <JobDetails key={shown.id} job={shown} />}
      {jobs !== undefined && shown === undefined && (
        <Empty
          reason="filtered"
          title={id === undefined ? 'No job has run here yet.' : 'This job is not kept any more.'}
        />
      )}
    </ListPage>
  )
}
