import type { RetentionRules } from '../../../../shared/domain/retention.ts'
import { commandLine } from '../../../../shared/domain/command-line.ts'
import { isCount } from './retention-draft.ts'

/** What a protected cluster asks for stands there as REASON until it is typed. */
interface Reasoned {
  readonly asks: boolean
  readonly reason: string
}

function reasonIn({ asks, reason }: Reasoned): readonly string[] {
  return asks ? ['--reason', reason.trim() === '' ? 'REASON' : reason.trim()] : []
}

/** A name that looks like an option must not become one. */
function behind(...names: readonly string[]): readonly string[] {
  return names.some((name) => name.startsWith('-')) ? ['--', ...names] : names
}

export function rulesCommand(
  cluster: string,
  rules: RetentionRules,
  { sweepsOrphans, ...reason }: Reasoned & { readonly sweepsOrphans: boolean },
): string {
  const option = (name: string, value: number | null): readonly string[] =>
    value === null ? [] : [name, String(value)]
  return commandLine([
    'holdfast',
    'retention',
    'set',
    ...option('--keep-last', rules.keepLast),
    ...option('--keep-days', rules.keepDays),
    ...option('--at-most', rules.atMost),
    ...(sweepsOrphans ? ['--orphans'] : []),
    ...reasonIn(reason),
    ...behind(cluster),
  ])
}

export function pinCommand(cluster: string, backupId: string, reason: string): string {
  const why = reasonIn({ asks: true, reason })
  return commandLine(['holdfast', 'retention', 'pin', ...why, ...behind(cluster, backupId)])
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
  const given = (name: string, value: string): readonly string[] =>
    value.trim() === '' ? [] : [name, value.trim()]
  return commandLine([
    'holdfast',
    'drill-schedule',
    '--every',
    isCount(everyDays) ? everyDays.trim() : 'DAYS',
    ...given('--at', at),
    ...given('--zone', zone),
    ...given('--scratch', folder),
    ...given('--host', host),
    ...given('--confirm', typed),
    ...reasonIn(reason),
    ...behind(cluster),
  ])
}
