import { useNavigate, useParams } from '@tanstack/react-router'
import { Crumbs } from '../../app/crumbs.tsx'
import { printable } from '../../../shared/domain/printable.ts'
import { countOf } from '../../../shared/domain/size-words.ts'
import { useFleet } from '../../lib/use-fleet.ts'
import { useStepKeys } from '../../lib/use-step-keys.ts'
import { Empty } from '../../ui/empty.tsx'
import { ListPage, listPage } from '../../ui/list-page.tsx'
import { VirtualRows } from '../../ui/virtual-rows.tsx'
import { ClusterDrills } from './cluster-drills.tsx'
import { DrillRow } from './drill-row.tsx'
import { drillOrder } from './model/last-drill.ts'
import { askingWords } from './model/standing-words.ts'
import { useStandings } from './use-standings.ts'

/** Every cluster that can be drilled at the left, those that need a drill first; the drills of one at the right. */
export function Drills() {
  const fleet = useFleet()
  const id = useParams({ strict: false, select: (params) => params.id })
  const navigate = useNavigate()
  const standings = useStandings()
  const clusters = drillOrder((fleet ?? []).map(({ cluster }) => cluster))
  const shown = id === undefined ? clusters[0] : clusters.find((cluster) => cluster.id === id)
  useStepKeys(
    clusters.map((cluster) => cluster.id),
    shown?.id,
    (next) => void navigate({ to: '/drills/$id', params: { id: next } }),
  )
  return (
    <ListPage
      label="Clusters"
      list={
        <VirtualRows
          label="Clusters, those that need a drill first"
          className={listPage.scroll}
          count={clusters.length}
          keyOf={(index) => clusters[index]?.id ?? ''}
          estimate={() => 50}
          head={
            <div className={listPage.top}>
              <h1>Drills</h1>
              {fleet !== undefined && <p>{countOf(clusters.length, 'cluster')}</p>}
              {standings.size > 0 && <p>{askingWords(standings)}</p>}
            </div>
          }
        >
          {(index) => {
            const cluster = clusters[index]
            return (
              cluster && (
                <DrillRow
                  cluster={cluster}
                  isOld={standings.get(cluster.id)?.state === 'old'}
                  isOn={cluster.id === shown?.id}
                />
              )
            )
          }}
        </VirtualRows>
      }
    >
      <Crumbs
        of={[
          { name: 'Fleet', to: '/' },
          { name: 'Drills', to: '/drills' },
          ...(id === undefined || shown === undefined ? [] : [{ name: printable(shown.name) }]),
        ]}
      />
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
    </ListPage>
  )
}
