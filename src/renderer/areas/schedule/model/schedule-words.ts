import type { ClusterSchedule, ClusterSetting } from '../../../../shared/contract/masters.ts'
import { countOf } from '../../../../shared/domain/size-words.ts'
import type { Tone } from '../../../ui/tone.ts'

export const theirsWords: Readonly<
  Record<ClusterSchedule['state'], { readonly tone: Tone; readonly word: string }>
> = {
  on: { tone: 'good', word: 'On' },
  off: { tone: 'none', word: 'Off' },
  none: { tone: 'none', word: 'Has none' },
  unknown: { tone: 'unknown', word: 'Not known' },
}

/** A value of a setting, as it is read. */
export function settingWords(
  { kind, choices }: Pick<ClusterSetting, 'kind' | 'choices'>,
  value: string | null,
): string {
  switch (kind) {
    case 'secret':
      return value === null ? 'Not set' : 'Set, and told to nobody'
    case 'days':
      return value === null || value === '0' ? 'Everything is kept' : countOf(Number(value), 'day')
    case 'choice':
      return choices.find((choice) => choice.value === value)?.label ?? value ?? 'Not set'
    case 'cron':
      return value ?? 'None'
    case 'text':
      return value ?? 'Not set'
  }
}

/** Whose times these are, and in which zone they are meant. */
export function nextNote({
  next,
  nextFrom,
  zone,
}: Pick<ClusterSchedule, 'next' | 'nextFrom' | 'zone'>): string | null {
  if (next.length === 0) return null
  const from = nextFrom === 'server' ? 'As the cluster tells it.' : 'Computed here from the expression.'
  if (zone !== null) return `${from} It is meant in ${zone}.`
  return nextFrom === 'server'
    ? `${from} It does not say in which zone the expression is meant.`
    : `${from} Nothing says in which zone it is meant: UTC is assumed.`
}

/** What was changed, by name; an emptied field is null. What is as it was is not sent. */
export function changesIn(
  settings: readonly ClusterSetting[],
  typed: Readonly<Record<string, string>>,
): Record<string, string | null> {
  return Object.fromEntries(
    settings.flatMap(({ name, value, canChange, kind }) => {
      const text = typed[name]
      if (!canChange || kind === 'secret' || text === undefined) return []
      const wanted = text.trim() === '' ? null : text.trim()
      return wanted === value ? [] : [[name, wanted] as const]
    }),
  )
}

/** The zone of whoever sits here. */
export function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** Every zone that this runtime knows, the operator's own and UTC first. */
export function zoneChoices(own: string): readonly string[] {
  return [...new Set([own, 'UTC', ...Intl.supportedValuesOf('timeZone')])]
}
