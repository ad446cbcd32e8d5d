import { HoldfastError } from '../../../../shared/domain/error.ts'
import { parseConnection } from '../../../engine/live/parse-connection.ts'
import { knownAs } from '../../../engine/runbook/outcomes.ts'
import { chosenBackup } from '../../../engine/runbook/choose-backup.ts'
import type { SnapshotProgress } from '../../../ports/cluster-driver.ts'
import type { RunbookInput, RunbookSetting, StepContext } from '../../../ports/runbook.ts'
import { readRestoreSources, type RestoreSources } from '../restore-sources.ts'
import { armadaConnection, type ArmadaConnection } from '../live/connection.ts'

/** The cluster's servers. Throws `usage` where they are not known: nothing of armada is recovered without one that runs. */
export function siteOf({ cluster }: RunbookSetting): ArmadaConnection {
  if (cluster.connection !== null) return parseConnection('armada', armadaConnection, cluster.connection)
  throw new HoldfastError('usage', {
    what: `How the servers of ${cluster.name} are reached is not known here.`,
    why: 'armada restores into a cluster that runs: a new one has to stand first.',
    unchanged: 'Nothing was begun.',
    next: 'Start a leader cluster with its maintenance on, give its connection, then begin again.',
  })
}

/** As `siteOf`; throws `usage` also where it names no follower. */
export function siteWithFollowers(setting: RunbookSetting): ArmadaConnection {
  const site = siteOf(setting)
  if (site.followers.length > 0) return site
  throw new HoldfastError('usage', {
    what: `The connection of ${setting.cluster.name} names no follower.`,
    unchanged: 'Nothing was begun.',
    next: 'Add the followers to the connection, then begin again.',
  })
}

export const tablesInput: RunbookInput = {
  name: 'tables',
  label: 'Tables',
  help: 'Those to restore, with commas between them; empty: all of the backup.',
  example: 'orders, users',
  required: false,
  usual: '',
}

/** Null: all of the backup. */
export function tablesOf({ inputs }: RunbookSetting): readonly string[] | null {
  const names = (inputs[tablesInput.name] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  return names.length === 0 ? null : names
}

/** What a step's work reports, in the lines and the progress of the step. */
export function reportOf({ line, progress }: Pick<StepContext, 'line' | 'progress'>): SnapshotProgress {
  return { progress, log: line }
}

/** The files of the chosen backup, each read to its end again: what is sent is what was read. */
export async function chosenSources({
  setting,
  session,
  known,
  progress,
}: StepContext): Promise<RestoreSources> {
  const tables = tablesOf(setting)
  const store = await session.repository('read')
  return readRestoreSources(store, knownAs(known, chosenBackup.id), {
    ...(tables !== null && { tables }),
    signal: session.signal,
    progress,
  })
}

export function unfit(why: string): HoldfastError {
  return new HoldfastError('usage', {
    what: 'The runbook cannot be begun with this.',
    why,
    unchanged: 'Nothing was changed.',
    next: 'Mend what was given.',
  })
}
