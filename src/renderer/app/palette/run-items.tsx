import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Cluster } from '../../../shared/contract/clusters.ts'
import { printable } from '../../../shared/domain/printable.ts'
import { useDesk } from '../../lib/client.tsx'
import { useFleet } from '../../lib/use-fleet.ts'
import * as Icon from '../../ui/icons.tsx'
import { Glyph } from '../../ui/status.tsx'
import type { PaletteItem } from './items.ts'

/** The runs that are open. */
export function useRunItems(): readonly PaletteItem[] {
  const navigate = useNavigate()
  const { data: runs = [] } = useQuery(useDesk().runbooks.list.queryOptions())
  return runs
    .filter(({ state }) => state === 'open')
    .map(({ id, cluster, title, scenario, at, done, steps }) => ({
      id: `run ${id}`,
      icon: <Glyph tone="run" decorative />,
      name: `Go on with the recovery of ${printable(cluster)}`,
      note: `${title}, ${done} of ${steps}${at === null ? '' : `, ${at}`}`,
      also: `runbook ${scenario}`,
      run: () => void navigate({ to: '/runbooks/$runId', params: { runId: id } }),
    }))
}

/** Every cluster but the shown one, which has its own among the actions. */
export function useRecoverItems(current: string | undefined, isTyped: boolean): readonly PaletteItem[] {
  const item = useRecoverItem()
  const fleet = useFleet()
  if (!isTyped) return []
  return (fleet ?? []).filter(({ cluster: { id } }) => id !== current).map(({ cluster }) => item(cluster))
}

export function useRecoverItem(): (cluster: Cluster) => PaletteItem {
  const navigate = useNavigate()
  return ({ id, name }) => ({
    id: `recover ${id}`,
    icon: <Icon.Book />,
    name: `Recover ${printable(name)}…`,
    also: 'runbook disaster',
    run: () => void navigate({ to: '/recover', search: { cluster: id } }),
  })
}
