import { useQuery } from '@tanstack/react-query'
import type { Cluster } from '../../shared/contract/clusters.ts'
import type { HealthRule, JudgedHealth } from '../../shared/domain/cluster-health.ts'
import { useNow } from '../ui/now.ts'
import { useDesk } from './client.tsx'
import { fleetOf } from './judged-fleet.ts'

/** What judges a cluster: the time, and the re-verify age of the settings. */
export function useHealthRule(): HealthRule {
  const nowMs = useNow()
  const { data: settings } = useQuery(useDesk().settings.get.queryOptions())
  return { nowMs, reverifyAfterDays: settings?.reverifyAfterDays ?? 30 }
}

/** Every cluster with its state, worst first; undefined until the console has answered. */
export function useFleet(): readonly JudgedHealth<Cluster>[] | undefined {
  const rule = useHealthRule()
  const { data } = useQuery(useDesk().clusters.list.queryOptions())
  return data && fleetOf(data, rule)
}
