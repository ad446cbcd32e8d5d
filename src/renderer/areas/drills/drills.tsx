import { useNavigate, useParams } from '@tanstack/react-router'
import { Crumbs } from '../../app/crumbs.tsx'
import { printable } from '../../../shared/domain/printable.ts'
import { countOf } from '../../../shared/domain/size-words.ts'
import { useFleet } from '../../lib/use-fleet.ts'
import { useSingleKeys } from '../../lib/single-keys.ts'
import { Empty } from '../../ui/empty.tsx'
import { VirtualRows } from '../../ui/virtual-rows.tsx'
import { ClusterDrills } from './cluster-drills.tsx'
import { DrillRow } from './drill-row.tsx'
import { drillOrder } from './model/last-drill.ts'
import s from './drills.module.css'

/** Every cluster that can be drilled at the left, those that need a drill first; the drills of one at the right. */
export function Drills() {
  const fleet = useFleet()
  const id = useParams({ strict: false, select: (params) => params.id })
  const navigate = useNavigate()
  const clusters = drillOrder((fleet ?? []).map(({ cluster }) => cluster))
  const shown = id === undefined ? clusters[0] : clusters.find((cluster) => cluster.id === id)
  const go = (step: number): void => {
    const place = clusters.findIndex((cluster) => cluster.id === shown?.id)
    const next = clusters[Math.max(0, Math.min(clusters.length - 1, place + step))]
    if (next !== undefined) void navigate({ to: '/drills/$id', params: { id: next.id } })
  }
  useSingleKeys({ j: () => go(1), k: () => go(-1) })
  return (
    <div className={s['split']}>
      <Crumbs
        of={[
          { name: 'Fleet', to: '/' },
          { name: 'Drills', to: '/drills' },
          ...(id === undefined || shown === undefined ? [] : [{ name: printable(shown.name) }]),
        ]}
      />
      <section className={s['list']} aria-label="Clusters">
        <VirtualRows
          label="Clusters, those that need a drill first"
          className={s['rows']}
          count={clusters.length}
          keyOf={(index) => clusters[index]?.id ?? ''}
          estimate={() => 46}
          head={
            <div className={s['top']}>
              <h1>Drills</h1>
              {fleet !== undefined && <p>{countOf(clusters.length, 'cluster')}</p>}
            </div>
          }
        >
          {(index) => {
            const cluster = clusters[index]
            return cluster && <DrillRow cluster={cluster} isOn={cluster.id === shown?.id} />
          }}
        </VirtualRows>
      </section>
      <div className={s['page']}>
        {shown !== undefined && <ClusterDrills key={shown.id} cluster={shown} />}
        {fleet !== undefined && shown === undefined && (
          <Empty
            reason="wrongPlace"
            title={
              id === undefined ? 'There is no cluster to drill yet.' : 'There is no such cluster to drill.'
            }
            why="A drill restores a backup of a cluster for trial, on this computer, and measures how long that takes."
          />
        )}
      </div>
    </div>
  )
}
