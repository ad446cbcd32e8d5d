import { HoldfastError } from '../../../shared/domain/error.ts'
import type { PrunePlan } from '../../../shared/domain/prune-plan.ts'
import type { OpenRepository } from '../../operations/open-repository.ts'
import { namesOf, pruneFacts } from '../../operations/prune-facts.ts'
import { planPrune } from '../../operations/prune.ts'
import { runPrune, type PruneResult } from '../../operations/run-prune.ts'
import { auditedChange } from '../audited.ts'
import type { CommandContext } from '../context.ts'
import { exitStatus, type ExitStatus } from '../exit-status.ts'
import type { RepositoryOptions } from '../options.ts'
import { createProgressLine } from '../progress-line.ts'
import { deletedWords, printPruneRows } from '../prune-rows.ts'
import { noRules, rulesOf, type RulesFlags } from '../retention-rules.ts'
import { savedHoldsAt } from '../saved-holds.ts'
import { accessOf } from '../access-of.ts'
import { withSession } from '../session.ts'
import { bytesInWords, count } from '../words.ts'

export interface PruneFlags extends RulesFlags {
  readonly hold: readonly string[]
  readonly apply?: boolean
  readonly plan?: string
  readonly reason?: string
}

/** Shows what the rules of retention would delete, a reason a row; with `--apply` deletes exactly that. */
export async function prune(
  options: RepositoryOptions & PruneFlags,
  context: CommandContext,
): Promise<ExitStatus> {
  const { output, ports, signal } = context
  return withSession('retention', options, context, async (session) => {
    const holds = await savedHoldsAt(session.repository, context)
    if (options.apply === true) holds.check(options.reason ?? null)
    const rules = rulesOf(options) ?? session.system.usualRetention ?? noRules
    const { plan, hash } = await planPrune(
      session,
      { rules, hold: options.hold, pins: holds.pins, sweepsOrphans: options.orphans ?? false },
      { clock: ports.clock, signal },
    )
    if (options.plan !== undefined && options.plan !== hash) throw planChanged()
    const result = options.apply === true ? await apply(plan, hash, session, options, context) : null
    output.document({ planHash: hash, applied: result !== null, ...plan, result })
    printPruneRows(plan, `${plan.repository} holds no ${plan.system} backup.`, context)
    if (result === null) printNext(plan, hash, context)
    else printResult(plan, result, context)
    return result !== null && result.stillThere.length > 0 ? exitStatus.failed : exitStatus.ok
  })
}

async function apply(
  plan: PrunePlan,
  hash: string,
  session: OpenRepository,
  options: RepositoryOptions & PruneFlags,
  context: CommandContext,
): Promise<PruneResult> {
  const { ports, signal } = context
  const nothing = { deleted: 0, freedBytes: 0, goneBefore: 0, stillThere: [] }
  if (plan.deletes.length === 0) return nothing
  return auditedChange(
    'prune',
    { subject: plan.repository, facts: pruneFacts(plan, hash), reason: options.reason ?? null },
    async () => {
      const store = await ports.openStore(session.address, accessOf(options), 'write')
      const progress = createProgressLine(ports.stderr, ports.clock)
      try {
        return await runPrune(plan, store, { signal, onProgress: progress.listener })
      } finally {
        progress.end()
        await store.close()
      }
    },
    context,
  )
}

function printNext(plan: PrunePlan, hash: string, { output }: CommandContext): void {
  if (plan.deletes.length === 0) {
    output.line('There is nothing to delete.')
  } else {
    output.line(
      `Would delete ${deletedWords(plan)}: ${count(plan.deletes.length, 'object')}, ${bytesInWords(plan.freesBytes)}. Nothing was deleted.`,
    )
    output.line(`Plan ${output.style('bold', hash)}`)
    output.line(`Run it with: holdfast prune … --apply --plan ${hash}`)
  }
  if (plan.rows.length > 0 && plan.rows.every(({ restorability }) => restorability !== 'restorable'))
    output.line('No backup here is proved to be whole; "holdfast verify --all" proves what can be.')
}

function printResult(plan: PrunePlan, result: PruneResult, { output }: CommandContext): void {
  if (plan.deletes.length === 0) return output.line('There was nothing to delete.')
  output.line(
    `Deleted ${deletedWords(plan)}: ${count(result.deleted, 'object')}, ${bytesInWords(result.freedBytes)}.` +
      (result.goneBefore === 0 ? '' : ` ${count(result.goneBefore, 'object')} had gone before.`),
  )
  if (plan.repository.startsWith('s3:'))
    output.line('Where the bucket keeps old versions, their bytes stay until it lets go of them.')
  if (result.stillThere.length > 0) {
    output.line(
      `${output.style('red', '✘')} Still listed, though the repository said that they went: ${namesOf(result.stillThere)}`,
    )
  }
}

function planChanged(): HoldfastError {
  return new HoldfastError('plan.changed', {
    what: 'The plan is not the one that was looked at.',
    why: 'The repository changed since, or what is proved of it, or a backup passed its age.',
    unchanged: 'Nothing was deleted.',
    next: 'Look at the plan again.',
  })
}
