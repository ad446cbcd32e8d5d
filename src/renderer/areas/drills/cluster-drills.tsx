import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import type { DrillHistory, DrillView } from '../../../shared/contract/drills.ts'
import { isByTool, tookWords } from '../../../shared/domain/drill.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { bytesWords, countOf, targetWords } from '../../../shared/domain/size-words.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { Empty } from '../../ui/empty.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { Section } from '../../ui/frame.tsx'
import { ChosenHead } from '../../ui/list-page.tsx'
import { Printable } from '../../ui/printable.tsx'
import { Status } from '../../ui/status.tsx'
import { Age } from '../../ui/time.tsx'
import { BackupLink } from '../backups/backup-link.tsx'
import { DrillButton } from './drill-button.tsx'
import { DrillParts } from './drill-parts.tsx'
import { DrillTable } from './drill-table.tsx'
import { againstWords, drillWord } from './model/drill-words.ts'
import { RtoTrend } from './rto-trend.tsx'
import s from './drills.module.css'

/** What the drills of a cluster have shown: the last one part by part, and all of them as a trend against the target. */
export function ClusterDrills({ cluster }: { readonly cluster: Cluster }) {
  const desk = useDesk()
  const input = { clusterId: cluster.id }
  const history = useQuery({ ...desk.drills.list.queryOptions({ input }), staleTime: 0 })
  return (
    <>
      <ChosenHead
        title={
          <Link className={s['name']} to="/clusters/$id/overview" params={{ id: cluster.id }}>
            {printable(cluster.name)}
          </Link>
        }
        note={`${cluster.system}, ${cluster.rtoMs === null ? 'no target is set' : `target ${targetWords(cluster.rtoMs)}`}`}
      >
        <DrillButton cluster={cluster} variant="filled" />
      </ChosenHead>
      {history.isError && (
        <ErrorPanel failure={failureOf(history.error)} onRetry={() => void history.refetch()} />
      )}
      {history.data !== undefined && <Shown cluster={cluster} history={history.data} />}
    </>
  )
}

function Shown({ cluster, history }: { readonly cluster: Cluster; readonly history: DrillHistory }) {
  const { drills, trend, targetMs } = history
  const [last] = drills
  if (last === undefined) {
    return (
      <Empty
        reason="noBackups"
        title="No backup of it was ever restored for trial."
        why="How long a restore takes is not known before the first drill, and neither is whether one succeeds."
        facts={[['Target', targetMs === null ? 'none is set' : targetWords(targetMs)]]}
      />
    )
  }
  return (
    <>
      <LastDrill drill={last} targetMs={targetMs} clusterId={cluster.id} />
      <Section>Trend</Section>
      <p className={s['sentence']}>{trend.sentence}</p>
      {drills.length > 1 && <RtoTrend drills={drills} targetMs={targetMs} />}
      <DrillTable drills={drills} targetMs={targetMs} clusterId={cluster.id} />
    </>
  )
}

function LastDrill({
  drill,
  targetMs,
  clusterId,
}: {
  readonly drill: DrillView
  readonly targetMs: number | null
  readonly clusterId: string
}) {
  const { outcome, rtoMs, phases, plainBytes, seen, notMeasured, backupId, folder, folderStands } = drill
  const result = drillWord(outcome.kind)
  const against = againstWords(drill, targetMs)
  return (
    <>
      <Section note={<Age at={drill.finishedAt} ago />}>Last drill</Section>
      <p className={s['last']}>
        <Status tone={result.tone}>{result.word}</Status>
        {rtoMs !== null && (
          <>
            <b>{tookWords(rtoMs)}</b>
            <Status tone={against.tone}>{against.word}</Status>
          </>
        )}
      </p>
      <p className={s['sentence']}>
        Backup <BackupLink clusterId={clusterId} backupId={backupId} />
        {outcome.kind !== 'failed' &&
          `: ${bytesWords(plainBytes)} in ${countOf(drill.files, 'file')} were restored, and ${isByTool(drill) ? 'every row of every table was read' : 'every byte was read back'}.`}
      </p>
      <DrillParts outcome={outcome} phases={phases} seen={seen} notMeasured={notMeasured} />
      {folderStands && (
        <p className={s['sentence']}>
          <Status tone="warn">
            What was restored still stands in <Printable text={folder} />.
          </Status>
        </p>
      )}
    </>
  )
}
