import type { RetentionRules } from '../../../../shared/domain/retention.ts'
import { commandLine, namesLast } from '../../../../shared/domain/command-line.ts'
import { isCount } from './retention-draft.ts'

/** What a protected cluster asks for stands there as REASON until it is typed. */
interface Reasoned {
  readonly asks: boolean
  readonly reason: string
}

function reasonIn({ asks, reason }: Reasoned): readonly string[] {
  return asks ? ['--reason', reason.trim() === '' ? 'REASON' : reason.trim()] : []
}

/** What is left empty is no option. */
function option(name: string, value: string | number | null): readonly string[] {
  const text = String(value ?? '').trim()
  return text === '' ? [] : [name, text]
}

export function rulesCommand(
  cluster: string,
  rules: RetentionRules,
  { sweepsOrphans, ...reason }: Reasoned & { readonly sweepsOrphans: boolean },
): string {
  return commandLine([
    'holdfast',
    'retention',
    'set',
    ...option('--keep-last', rules.keepLast),
    ...option('--keep-days', rules.keepDays),
    ...option('--at-most', rules.atMost),
    ...(sweepsOrphans ? ['--orphans'] : []),
    ...reasonIn(reason),
    ...namesLast([cluster]),
  ])
}

export function pinCommand(cluster: string, backupId: string, reason: string): string {
  const why = reasonIn({ asks: true, reason })
  return commandLine(['holdfast', 'retention', 'pin', ...why, ...namesLast([cluster, backupId])])
}

export function drillScheduleCommand(
  cluster: string,
  {
    everyDays,
    at,
    zone,
    folder,
    host,
    typed,
    ...reason
  }: Reasoned & {
    readonly everyDays: string
    readonly at: string
    readonly zone: string
    readonly folder: string
    readonly host: string
    readonly typed: string
  },
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
    ...reasonIn(reason),
    ...namesLast([cluster]),
  ])
}
