import type { RetentionRules } from '../../../../shared/domain/retention.ts'
import { commandLine, namesLast } from '../../../../shared/domain/command-line.ts'
import type { OwnSchedule } from '../../../../shared/contract/masters.ts'
import { reasonFlags, type Reasoned } from '../../../lib/reason-flags.ts'
import { isCount } from './retention-draft.ts'

/** What is left empty is no option. */
function option(name: string, value: string | number | null): readonly string[] {
  const text = String(value ?? '').trim()
  return text === '' ? [] : [name, text]
}

export function rulesCommand(
  cluster: string,
  rules: RetentionRules,
  sweepsOrphans: boolean,
  why: Reasoned,
): string {
  return commandLine([
    'holdfast',
    'retention',
    'set',
    ...option('--keep-last', rules.keepLast),
    ...option('--keep-days', rules.keepDays),
    ...option('--at-most', rules.atMost),
    ...(sweepsOrphans ? ['--orphans'] : []),
    ...reasonFlags(why),
    ...namesLast([cluster]),
  ])
}

export function pinCommand(cluster: string, backupId: string, reason: string): string {
  const why = reasonFlags({ isNeeded: true, value: reason })
  return commandLine(['holdfast', 'retention', 'pin', ...why, ...namesLast([cluster, backupId])])
}

interface DrillWhen {
  readonly everyDays: string
  readonly at: string
  readonly zone: string
  readonly folder: string
  readonly host: string
  readonly typed: string
}

export function unpinCommand(cluster: string, backupId: string, why: Reasoned): string {
  const names = namesLast([cluster, backupId])
  return commandLine(['holdfast', 'retention', 'unpin', ...reasonFlags(why), ...names])
}

export function drillScheduleCommand(
  cluster: string,
  { everyDays, at, zone, folder, host, typed }: DrillWhen,
  why: Reasoned,
): string {
  return commandLine([
    'holdfast',
    'drill-schedule',
    '--every',
    isCount(everyDays) ? everyDays.trim() : 'DAYS',
    ...option('--at', at),
    ...option('--zone', zone),
    ...option('--scratch', folder),
    ...option('--host', host),
    ...option('--confirm', typed),
    ...reasonFlags(why),
    ...namesLast([cluster]),
  ])
}

export function ownScheduleCommand(cluster: string, { cron, zone, way }: OwnSchedule, why: Reasoned): string {
  return commandLine([
    'holdfast',
    'snapshot-schedule',
    '--cron',
    cron.trim() === '' ? 'EXPRESSION' : cron.trim(),
    '--zone',
    zone,
    '--way',
    way,
    ...reasonFlags(why),
    ...namesLast([cluster]),
  ])
}

/** Ends what this console does by itself. */
export function offCommand(
  what: 'snapshot-schedule' | 'drill-schedule',
  cluster: string,
  why: Reasoned,
): string {
  return commandLine(['holdfast', what, '--off', ...reasonFlags(why), ...namesLast([cluster])])
}

/** A change of the cluster's own settings, exactly as it was previewed. */
export function clusterSettingsCommand(
  cluster: string,
  changes: Readonly<Record<string, string | null>>,
  hash: string,
  why: Reasoned,
): string {
  return commandLine([
    'holdfast',
    'clusters',
    'settings',
    ...Object.entries(changes).flatMap(([name, value]) => ['--set', `${name}=${value ?? ''}`]),
    '--plan',
    hash,
    ...reasonFlags(why),
    ...namesLast([cluster]),
  ])
}
