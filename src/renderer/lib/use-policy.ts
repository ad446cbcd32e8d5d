import { useQuery } from '@tanstack/react-query'
import type { PolicyView } from '../../shared/contract/policy.ts'
import { useDesk } from './client.tsx'

/** What the administrator of this computer has locked; null where that is nothing, or not known yet. */
export function usePolicy(): PolicyView | null {
  const { data } = useQuery(useDesk().host.info.queryOptions())
  return data?.policy ?? null
}
