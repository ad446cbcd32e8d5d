import { HoldfastError, type ErrorCode } from '../../../shared/domain/error.ts'
import type { JournalEvent, SwapName } from './journal-record.ts'
import { goBack, type RunParts } from './swap-run.ts'

type Milestone = Extract<JournalEvent, { readonly kind: 'begin' | 'swap' }>

/** Failures that keep their name: what the operator does next differs. Anything else is `restore.failed`. */
const keptCodes: ReadonlySet<ErrorCode> = new Set([
  'cancelled',
  'plan.changed',
  'target.full',
  'target.refused',
])

/**
 * Does the work of a run, which writes its milestones with `reach`; where it fails, takes everything back and throws an
 * error that says what stands now.
 */
export async function undoOnFailure<T>(
  parts: RunParts,
  signal: AbortSignal | undefined,
  work: (reach: (event: Milestone) => Promise<void>) => Promise<T>,
): Promise<T> {
  let hasBegun = false
  let swap: readonly SwapName[] | null = null
  const reach = async (event: Milestone): Promise<void> => {
    // A record whose writing failed may be there nevertheless, so the swap counts as begun before it is written.
    if (event.kind === 'swap') swap = event.names
    await parts.journal.append(parts.run, event)
    hasBegun = true
  }
  try {
    return await work(reach)
  } catch (error) {
    if (!hasBegun) throw error
    throw await takenBack(error, swap, parts, signal?.aborted === true)
  }
}

async function takenBack(
  error: unknown,
  swap: readonly SwapName[] | null,
  parts: RunParts,
  isCancelled: boolean,
): Promise<HoldfastError> {
  const { dir } = parts.target
  const reason = reasonOf(error)
  let setAside: readonly string[]
  try {
    setAside = await goBack(swap, reason, parts)
  } catch (second) {
    return new HoldfastError(
      'restore.failed',
      {
        what: `The run in ${dir} failed and could not be taken back now.`,
        why: `${reason} Then: ${reasonOf(second)}`,
        unchanged:
          'Nothing was deleted: what stood there is in its place or beside it, and the journal knows where.',
        next: `Once ${dir} can be written again, start the restore or the rollback anew: it first brings the target to its old or its new state.`,
      },
      { cause: new AggregateError([error, second]) },
    )
  }
  const kept = error instanceof HoldfastError && keptCodes.has(error.code) ? error.code : 'restore.failed'
  const code = isCancelled ? 'cancelled' : kept
  const itsNext = error instanceof HoldfastError ? error.text.next : undefined
  const next = itsNext ?? (code === 'cancelled' ? undefined : 'Start it anew once that is mended.')
  return new HoldfastError(
    code,
    {
      what: code === 'cancelled' ? `The run in ${dir} was cancelled.` : `The run in ${dir} failed.`,
      ...(code === 'cancelled' ? {} : { why: reason }),
      unchanged: [
        'The target stands as it was before, whole.',
        ...setAside.map((name) => `What another program wrote meanwhile is now ${name}.`),
      ].join(' '),
      ...(next !== undefined && { next }),
    },
    { cause: error },
  )
}

function reasonOf(error: unknown): string {
  if (error instanceof HoldfastError) return [error.text.what, error.text.why].filter(Boolean).join(' ')
  return error instanceof Error ? error.message : 'The cause is not known.'
}
