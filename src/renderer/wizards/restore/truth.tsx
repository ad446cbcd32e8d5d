import type { ReactNode } from 'react'
import type { Job } from '../../../shared/contract/jobs.ts'
import type { Tone } from '../../ui/status.tsx'
import type { Draft } from './draft.ts'

export interface Truth {
  readonly tone: Tone
  readonly words: ReactNode
}

/** The foot of the wizard: what has been changed so far, at any moment. */
export function truthOf({ jobId, step }: Pick<Draft, 'jobId' | 'step'>, job: Job | undefined): Truth {
  if (jobId === null) {
    return {
      tone: 'none',
      words: (
        <>
          Nothing has been changed yet.{' '}
          <span>
            {step === 'confirm'
              ? 'The run changes names in the target only after every byte is written and compared.'
              : 'Holdfast has only read.'}
          </span>
        </>
      ),
    }
  }
  if (job === undefined) return { tone: 'run', words: 'The run was started.' }
  return job.kind === 'rollback' ? rollbackTruth(job) : restoreTruth(job)
}

function restoreTruth({ state, phase, phases, outcome, failure, result }: Job): Truth {
  switch (state) {
    case 'done':
      return {
        tone: 'good',
        words:
          result?.kind === 'restore' && result.movedAside.length === 0
            ? 'The backup stands in the target, where nothing stood before.'
            : 'The backup stands in the target; what stood there before is kept aside.',
      }
    case 'failed':
      return { tone: 'bad', words: failure?.unchanged ?? 'The failure says in which state the target is.' }
    case 'cancelled':
      return { tone: 'none', words: outcome ?? 'It was cancelled.' }
    case 'interrupted':
      return { tone: 'warn', words: 'The next run in this target finishes or undoes what was begun.' }
    case 'waiting':
      return { tone: 'none', words: 'Nothing has been changed yet: the run waits for its turn.' }
    case 'running': {
      const place = phases.findIndex(({ name }) => name === phase)
      return {
        tone: 'run',
        words:
          place < swapPlace ? (
            <>
              The target stands as it was. <span>What is written so far lies beside it.</span>
            </>
          ) : (
            <>
              Names in the target are changed. <span>A failure moves each one back.</span>
            </>
          ),
      }
    }
  }
}

/** Place of the phase that moves names: `restorePhases` of the desk. */
const swapPlace = 3

function rollbackTruth({ state, outcome, failure }: Job): Truth {
  switch (state) {
    case 'done':
      return { tone: 'good', words: 'What stood there before the restore is back.' }
    case 'failed':
      return { tone: 'bad', words: failure?.unchanged ?? 'The failure says in which state the target is.' }
    case 'cancelled':
      return { tone: 'none', words: outcome ?? 'It was cancelled.' }
    case 'interrupted':
      return { tone: 'warn', words: 'The next run in this target finishes or undoes what was begun.' }
    case 'waiting':
    case 'running':
      return { tone: 'run', words: 'The restore is being taken back; a failure leaves it in place.' }
  }
}
