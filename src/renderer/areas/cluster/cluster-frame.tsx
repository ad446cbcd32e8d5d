import { Link, Outlet } from '@tanstack/react-router'
import { Crumbs } from '../../app/crumbs.tsx'
import { Empty } from '../../ui/empty.tsx'
import { frame, ModeBand } from '../../ui/frame.tsx'
import { useKnownCluster } from './use-cluster.ts'
import s from './cluster-frame.module.css'

const tabs = [
  ['Overview', '/clusters/$id/overview'],
  ['Backups', '/clusters/$id/backups'],
  ['Chain map', '/clusters/$id/chain'],
  ['Connection', '/clusters/$id/connection'],
  ['Activity', '/clusters/$id/activity'],
] as const

/** Name, state and tabs of one cluster. */
export function ClusterFrame() {
  const cluster = useKnownCluster()
  if (cluster === undefined) {
    return (
      <div className={frame.page}>
        <Crumbs of={[{ name: 'Fleet', to: '/' }, { name: 'No such cluster' }]} />
        <Empty reason="wrongPlace" title="There is no such cluster here." why="It may have been removed." />
      </div>
    )
  }
  return (
    <>
      <ModeBand mode={cluster.mode} />
      <header className={s['head']}>
        <div className={s['headRow']}>
          <h1>{cluster.name}</h1>
        </div>
        <nav className={s['tabs']} aria-label={`Pages of ${cluster.name}`}>
          {tabs.map(([name, to]) => (
            <Link key={to} to={to} params={{ id: cluster.id }} activeProps={{ 'aria-current': 'page' }}>
              {name}
            </Link>
          ))}
        </nav>
      </header>
      <Crumbs of={[{ name: 'Fleet', to: '/' }, { name: cluster.name }]} />
      <Outlet />
    </>
  )
}
