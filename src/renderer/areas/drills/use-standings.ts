import { useQuery } from '@tanstack/react-query'
import type { ClusterDrills } from '../../../shared/contract/drills.ts'
import { useDesk } from '../../lib/client.tsx'

/** By the ids of clusters, whether one asks for a drill, and why; empty before it is known. */
export function useStandings(): ReadonlyMap<string, ClusterDrills['standing']> {
  const desk = useDesk()
  const fleet = useQuery({ ...desk.drills.fleet.queryOptions({ input: {} }), staleTime: 0 })
  return new Map((fleet.data ?? []).map(({ id, standing }) => [id, standing]))
}
