import { createHash } from 'node:crypto'
import { canonicalJson } from '../../../shared/domain/canonical-json.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { RestorePlan } from '../../../shared/domain/restore-plan.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { LockedTarget, RestoreTarget } from '../../ports/restore-target.ts'
import { stateOf } from './inspect-target.ts'
import type { ItemFacts } from './item-facts.ts'
import { lastDoneRun, openJournal, type Journal, type JournalRun } from './journal.ts'
import type { SwapName } from './journal-record.ts'
import { ownerIn, planHash, refuseFull } from './plan-restore.ts'
import { recoverLocked, type Recovery } from './recover-restore.ts'
import { refuseTarget } from './refuse-target.ts'
import { stageEntries } from './stage-entries.ts'
import type { StagedEntry } from '../../ports/staged-entry.ts'
import { freeStamp, movesForward } from './swap.ts'
import { makeMoves, newRunId, throwIfCancelled, verifyInPlace, type RunParts } from './swap-run.ts'
import { undoOnFailure } from './undo-on-failure.ts'
import { lookAtTarget, type Surveyed } from './view.ts'
import { whileLocked } from './while-locked.ts'

export interface RestoreProgress {
  readonly phase: 'stage' | 'sync' | 'swap' | 'verify'
  readonly bytesDone: number
  readonly bytesTotal: number
}

export interface RestoreParts {
  readonly target: RestoreTarget
  readonly clock: Pick<Clock, 'now'>
  readonly random: Random
  /** As in the journal. */
  readonly askedBy?: string
  /** The content of one of the plan's generated files, once everything else is staged. */
  readonly generate?: (name: string, staged: ReadonlyMap<string, ItemFacts>) => Uint8Array
  readonly onProgress?: ((progress: RestoreProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

export interface RestoreResult {
  readonly run: string
  readonly finishedAt: string
  /** As read back in place. */
  readonly items: ReadonlyMap<string, ItemFacts>
  /** What stood there before, and where it is now. */
  readonly movedAside: readonly { readonly name: string; readonly to: string }[]
  /** What became of an earlier run that had been cut short. */
  readonly recovered: Recovery | null
}

/**
 * Runs exactly this plan, which the caller has had confirmed. Ends with the backup's state in the target, read back; or
 * throws with the target as it was before. Killed anywhere, the next run there brings it to one of the two.
 *
 * Throws `target.busy`, `target.refused`, `target.full`, `plan.changed`, `state.broken` before anything is done; later
 * `cancelled`, `target.full`, `target.refused` or `restore.failed`, with a sentence on what stands now. `entries` has to
 * end by itself when the signal aborts.
 */
export async function runRestore(
  plan: RestorePlan,
  entries: AsyncIterable<StagedEntry>,
  parts: RestoreParts,
): Promise<RestoreResult> {
  const { clock, signal } = parts
  throwIfCancelled(signal)
  return whileLocked(parts.target, async (target) => {
    const journal = await openJournal(target, clock)
    const recovered = await recoverLocked({ target, journal, clock }, signal)
    const finished = recovered?.outcome === 'done' ? lastDoneRun(journal) : null
    // It was this very restore that had been cut short: another one over it would make its safety copy of what is new.
    if (finished?.begin.job === 'restore' && finished.begin.planHash === planHash(plan))
      return resultOf(finished, recovered)
    await compareWithPlan(plan, target, journal)
    const run: RunParts = { run: newRunId(parts), target, journal, clock }
    await undoOnFailure(run, signal, async (reach) => {
      await reach({
        kind: 'begin',
        job: 'restore',
        backupId: plan.backupId,
        planHash: planHash(plan),
        plan,
        manages: plan.manages,
        askedBy: parts.askedBy ?? null,
      })
      await swapStaged(plan, await stageAll(plan, entries, run, parts), run, parts, reach)
    })
    // Only empty folders are left in it; a failure here changes nothing, and the next run sweeps.
    await target.removeStaging(run.run).catch(() => undefined)
    const done = lastDoneRun(journal)
    if (done === null) throw new Error('The run has no end.')
    return resultOf(done, recovered)
  })
}

/** The target may have changed since the plan was shown; then it is another plan. */
async function compareWithPlan(plan: RestorePlan, target: LockedTarget, journal: Journal): Promise<Surveyed> {
  const view = await lookAtTarget(target, null)
  const state = await stateOf(plan.manages, journal, view, { target, unfinished: null })
  const replaces = refuseTarget(state)
  const isSamePlace = plan.targetDir === target.dir
  if (
    !isSamePlace ||
    canonicalJson(replaces) !== canonicalJson(plan.replaces) ||
    canonicalJson(state.manages) !== canonicalJson(plan.manages) ||
    [...plan.items, ...plan.generated].some(
      ({ name, owner }) => canonicalJson(ownerIn(state, name)) !== canonicalJson(owner),
    )
  ) {
    throw new HoldfastError('plan.changed', {
      what: `${target.dir} is no longer as the plan says.`,
      why: isSamePlace
        ? `The plan replaces ${listed(plan.replaces)}; now there is ${listed(replaces)}. Or their owners changed.`
        : `The plan is for ${plan.targetDir}.`,
      unchanged: 'Nothing was restored.',
      next: 'Make a new plan and confirm it.',
    })
  }
  refuseFull(plan, view.survey.freeBytes)
  return view
}

function listed(names: RestorePlan['replaces']): string {
  return names.length === 0 ? 'nothing' : names.map(({ name, kind }) => `${name} (${kind})`).join(', ')
}

/** Everything that the plan puts in place, staged, compared and durable. */
async function stageAll(
  plan: RestorePlan,
  entries: AsyncIterable<StagedEntry>,
  { run, target }: RunParts,
  { generate, onProgress, signal }: RestoreParts,
): Promise<ReadonlyMap<string, ItemFacts>> {
  const bytesTotal = sumOf(plan.items)
  let bytesDone = 0
  await target.createStaging(run)
  const onBytes = (bytes: number): void => {
    bytesDone += bytes
    onProgress?.({ phase: 'stage', bytesDone, bytesTotal })
  }
  const staged = new Map(await stageEntries(plan, entries, { run, target, signal, onBytes }))
  const items: ReadonlyMap<string, ItemFacts> = new Map(staged)
  for (const { name, owner, maxBytes } of plan.generated) {
    const bytes = generate?.(name, items)
    if (bytes === undefined || bytes.byteLength > maxBytes) {
      throw new Error(`${name} was not generated, or has more than ${maxBytes} bytes.`)
    }
    const pieces = (async function* () {
      yield bytes
    })()
    await target.writeFile({ area: 'staging', run, name }, '', pieces, {
      owner,
      sizeBytes: bytes.byteLength,
      signal,
    })
    const digest = createHash('sha256').update(bytes).digest('hex')
    staged.set(name, { kind: 'file', files: 1, sizeBytes: bytes.byteLength, digest })
  }
  onProgress?.({ phase: 'sync', bytesDone: bytesTotal, bytesTotal })
  await target.syncStaging(run, signal)
  return staged
}

async function swapStaged(
  plan: RestorePlan,
  staged: ReadonlyMap<string, ItemFacts>,
  run: RunParts,
  { onProgress, signal }: RestoreParts,
  reach: (event: { readonly kind: 'swap'; readonly names: readonly SwapName[] }) => Promise<void>,
): Promise<void> {
  throwIfCancelled(signal)
  // Staging may have taken hours.
  await compareWithPlan({ ...plan, spaceBytes: 0 }, run.target, run.journal)
  const view = await lookAtTarget(run.target, run.run)
  const names = swapNames(plan, staged, run, view)
  const moves = movesForward(names, view, '')
  if (moves === null) throw new Error('What was staged is gone.')
  await reach({ kind: 'swap', names })
  const bytesTotal = sumOf([...staged.values()])
  onProgress?.({ phase: 'swap', bytesDone: 0, bytesTotal })
  await makeMoves(moves, run, signal)
  onProgress?.({ phase: 'verify', bytesDone: 0, bytesTotal })
  let bytesDone = 0
  const onBytes = (bytes: number): void => {
    bytesDone += bytes
    onProgress?.({ phase: 'verify', bytesDone, bytesTotal })
  }
  await verifyInPlace(names, run, { signal, onBytes })
  await run.journal.append(run.run, { kind: 'done' })
}

/** Items and generated files first, in the order of the plan; then what this backup lacks and only goes. */
function swapNames(
  plan: RestorePlan,
  staged: ReadonlyMap<string, ItemFacts>,
  { run, clock }: RunParts,
  view: Surveyed,
): readonly SwapName[] {
  const replaced = new Set(plan.replaces.map(({ name }) => name))
  const all = [...new Set([...staged.keys(), ...replaced])]
  const stamp = freeStamp(all, '.before-restore-', view, clock.now())
  return all.map((name) => {
    const expect = staged.get(name) ?? null
    return {
      name,
      aside: replaced.has(name) ? `${name}.before-restore-${stamp}` : null,
      incoming: expect === null ? null : { area: 'staging', run, name },
      expect,
    }
  })
}

/** What a run that is done has come to, by the journal. */
export function resultOf({ run, begin, end, swap }: JournalRun, recovered: Recovery | null): RestoreResult {
  const names = swap ?? []
  return {
    run,
    finishedAt: end?.at ?? begin.at,
    items: new Map(names.flatMap(({ name, expect }) => (expect === null ? [] : [[name, expect] as const]))),
    movedAside: names.flatMap(({ name, aside }) => (aside === null ? [] : [{ name, to: aside }])),
    recovered,
  }
}

function sumOf(items: readonly { readonly sizeBytes: number }[]): number {
  return items.reduce((sum, item) => sum + item.sizeBytes, 0)
}
