import { useMutation } from '@tanstack/react-query'
import type { Answer, Run } from '../../../shared/contract/runbooks.ts'
import type { Failure } from '../../../shared/domain/failure.ts'
import { useDesk } from '../../lib/client.tsx'
import { failureOf } from '../../lib/failure.ts'

interface Proceed {
  readonly go: (answer: Answer, done?: () => void) => void
  readonly isPending: boolean
  readonly failure: Failure | null
}

/** Answers one step of a run. What came of it is in the run; that it was refused is told here. */
export function useProceed(runId: string, step: string, onRun: (run: Run) => void): Proceed {
  const proceed = useMutation(useDesk().runbooks.proceed.mutationOptions({ onSuccess: onRun }))
  return {
    go: (answer, done) =>
      proceed.mutate({ id: runId, step, answer }, { ...(done !== undefined && { onSuccess: done }) }),
    isPending: proceed.isPending,
    failure: proceed.isError ? failureOf(proceed.error) : null,
  }
}
