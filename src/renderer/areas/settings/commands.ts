import type { AuditAnchorPlace, Settings } from '../../../shared/contract/settings.ts'
import { commandLine } from '../../../shared/domain/command-line.ts'
import { credentialFlags } from '../../../shared/domain/way-flags.ts'

/** What makes an installation work as this one does; how its window looks is chosen in the window alone. */
export function settingsCommand(settings: Settings): string {
  const { lookEveryMinutes, reverifyAfterDays, drillAfterDays } = settings
  const { maxBytesPerSecond, workers, autoLockMinutes } = settings
  const given = {
    '--look-every': lookEveryMinutes,
    '--proof-days': reverifyAfterDays,
    '--drill-days': drillAfterDays,
    '--max-rate': maxBytesPerSecond ?? 'none',
    '--workers': workers ?? 'none',
    '--lock-after': autoLockMinutes,
  }
  const flags = Object.entries(given).flatMap(([option, value]) => [option, String(value)])
  return commandLine(['holdfast', 'settings', 'set', ...flags])
}

export function anchorCommand(place: AuditAnchorPlace): string {
  const { address, access, everyEntries, everyMinutes, keepDays } = place
  return commandLine([
    'holdfast',
    'settings',
    'anchor',
    '--to',
    address.trim() === '' ? 'ADDRESS' : address.trim(),
    ...credentialFlags(access.credential),
    ...(access.caFile === null ? [] : ['--ca-file', access.caFile]),
    ...(access.allowHttp ? ['--allow-http'] : []),
    '--every-entries',
    String(everyEntries),
    '--every-minutes',
    String(everyMinutes),
    '--keep-days',
    String(keepDays),
  ])
}
