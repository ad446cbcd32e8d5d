import type { ClusterSchedule } from '../../../shared/contract/masters.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { CommandContext } from '../context.ts'
import { exitStatus, type ExitStatus } from '../exit-status.ts'
import { findCluster, openVault, withDesk } from '../with-desk.ts'
import { table, timeInWords } from '../words.ts'

export interface ClusterSettingsFlags {
  readonly set: readonly string[]
  readonly plan?: string
  readonly reason?: string
  readonly passphraseFile?: string
}

/** Shows a cluster's own settings of its backups, previews a change of them, or writes exactly one preview. */
export async function clusterSettings(
  name: string,
  flags: ClusterSettingsFlags,
  context: CommandContext,
): Promise<ExitStatus> {
  const { output, ports, signal } = context
  const { plan, reason } = flags
  const changes = Object.fromEntries(flags.set.map(changeOf))
  const isAsked = flags.set.length > 0
  if (plan !== undefined && !isAsked) throw wrong('--plan goes with the --set of that preview.')
  if (plan !== undefined && !/^[0-9a-f]{64}$/.test(plan)) {
    throw wrong('The value of --plan is no hash of a preview.')
  }
  return withDesk(context, async (client) => {
    const { id } = await findCluster(name, client)
    await openVault(client, flags.passphraseFile ?? null, context)
    if (plan !== undefined) {
      const why = reason === undefined ? {} : { reason }
      const theirs = await client.masters.changeSettings({ id, changes, hash: plan, ...why }, { signal })
      return show(name, theirs, context)
    }
    if (!isAsked) {
      const { theirs, theirsFailure } = await client.masters.schedule({ id }, { signal })
      if (theirs !== null) return show(name, theirs, context)
      const { what = 'The cluster has no such settings.', why, next } = theirsFailure ?? {}
      output.document({ cluster: name, settings: null, failure: theirsFailure })
      output.note([what, why, next].filter((part) => part !== undefined).join(' '))
      return exitStatus.unreachable
    }
    const preview = await client.masters.previewSettings({ id, changes }, { signal })
    output.document({ cluster: name, ...preview })
    for (const { label, before, after } of preview.rows) {
      output.line(`${label}: ${before ?? 'none'} → ${after ?? 'none'}`)
    }
    for (const sentence of preview.effects) output.line(sentence)
    const times = preview.next.map((time) => timeInWords(time, ports.clock.now()))
    if (times.length > 0) output.line(`It would then be taken at ${times.join(', ')}`)
    output.line(`Nothing was changed. Write it with the same options and --plan ${preview.hash}`)
    return exitStatus.ok
  })
}

function show(name: string, { words, settings }: ClusterSchedule, { output }: CommandContext): ExitStatus {
  output.document({ cluster: name, settings })
  output.line(words)
  const rows = settings.map((each) => [
    each.name,
    each.label,
    each.value ?? 'not set',
    each.canChange ? '' : 'cannot be changed here',
  ])
  for (const line of table(rows)) output.line(line.trimEnd())
  return exitStatus.ok
}

/** `name=value`; nothing behind the sign: none. */
function changeOf(pair: string): readonly [string, string | null] {
  const at = pair.indexOf('=')
  if (at < 1) throw wrong('--set takes NAME=VALUE.')
  const value = pair.slice(at + 1)
  return [pair.slice(0, at), value === '' ? null : value]
}

function wrong(what: string): HoldfastError {
  return new HoldfastError('usage', {
    what,
    unchanged: 'Nothing was changed.',
    next: 'See "holdfast clusters settings --help".',
  })
}
