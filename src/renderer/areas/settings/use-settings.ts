import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Settings } from '../../../shared/contract/settings.ts'
import type { Failure } from '../../../shared/domain/failure.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'

interface Held {
  readonly settings: Settings | undefined
  readonly set: (part: Partial<Settings>) => void
  readonly failure: Failure | null
}

/** Each change is kept at once. */
export function useSettings(): Held {
  const desk = useDesk()
  const queries = useQueryClient()
  const { data, error } = useQuery(desk.settings.get.queryOptions())
  const change = useMutation(
    desk.settings.set.mutationOptions({
      onSuccess: (settings) => queries.setQueryData(desk.settings.get.queryKey(), settings),
    }),
  )
  const problem = error ?? change.error
  return {
    settings: data,
    set: (part) => change.mutate(part),
    failure: problem === null ? null : failureOf(problem),
  }
}
