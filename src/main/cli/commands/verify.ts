import { HoldfastError } from '../../../shared/domain/error.ts'
import { errorFinding, type Finding } from '../../../shared/domain/finding.ts'
import { verifiableLevels, type VerifiableLevel } from '../../../shared/domain/level.ts'
import { verifyBackups } from '../../engine/verify/verify-backups.ts'
import { allFindings } from '../../operations/all-findings.ts'
import { verdictEvents, verdictsFact } from '../../operations/verdict-events.ts'
import { noteInAudit } from '../audited.ts'
import type { CommandContext } from '../context.ts'
import { statusOfFindings, type ExitStatus } from '../exit-status.ts'
import { createProgressLine } from '../progress-line.ts'
import {
  backupDocument,
  printBackup,
  printShared,
  printSummary,
  type VerificationSummary,
} from '../report.ts'
import { parseSelection, selectBackups } from '../select-backups.ts'
import type { PlaceOptions } from '../options.ts'
import { verifyRequest, verifyTools } from '../../operations/open-repository.ts'
import { withSession } from '../session.ts'
import { verifySaved } from './verify-saved.ts'

export interface VerifyCommandOptions extends PlaceOptions {
  readonly level?: string
  readonly latest?: boolean
  readonly all?: boolean
  readonly recheck?: boolean
  readonly byTool?: boolean
}

/** Verifies backups and prints a verdict for each, newest first. */
export async function verify(
  ids: readonly string[],
  options: VerifyCommandOptions,
  context: CommandContext,
): Promise<ExitStatus> {
  const level = parseLevel(options.level)
  const selection = parseSelection(ids, options.latest ?? false, options.all ?? false)
  const { output, ports, signal } = context
  if (options.byTool === true) return verifySaved(selection, level, options, context)
  const startedAt = ports.clock.now()
  return withSession('verify', options, context, async (session) => {
    const { system, inventory, repository } = session
    const selected = selectBackups(selection, session)
    const progress = createProgressLine(ports.stderr, ports.clock)
    const result = await verifyBackups(
      selected,
      { ...verifyRequest(system, level), reading: options.recheck === true ? 'everything' : 'whereNeeded' },
      await verifyTools(session, ports),
      { signal, onProgress: progress.listener },
    ).finally(() => progress.end())

    await noteInAudit(
      async (audit) => [
        ...(await verdictEvents(result, repository, audit)),
        {
          action: 'verify.finished',
          subject: repository,
          facts: [
            { name: 'backups', value: String(result.backups.length) },
            verdictsFact(result.backups),
            { name: 'objects read', value: String(result.objectsRead) },
            { name: 'keys', value: session.keyFingerprints.join(' ') },
          ],
        },
      ],
      context,
    )
    const findings: readonly Finding[] =
      inventory.backups.length === 0
        ? [
            errorFinding(
              'backup.none',
              `${repository} holds no ${system.name} backup: nothing could be restored from it.`,
            ),
          ]
        : []
    const summary: VerificationSummary = {
      backups: result.backups.length,
      good: 0,
      warning: 0,
      bad: 0,
      unknown: 0,
      objectsRead: inventory.objectsRead + result.objectsRead,
      bytesRead: inventory.bytesRead + result.bytesRead,
      seconds: (ports.clock.now() - startedAt) / 1000,
    }
    const counted = { ...summary }
    for (const { verdict } of result.backups) counted[verdict] += 1
    output.document({
      repository,
      system: system.name,
      level: level ?? system.highestLevel,
      backups: result.backups.map(backupDocument),
      findings,
      summary: counted,
    })
    for (const verified of result.backups) printBackup(verified, selected.length === 1, context)
    for (const finding of findings)
      output.line(`${output.style('red', 'error')} ${finding.code}: ${finding.message}`)
    printSummary(counted, result.backups, system.assumed, context)
    if (system.sharesObjects) printShared(result.backups, context)
    return statusOfFindings([...findings, ...result.backups.flatMap(allFindings)])
  })
}

function parseLevel(text: string | undefined): VerifiableLevel | null {
  if (text === undefined) return null
  const level = verifiableLevels.find((known) => known === text)
  if (level !== undefined) return level
  throw new HoldfastError('usage', {
    what: `There is no level ${JSON.stringify(text)}.`,
    next: `Use one of: ${verifiableLevels.join(', ')}.`,
  })
}
