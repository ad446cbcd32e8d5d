import { useMemo, useState, type ReactNode } from 'react'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import type { HealthGroup, JudgedHealth } from '../../../shared/domain/cluster-health.ts'
import { VirtualRows } from '../../ui/virtual-rows.tsx'
import { FleetRow } from './fleet-row.tsx'
import s from './fleet.module.css'

const titles: Readonly<Record<HealthGroup, string>> = {
  act: 'Act now',
  attention: 'Needs attention',
  good: 'Good',
}

const heads = [
  'Cluster',
  '30 days to today',
  'Newest restorable backup',
  'Proved',
  'Last drill',
  'Key opens',
  'Posture',
]

type Item =
  | { readonly kind: 'group'; readonly group: HealthGroup; readonly count: number }
  | { readonly kind: 'row'; readonly judged: JudgedHealth<Cluster> }

interface Props {
  readonly fleet: readonly JudgedHealth<Cluster>[]
  readonly head: ReactNode
}

/** The clusters in their groups, worst first; the order holds still under the pointer. */
export function FleetTable({ fleet, head }: Props) {
  const [held, setHeld] = useState<readonly JudgedHealth<Cluster>[] | null>(null)
  const items = useMemo(() => itemsOf(held === null ? fleet : inOrderOf(held, fleet)), [fleet, held])
  return (
    <div className={s['hold']} onPointerEnter={() => setHeld(fleet)} onPointerLeave={() => setHeld(null)}>
      <VirtualRows
        label="Clusters, worst first"
        role="table"
        className={s['page']}
        count={items.length}
        keyOf={(index) => keyOf(items[index])}
        estimate={(index) => heightOf(items[index])}
        head={head}
        columnHeads={
          <div className={s['hrow']} role="row">
            {heads.map((name) => (
              <span key={name} role="columnheader">
                {name}
              </span>
            ))}
          </div>
        }
      >
        {(index) => {
          const item = items[index]
          if (item === undefined) return null
          if (item.kind === 'row')
            return <FleetRow cluster={item.judged.cluster} health={item.judged.health} />
          return (
            <div role="row" className={s['group']}>
              <span role="rowheader">
                {titles[item.group]} <i>{item.count}</i>
              </span>
            </div>
          )
        }}
      </VirtualRows>
    </div>
  )
}

function itemsOf(fleet: readonly JudgedHealth<Cluster>[]): readonly Item[] {
  return (['act', 'attention', 'good'] as const).flatMap((group) => {
    const rows = fleet.filter(({ health }) => health.group === group)
    if (rows.length === 0) return []
    return [
      { kind: 'group' as const, group, count: rows.length },
      ...rows.map((judged) => ({ kind: 'row' as const, judged })),
    ]
  })
}

/** What is known now, at the places where it stood; what is new comes last. A cluster's own state is always the newest. */
function inOrderOf(
  held: readonly JudgedHealth<Cluster>[],
  fleet: readonly JudgedHealth<Cluster>[],
): readonly JudgedHealth<Cluster>[] {
  const now = new Map(fleet.map((judged) => [judged.cluster.id, judged]))
  const known = held.flatMap(({ cluster, health }) => {
    const judged = now.get(cluster.id)
    now.delete(cluster.id)
    return judged === undefined ? [] : [{ ...judged, health: { ...judged.health, group: health.group } }]
  })
  return [...known, ...now.values()]
}

function keyOf(item: Item | undefined): string {
  if (item === undefined) return ''
  return item.kind === 'group' ? item.group : item.judged.cluster.id
}

function heightOf(item: Item | undefined): number {
  if (item === undefined || item.kind === 'group') return 32
  return item.judged.health.reason === null ? 52 : 79
}
