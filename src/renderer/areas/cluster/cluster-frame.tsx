import { Link, Outlet } from '@tanstack/react-router'
import { useMutation } from '@tanstack/react-query'
import { healthOf } from '../../../shared/domain/cluster-health.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { countOf } from '../../../shared/domain/size-words.ts'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { Crumbs } from '../../app/crumbs.tsx'
import { NextActionButton } from '../../app/next-action.tsx'
import { useDesk } from '../../lib/client.tsx'
import { useHealthRule } from '../../lib/use-fleet.ts'
import { Empty } from '../../ui/empty.tsx'
import { frame, ModeBand } from '../../ui/frame.tsx'
import { Button } from '../../ui/kit.ts'
import { Status } from '../../ui/status.tsx'
import { isNeverSeen } from '../../ui/never-seen.ts'
import { MastersStatus } from '../masters/masters-status.tsx'
import { ClusterKeys } from './cluster-keys.tsx'
import { useKnownCluster } from './use-cluster.ts'
import { Age } from '../../ui/time.tsx'
import s from './cluster-frame.module.css'

const tabs = [
  ['Overview', '/clusters/$id/overview'],
  ['Backups', '/clusters/$id/backups'],
  ['Chain map', '/clusters/$id/chain'],
  ['Schedule and retention', '/clusters/$id/schedule'],
  ['Connection', '/clusters/$id/connection'],
  ['Activity', '/clusters/$id/activity'],
] as const

/** Name, state and tabs of one cluster. */
export function ClusterFrame() {
  const desk = useDesk()
  const rule = useHealthRule()
  const refresh = useMutation(desk.clusters.refresh.mutationOptions())
  const cluster = useKnownCluster()
  if (cluster === undefined) {
    return (
      <div className={frame.page}>
        <Crumbs of={[{ name: 'Fleet', to: '/' }, { name: 'No such cluster' }]} />
        <h1 className="vh">No such cluster</h1>
        <Empty reason="wrongPlace" title="There is no such cluster here." why="It may have been removed." />
      </div>
    )
  }
  const { tone, word, next } = healthOf(cluster, rule)
  const { look } = cluster
  const newestAt = look?.newestRestorable?.createdAt
  return (
    <>
      <ModeBand mode={cluster.mode} />
      <header className={s['head']}>
        <div className={s['headRow']}>
          <h1>{printable(cluster.name)}</h1>
          <Status tone={tone} strong age={newestAt === undefined ? undefined : <Age at={newestAt} short />}>
            {word}
          </Status>
          {cluster.masters.state !== 'none' && <MastersStatus of="Masters" masters={cluster.masters} />}
          <span className={s['sub']}>
            {cluster.system}
            {look !== null &&
              (isNeverSeen(look) ? (
                ', never reached'
              ) : (
                <>
                  , seen <Age at={look.asOf} ago short />
                </>
              ))}
            , {sourcesOf(cluster)}
          </span>
          <div className={s['headActs']}>
            <Button disabled={cluster.looking} onClick={() => refresh.mutate({ id: cluster.id })}>
              {cluster.looking ? 'Looking…' : 'Look again'}
            </Button>
            <Button
              renderRoot={(props) => <Link to="/recover" search={{ cluster: cluster.id }} {...props} />}
            >
              Recover…
            </Button>
            {next !== null && <NextActionButton cluster={cluster} next={next} size="sm" />}
          </div>
        </div>
        <nav className={s['tabs']} aria-label={`Pages of ${cluster.name}`}>
          {tabs.map(([name, to]) => (
            <Link key={to} to={to} params={{ id: cluster.id }} activeProps={{ 'aria-current': 'page' }}>
              {name}
              {name === 'Backups' && look !== null && look.backups > 0 && (
                <em aria-label={countOf(look.backups, 'backup')}>{look.backups}</em>
              )}
            </Link>
          ))}
        </nav>
      </header>
      <Crumbs of={[{ name: 'Fleet', to: '/' }, { name: cluster.name }]} />
      <ClusterKeys cluster={cluster} />
      <Outlet />
    </>
  )
}

/** Where what is shown comes from. */
function sourcesOf({ masters }: Cluster): string {
  return masters.state === 'none' ? 'from its repository' : 'from its repository and its masters'
}
