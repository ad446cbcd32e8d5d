import { noAccess } from '../../../shared/contract/repositories.ts'
import type { AuditAnchorPlace, Settings } from '../../../shared/contract/settings.ts'
import { policyWords } from '../../../shared/domain/policy-words.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { CommandContext } from '../context.ts'
import { exitStatus, type ExitStatus } from '../exit-status.ts'
import { bytesPerSecond } from '../rate.ts'
import { openVault, withDesk } from '../with-desk.ts'
import { bytesInWords, count } from '../words.ts'
import { credentialOf, type KeyFlags } from './access-fields.ts'

/** As the parser of arguments gives them; how the window looks is said there alone. */
export interface SettingsFlags {
  readonly lookEvery?: string
  readonly proofDays?: string
  readonly drillDays?: string
  readonly maxRate?: string
  readonly workers?: string
  readonly lockAfter?: string
}

export interface AnchorFlags extends KeyFlags {
  readonly to?: string
  readonly caFile?: string
  readonly allowHttp?: boolean
  readonly everyEntries?: string
  readonly everyMinutes?: string
  readonly keepDays?: string
  readonly off?: boolean
  readonly passphraseFile?: string
}

export async function showSettings(context: CommandContext): Promise<ExitStatus> {
  const { output } = context
  return withDesk(context, async (client) => {
    const [settings, { policy }] = await Promise.all([client.settings.get(), client.host.info()])
    output.document({ settings, policy })
    tellLines(settings, output)
    if (policy === null) return exitStatus.ok
    output.line(`The administrator of this machine has written in ${policy.file}:`)
    for (const words of policyWords(policy)) output.line(`  ${words}`)
    return exitStatus.ok
  })
}

/** What is not named stays as it is. */
export async function setSettings(flags: SettingsFlags, context: CommandContext): Promise<ExitStatus> {
  const { lookEvery, proofDays, drillDays, maxRate, workers, lockAfter } = flags
  const given = {
    ...(lookEvery !== undefined && { lookEveryMinutes: numberOf('--look-every', lookEvery) }),
    ...(proofDays !== undefined && { reverifyAfterDays: numberOf('--proof-days', proofDays) }),
    ...(drillDays !== undefined && { drillAfterDays: numberOf('--drill-days', drillDays) }),
    ...(maxRate !== undefined && { maxBytesPerSecond: maxRate === 'none' ? null : bytesPerSecond(maxRate) }),
    ...(workers !== undefined && { workers: workers === 'none' ? null : numberOf('--workers', workers) }),
    ...(lockAfter !== undefined && { autoLockMinutes: numberOf('--lock-after', lockAfter) }),
  }
  if (Object.keys(given).length === 0) throw wrong('No setting is named.')
  return withDesk(context, async (client) => tell(await client.settings.set(given), context))
}

/** Where heads of the audit chain are kept; the first one is written at once. */
export async function setAnchor(flags: AnchorFlags, context: CommandContext): Promise<ExitStatus> {
  const { to, off, passphraseFile } = flags
  if ((to === undefined) === (off !== true)) throw wrong('One of --to and --off is needed.')
  const numbers = {
    everyEntries: numberOf('--every-entries', flags.everyEntries ?? '50'),
    everyMinutes: numberOf('--every-minutes', flags.everyMinutes ?? '10'),
    keepDays: numberOf('--keep-days', flags.keepDays ?? '365'),
  }
  return withDesk(context, async (client) => {
    if (to === undefined) return tell(await client.settings.set({ auditAnchor: null }), context)
    const credential = (await credentialOf(to, flags, client)) ?? { source: 'environment' }
    if (credential.source === 'vault') await openVault(client, passphraseFile ?? null, context)
    const auditAnchor: AuditAnchorPlace = {
      address: to,
      access: {
        ...noAccess,
        credential,
        caFile: flags.caFile ?? null,
        allowHttp: flags.allowHttp ?? false,
      },
      ...numbers,
    }
    const settings = await client.settings.set({ auditAnchor })
    const { anchor } = await client.audit.status()
    if (anchor?.failure) context.output.note(`Note: no anchor was written. ${anchor.failure.what}`)
    return tell(settings, context)
  })
}

function tell(settings: Settings, { output }: CommandContext): ExitStatus {
  output.document({ settings })
  tellLines(settings, output)
  return exitStatus.ok
}

function tellLines(settings: Settings, output: CommandContext['output']): void {
  const { maxBytesPerSecond, workers, auditAnchor } = settings
  output.line(`Looks at the repositories each ${settings.lookEveryMinutes} min`)
  output.line(`Proof is old after ${count(settings.reverifyAfterDays, 'day')}`)
  output.line(`A drill is old after ${count(settings.drillAfterDays, 'day')}`)
  output.line(
    maxBytesPerSecond === null
      ? 'Reads as fast as it goes'
      : `Reads at most ${bytesInWords(maxBytesPerSecond)} a second`,
  )
  output.line(`Workers: ${workers ?? 'as many as there are cores'}`)
  output.line(`A sealed file locks after ${settings.autoLockMinutes} min without use`)
  if (auditAnchor === null) output.line('The audit chain is anchored nowhere')
  else {
    const { address, everyEntries, everyMinutes, keepDays } = auditAnchor
    output.line(
      `The audit chain is anchored in ${address}, every ${everyEntries} entries or ${everyMinutes} min, locked for ${count(keepDays, 'day')}`,
    )
  }
}

/** In which bounds it has to be is for the contract to say. */
function numberOf(option: string, text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text)
  throw wrong(`The value of ${option} is no number.`)
}

function wrong(what: string): HoldfastError {
  return new HoldfastError('usage', {
    what,
    unchanged: 'Nothing was changed.',
    next: 'See "holdfast settings --help".',
  })
}
