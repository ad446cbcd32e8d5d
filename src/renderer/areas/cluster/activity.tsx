import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { DataTable } from '../../ui/data-table.tsx'
import { CopyTable } from '../../ui/copy-table.tsx'
import { Empty } from '../../ui/empty.tsx'
import { ErrorLine } from '../../ui/error-panel.tsx'
import { frame, Section } from '../../ui/frame.tsx'
import { auditColumns, jobColumns } from './activity-columns.tsx'
import { useCluster } from './use-cluster.ts'

/** What was done with this cluster: its jobs, and its entries in the audit chain. */
export function ClusterActivity() {
  const cluster = useCluster()
  const desk = useDesk()
  const navigate = useNavigate()
  const jobs = useQuery(desk.jobs.list.queryOptions())
  const audit = useQuery(desk.audit.list.queryOptions({ input: { limit: 100, names: cluster.name } }))
  const ofCluster = (jobs.data ?? []).filter(({ clusterId }) => clusterId === cluster.id)
  return (
    <div className={frame.page}>
      <Section
        note={ofCluster.length}
        end={ofCluster.length > 0 && <CopyTable name="jobs" columns={jobColumns} rows={ofCluster} />}
      >
        Jobs
      </Section>
      {jobs.isError && <ErrorLine failure={failureOf(jobs.error)} />}
      {jobs.data && ofCluster.length === 0 && (
        <Empty reason="nothingYet" title="No job has worked on this cluster yet." />
      )}
      {ofCluster.length > 0 && (
        <DataTable
          label="Jobs"
          columns={jobColumns}
          rows={ofCluster}
          keyOf={({ id }) => id}
          onOpen={({ id }) => void navigate({ to: '/activity/jobs/$id', params: { id } })}
        />
      )}
      <Section
        note={audit.data?.entries.length}
        end={
          audit.data &&
          audit.data.entries.length > 0 && (
            <CopyTable name="audit-entries" columns={auditColumns} rows={audit.data.entries} />
          )
        }
      >
        Audit entries
      </Section>
      {audit.isError && <ErrorLine failure={failureOf(audit.error)} />}
      {audit.data?.entries.length === 0 && (
        <Empty reason="nothingYet" title={`No entry of the audit chain names ${cluster.name}.`} />
      )}
      {audit.data && audit.data.entries.length > 0 && (
        <DataTable
          label="Audit entries"
          columns={auditColumns}
          rows={audit.data.entries}
          keyOf={({ seq }) => String(seq)}
        />
      )}
      {audit.data?.more && (
        <p className={frame.lead}>
          These are the newest 100. <Link to="/activity/audit">All entries</Link>
        </p>
      )}
    </div>
  )
}
