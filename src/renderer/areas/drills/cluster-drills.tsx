import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import type { DrillHistory, DrillView } from '../../../shared/contract/drills.ts'
import { tookWords } from '../../../shared/domain/drill.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { bytesWords, countOf, targetWords } from '../../../shared/domain/size-words.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'
import { Empty } from '../../ui/empty.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { frame, Section } from '../../ui/frame.tsx'
import { BackupId } from '../../ui/hash.tsx'
import { Printable } from '../../ui/printable.tsx'
import { Status } from '../../ui/status.tsx'
import { Age } from '../../ui/time.tsx'
import { DrillButton } from './drill-button.tsx'
import { DrillTable } from './drill-table.tsx'
import { againstWords, drillWord } from './model/drill-words.ts'
import { PhaseBar } from './phase-bar.tsx'
import { RtoTrend } from './rto-trend.tsx'
import s from './drills.module.css'

/** What the drills of a cluster have shown: the last one part by part, and all of them as a trend against the target. */
export function ClusterDrills({ cluster }: { readonly cluster: Cluster }) {
  const desk = useDesk()
  const input = { clusterId: cluster.id }
  const history = useQuery({ ...desk.drills.list.queryOptions({ input }), staleTime: 0 })
  return (
    <>
      <header className={s['head']}>
        <div>
          <h2>
            <Link className={s['name']} to="/clusters/$id/overview" params={{ id: cluster.id }}>
              {printable(cluster.name)}
            </Link>
          </h2>
          <p>
            {cluster.system},{' '}
            {cluster.rtoMs === null ? 'no target is set' : `target ${targetWords(cluster.rtoMs)}`}
          </p>
        </div>
        <DrillButton cluster={cluster} variant="filled" />
      </header>
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
      <Section note={countOf(drills.length, 'drill')}>Trend</Section>
      <p className={s['sentence']}>{trend.sentence}</p>
      <RtoTrend drills={drills} targetMs={targetMs} />
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
  const { outcome, rtoMs, phases, plainBytes, notMeasured, backupId, folder, folderStands } = drill
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
        Backup{' '}
        <Link
          className={frame.link}
          to="/clusters/$id/backups"
          params={{ id: clusterId }}
          search={{ backup: backupId }}
        >
          <BackupId id={backupId} />
        </Link>
        {outcome.kind !== 'failed' &&
          `: ${bytesWords(plainBytes)} in ${countOf(drill.files, 'file')} were restored, and every byte was read back.`}
      </p>
      {outcome.kind !== 'restored' && (
        <p className={s['sentence']}>
          <Printable text={outcome.because} />
        </p>
      )}
      <PhaseBar phases={phases} />
      {notMeasured.length > 0 && (
        <>
          <h3 className={s['sub']}>In none of these</h3>
          <ul className={s['notes']}>
            {notMeasured.map((sentence) => (
              <li key={sentence}>
                <Printable text={sentence} />
              </li>
            ))}
          </ul>
        </>
      )}
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
