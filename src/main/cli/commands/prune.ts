import { HoldfastError } from '../../../shared/domain/error.ts'
import type { PrunePlan } from '../../../shared/domain/prune-plan.ts'
import type { RetentionRules } from '../../../shared/domain/retention.ts'
import type { OpenRepository } from '../../operations/open-repository.ts'
import { planPrune } from '../../operations/prune.ts'
import { runPrune, type PruneResult } from '../../operations/run-prune.ts'
import { auditedChange } from '../audited.ts'
import type { CommandContext } from '../context.ts'
import { exitStatus, type ExitStatus } from '../exit-status.ts'
import type { RepositoryOptions } from '../options.ts'
import { createProgressLine } from '../progress-line.ts'
import { accessOf, withSession } from '../session.ts'
import { bytesInWords, count, table, timeInWords } from '../words.ts'

export interface PruneFlags {
  readonly keepLast?: string
  readonly keepDays?: string
  readonly atMost?: string
  readonly hold: readonly string[]
  readonly orphans?: boolean
  readonly apply?: boolean
  readonly plan?: string
}

/** Shows what the rules of retention would delete, a reason a row; with `--apply` deletes exactly that. */
export async function prune(
  options: RepositoryOptions & PruneFlags,
  context: CommandContext,
): Promise<ExitStatus> {
  const { output, ports, signal } = context
  return withSession(options, context, async (session) => {
    const { plan, hash } = await planPrune(
      session,
      { rules: rulesOf(options, session), hold: options.hold, sweepsOrphans: options.orphans ?? false },
      { clock: ports.clock, signal },
    )
    if (options.plan !== undefined && options.plan !== hash) throw planChanged()
    const result = options.apply === true ? await apply(plan, hash, session, options, context) : null
    output.document({ planHash: hash, applied: result !== null, ...plan, result })
    printRows(plan, context)
    if (result === null) printNext(plan, hash, context)
    else printResult(plan, result, context)
    return result !== null && result.stillThere.length > 0 ? exitStatus.failed : exitStatus.ok
  })
}

async function apply(
  plan: PrunePlan,
  hash: string,
  session: OpenRepository,
  options: RepositoryOptions,
  context: CommandContext,
): Promise<PruneResult> {
  const { ports, signal } = context
  const nothing = { deleted: 0, freedBytes: 0, goneBefore: 0, stillThere: [] }
  if (plan.deletes.length === 0) return nothing
  const ids = plan.rows.filter(({ fate }) => fate === 'delete').map(({ backupId }) => backupId)
  const facts = [
    { name: 'repository', value: plan.repository },
    { name: 'plan', value: hash },
    { name: 'backups', value: namesOf(ids) },
    { name: 'objects', value: String(plan.deletes.length) },
    { name: 'bytes', value: String(plan.freesBytes) },
  ]
  return auditedChange(
    'prune',
    { subject: plan.repository, facts },
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

function rulesOf(options: PruneFlags, { system }: OpenRepository): RetentionRules {
  const { keepLast, keepDays, atMost } = options
  if (keepLast === undefined && keepDays === undefined && atMost === undefined && system.usualRetention)
    return system.usualRetention
  return {
    keepLast: wholeNumber('--keep-last', keepLast),
    keepDays: wholeNumber('--keep-days', keepDays),
    atMost: wholeNumber('--at-most', atMost),
  }
}

function wholeNumber(name: string, text: string | undefined): number | null {
  if (text === undefined) return null
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new HoldfastError('usage', {
    what: `${name} takes a whole number of at least 1.`,
    unchanged: 'Nothing was deleted.',
    next: 'Leave the rule out, or write such a number.',
  })
}

function printRows(plan: PrunePlan, { output, ports }: CommandContext): void {
  const nowMs = ports.clock.now()
  const rows = [
    ...plan.rows.map(({ fate, backupId, createdAt, freesBytes, reason }) => [
      fate,
      backupId,
      createdAt === null ? 'time unknown' : timeInWords(createdAt, nowMs),
      freesBytes === 0 ? '-' : bytesInWords(freesBytes),
      reason,
    ]),
    ...plan.orphans.map(({ fate, name, objects, sizeBytes, reason }) => [
      fate,
      name,
      `no backup, ${count(objects, 'object')}`,
      fate === 'delete' ? bytesInWords(sizeBytes) : '-',
      reason,
    ]),
  ]
  if (rows.length === 0) output.line(`${plan.repository} holds no ${plan.system} backup.`)
  else for (const line of table([['FATE', 'BACKUP', 'CREATED', 'FREES', 'WHY'], ...rows])) output.line(line)
  output.line()
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

function deletedWords({ rows, orphans }: PrunePlan): string {
  const backups = rows.filter(({ fate }) => fate === 'delete').length
  const swept = orphans.filter(({ fate }) => fate === 'delete').length
  const leftovers = swept === 0 ? '' : ` and what was left of ${count(swept, 'other')}`
  return `${backups} of ${count(rows.length, 'backup')}${leftovers}`
}

/** Of very many only the first: an entry of the audit chain is a line. */
function namesOf(names: readonly string[]): string {
  const most = 200
  const more = names.length > most ? ` and ${names.length - most} more` : ''
  return `${names.slice(0, most).join(' ')}${more}`
}

function planChanged(): HoldfastError {
  return new HoldfastError('plan.changed', {
    what: 'The plan is not the one that was looked at.',
    why: 'The repository changed since, or what is proved of it, or a backup passed its age.',
    unchanged: 'Nothing was deleted.',
    next: 'Look at the plan again.',
  })
}
