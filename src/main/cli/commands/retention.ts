import type { RetentionPreview, RetentionView } from '../../../shared/contract/retention.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { RetentionRules } from '../../../shared/domain/retention.ts'
import type { CommandContext } from '../context.ts'
import { exitStatus, type ExitStatus } from '../exit-status.ts'
import { followJob, statusOfJob, tellEnd } from '../follow-job.ts'
import { deletedWords, printPruneRows } from '../prune-rows.ts'
import { noRules, rulesOf, type RulesFlags } from '../retention-rules.ts'
import { findCluster, openVault, withDesk } from '../with-desk.ts'
import { bytesInWords, count } from '../words.ts'

export type { RulesFlags }

interface Secret {
  readonly passphraseFile?: string
}

export interface ApplyFlags extends RulesFlags, Secret {
  readonly plan: string
  readonly confirm: string
  readonly reason?: string
}

export async function showRetention(name: string, context: CommandContext): Promise<ExitStatus> {
  return withDesk(context, async (client) => {
    const { id } = await findCluster(name, client)
    return tell(name, await client.retention.get({ clusterId: id }), context)
  })
}

export async function setRules(
  name: string,
  flags: RulesFlags & { readonly none?: boolean; readonly reason?: string },
  context: CommandContext,
): Promise<ExitStatus> {
  return withDesk(context, async (client) => {
    const { id } = await findCluster(name, client)
    const rules = flags.none === true ? null : (rulesOf(flags) ?? noRules)
    const view = await client.retention.setRules({
      clusterId: id,
      rules,
      sweepsOrphans: flags.orphans ?? false,
      ...(flags.reason !== undefined && { reason: flags.reason }),
    })
    return tell(name, view, context)
  })
}

export async function pin(
  name: string,
  backupId: string,
  { reason, passphraseFile }: Secret & { readonly reason: string },
  context: CommandContext,
): Promise<ExitStatus> {
  return withDesk(context, async (client) => {
    const { id } = await findCluster(name, client)
    await openVault(client, passphraseFile ?? null, context)
    return tell(name, await client.retention.pin({ clusterId: id, backupId, reason }), context)
  })
}

export async function unpin(
  name: string,
  backupId: string,
  reason: string | undefined,
  context: CommandContext,
): Promise<ExitStatus> {
  return withDesk(context, async (client) => {
    const { id } = await findCluster(name, client)
    const view = await client.retention.unpin({
      clusterId: id,
      backupId,
      ...(reason !== undefined && { reason }),
    })
    return tell(name, view, context)
  })
}

export async function preview(
  name: string,
  flags: RulesFlags & Secret,
  context: CommandContext,
): Promise<ExitStatus> {
  const { output } = context
  return withDesk(context, async (client) => {
    const { id } = await findCluster(name, client)
    await openVault(client, flags.passphraseFile ?? null, context)
    const wanted = wantedOf(flags, await client.retention.get({ clusterId: id }))
    const shown = await client.retention.preview({ clusterId: id, ...wanted })
    output.document({ cluster: name, ...shown })
    printPruneRows(shown, `${name} has no backup.`, context)
    for (const sentence of shown.effects) output.line(sentence)
    if (shown.objects === 0) output.line('There is nothing to delete.')
    else printNext(shown, context)
    return exitStatus.ok
  })
}

/** The job goes by the plan that has this hash, or deletes nothing. */
export async function apply(name: string, flags: ApplyFlags, context: CommandContext): Promise<ExitStatus> {
  const { output } = context
  return withDesk(context, async (client) => {
    const { id } = await findCluster(name, client)
    await openVault(client, flags.passphraseFile ?? null, context)
    const wanted = wantedOf(flags, await client.retention.get({ clusterId: id }))
    const { jobId } = await client.retention.apply({
      clusterId: id,
      ...wanted,
      hash: hashOf(flags.plan),
      confirm: flags.confirm,
      ...(flags.reason !== undefined && { reason: flags.reason }),
    })
    const job = await followJob(jobId, client, context, 'cancel')
    const { state, outcome, result, failure } = job
    output.document({ cluster: name, state, outcome, result, failure })
    tellEnd(job, output)
    return statusOfJob(job)
  })
}

/** The rules of the flags, else those that are saved, else the usual ones of the system. */
function wantedOf(
  flags: RulesFlags,
  { rules, usual, sweepsOrphans }: RetentionView,
): { readonly rules: RetentionRules; readonly sweepsOrphans: boolean } {
  const named = rulesOf(flags)
  return {
    rules: named ?? rules ?? usual ?? noRules,
    sweepsOrphans: flags.orphans ?? (named === null && sweepsOrphans),
  }
}

function hashOf(text: string): string {
  if (/^[0-9a-f]{64}$/.test(text)) return text
  throw new HoldfastError('usage', {
    what: 'The value of --plan is no hash of a plan.',
    unchanged: 'Nothing was deleted.',
    next: 'Take it from "holdfast retention preview".',
  })
}

function tell(name: string, view: RetentionView, { output }: CommandContext): ExitStatus {
  const { rules, usual, sweepsOrphans, pins, sharedWith } = view
  output.document({ cluster: name, ...view })
  const words = rulesWords(rules ?? usual)
  if (words === '') output.line('Nothing says what is kept, so nothing can be deleted.')
  else output.line(`Keeps ${words}${rules === null ? ' (the usual rules of its system)' : ''}.`)
  if (sweepsOrphans) output.line('What failed uploads left behind goes as well.')
  for (const { backupId, reason } of pins) output.line(`Pinned: ${backupId}: ${reason}`)
  if (sharedWith.length > 0) output.line(`Its repository is also that of ${sharedWith.join(', ')}.`)
  return exitStatus.ok
}

function rulesWords(rules: RetentionRules | null): string {
  if (rules === null) return ''
  const { keepLast, keepDays, atMost } = rules
  return [
    ...(keepLast === null ? [] : [`the newest ${keepLast}`]),
    ...(keepDays === null ? [] : [`what is younger than ${count(keepDays, 'day')}`]),
    ...(atMost === null ? [] : [`at most ${atMost} for being young`]),
  ].join(', ')
}

function printNext(shown: RetentionPreview, { output }: CommandContext): void {
  output.line(
    `Would delete ${deletedWords(shown)}: ${count(shown.objects, 'object')}, ${bytesInWords(shown.freesBytes)}. Nothing was deleted.`,
  )
  output.line(`Run it with: ${shown.commandLine}`)
}
