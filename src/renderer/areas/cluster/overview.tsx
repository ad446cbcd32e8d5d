import { Link } from '@tanstack/react-router'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { canSnapshot, healthOf } from '../../../shared/domain/cluster-health.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { NextActionButton } from '../../app/next-action.tsx'
import { useHealthRule } from '../../lib/use-fleet.ts'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { frame } from '../../ui/frame.tsx'
import { Button } from '../../ui/kit.ts'
import { withShortHashes } from '../../ui/hash.tsx'
import { Age } from '../../ui/time.tsx'
import { MastersHealth } from '../masters/masters-health.tsx'
import { SnapshotButton } from '../masters/snapshot-button.tsx'
import { DrillButton } from '../drills/drill-button.tsx'
import { VerifyButton } from '../verify/verify-button.tsx'
import { overviewSentence } from './overview-sentence.ts'
import { useCluster } from './use-cluster.ts'
import s from './overview.module.css'
import { Proof, Stored, Targets } from './overview-facts.tsx'
import { Days, Newest } from './overview-newest.tsx'

/** What is at risk, what can be restored, and what stands behind that. */
export function Overview() {
  const cluster = useCluster()
  const health = healthOf(cluster, useHealthRule())
  const { look } = cluster
  const failure = look?.failure ?? null
  return (
    <div className={frame.page}>
      <div className={s['lead']}>
        <h2>{overviewSentence(cluster, health)}</h2>
        {health.reason !== null && failure === null && (
          <p>
            <b data-tone={health.tone}>{health.reason.lead}</b>{' '}
            <span title={printable(health.reason.detail)}>
              {withShortHashes(printable(health.reason.detail))}
            </span>
          </p>
        )}
        <Acts cluster={cluster} canRead={failure === null} />
      </div>
      {failure !== null && (
        <ErrorPanel
          title="The repository could not be looked at."
          failure={failure}
          actions={
            health.next !== null && <NextActionButton cluster={cluster} next={health.next} filled size="sm" />
          }
        />
      )}
      {look !== null && failure !== null && look.backups > 0 && (
        <p className={s['stale']}>
          What follows was seen <Age at={look.asOf} ago />.
        </p>
      )}
      <div className={s['columns']}>
        <section>
          <Newest cluster={cluster} health={health} />
          <Days cluster={cluster} />
        </section>
        <section>
          <Proof cluster={cluster} health={health} />
          <Stored cluster={cluster} />
          <Targets cluster={cluster} />
        </section>
      </div>
      <div className={s['masters']}>
        <MastersHealth cluster={cluster} />
      </div>
    </div>
  )
}

/** What one most likely came for; a restore says all before it changes anything. */
function Acts({ cluster, canRead }: { readonly cluster: Cluster; readonly canRead: boolean }) {
  const newest = cluster.look?.newestRestorable ?? null
  const isBarred = cluster.mode === 'readOnly' && cluster.masters.state !== 'none'
  if (!canRead && !isBarred && !canSnapshot(cluster)) return null
  return (
    <div className={s['acts']}>
      {canRead && <VerifyButton cluster={cluster} />}
      {canRead && cluster.look !== null && cluster.look.backups > 0 && <DrillButton cluster={cluster} />}
      <SnapshotButton cluster={cluster} />
      {canRead && newest !== null && (
        <Button
          renderRoot={(props) => (
            <Link
              to="/clusters/$id/restore/$backupId"
              params={{ id: cluster.id, backupId: newest.backupId }}
              {...props}
            />
          )}
        >
          Restore…
        </Button>
      )}
      {isBarred && <span className={frame.dim}>No snapshot is asked of it: it is read-only here.</span>}
    </div>
  )
}
