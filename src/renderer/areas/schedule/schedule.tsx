import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { Empty } from '../../ui/empty.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { frame, Section } from '../../ui/frame.tsx'
import { Button } from '../../ui/kit.ts'
import { Printable } from '../../ui/printable.tsx'
import { Glyph } from '../../ui/status.tsx'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { useCluster } from '../cluster/use-cluster.ts'
import { DrillSchedulePart } from './drill-schedule.tsx'
import { RetentionPart } from './retention-part.tsx'
import { OwnSchedulePart } from './own-schedule.tsx'
import { TheirSchedule } from './their-schedule.tsx'
import s from './schedule.module.css'

/** Who takes and deletes backups: what happens on time, and what is kept. */
export function Schedule() {
  const cluster = useCluster()
  return (
    <div className={frame.page}>
      <OnTime cluster={cluster} />
      <DrillSchedulePart cluster={cluster} />
      <RetentionPart cluster={cluster} />
    </div>
  )
}

/** What the cluster will do, what this console will do, and what nobody does. */
function OnTime({ cluster }: { readonly cluster: Cluster }) {
  const desk = useDesk()
  const isConnected = cluster.masters.state !== 'none'
  const systems = useQuery(desk.masters.systems.queryOptions())
  const schedule = useQuery({
    ...desk.masters.schedule.queryOptions({ input: { id: cluster.id } }),
    enabled: isConnected,
    // It is the cluster that is asked, so that it is asked anew whenever this page is opened.
    staleTime: 0,
  })
  const system = systems.data?.find((each) => each.system === cluster.system)
  if (!isConnected) {
    return (
      <Empty
        reason="filtered"
        title="What its masters do on time is not known here."
        why={
          system === undefined
            ? `This version does not talk to the masters of ${cluster.system}. Whether backups arrive is seen in the repository all the same.`
            : 'Its masters are not connected. Whether backups arrive is seen in the repository all the same.'
        }
        action={
          system !== undefined && (
            <Button
              renderRoot={(props) => (
                <Link to="/clusters/$id/connection" params={{ id: cluster.id }} {...props} />
              )}
            >
              Look at the connection
            </Button>
          )
        }
      />
    )
  }
  if (schedule.isError) {
    return <ErrorPanel failure={failureOf(schedule.error)} onRetry={() => void schedule.refetch()} />
  }
  if (schedule.data === undefined || system === undefined) {
    return <Empty reason="listing" title="Asking the masters what they will do." />
  }
  const { theirs, theirsFailure, ours, nobody } = schedule.data
  return (
    <div className={s['columns']}>
      <section aria-label="What the cluster will do">
        <TheirSchedule
          cluster={cluster}
          theirs={theirs}
          failure={theirsFailure}
          isAsking={schedule.isFetching}
          onAsk={() => void schedule.refetch()}
        />
      </section>
      <section aria-label="What Holdfast will do">
        <OwnSchedulePart cluster={cluster} ways={system.snapshotWays} ours={ours} />
      </section>
      <section aria-label="What nobody does">
        <Section>What nobody does</Section>
        {nobody.length === 0 ? (
          <p className={s['text']}>Nothing is left over.</p>
        ) : (
          <ul className={s['nobody']}>
            {nobody.map((sentence) => (
              <li key={sentence}>
                <Glyph tone="warn" size={13} decorative />
                <span>
                  <Printable text={sentence} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </section>
    </div>
  )
}
