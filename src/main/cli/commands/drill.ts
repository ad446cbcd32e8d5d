import { resolve } from 'node:path'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { drillBackup, type Drilled } from '../../operations/drill-backup.ts'
import { drillEvent, leftScratchEvent, leftScratchWords } from '../../operations/drill-events.ts'
import { allFindings } from '../../operations/all-findings.ts'
import { findBackup } from '../../operations/find-backup.ts'
import type { OpenRepository } from '../../operations/open-repository.ts'
import { verdictEvents } from '../../operations/verdict-events.ts'
import type { ScratchSpace } from '../../ports/scratch-space.ts'
import { drillPhaseWords } from '../../../shared/domain/drill.ts'
import { auditedChange, noteInAudit } from '../audited.ts'
import type { CommandContext } from '../context.ts'
import { printDrill, drillDocument } from '../drill-report.ts'
import { exitStatus, statusOfFindings, type ExitStatus } from '../exit-status.ts'
import type { DrillFlags } from '../options.ts'
import { createProgressLine } from '../progress-line.ts'
import { backupDocument, printBackup } from '../report.ts'
import { withSession } from '../session.ts'
import { drillSaved } from './drill-saved.ts'

/** Restores a backup for trial, says how long each phase took, and leaves nothing. */
export async function drill(id: string, options: DrillFlags, context: CommandContext): Promise<ExitStatus> {
  const { repository, system, cluster } = options
  const scratchDir = options.scratch === undefined ? null : resolve(options.scratch)
  if (cluster !== undefined && repository === undefined && system === undefined) {
    return drillSaved(
      id,
      {
        cluster,
        scratch: options.scratch ?? null,
        host: options.host ?? null,
        confirm: options.confirm ?? null,
        passphraseFile: options.passphraseFile ?? null,
      },
      context,
    )
  }
  const isOnHost = options.host !== undefined || options.confirm !== undefined
  if (repository === undefined || system === undefined || cluster !== undefined || isOnHost) {
    throw new HoldfastError('usage', {
      what: 'A drill needs --repository and --system, or --cluster alone; --host and --confirm go with the latter.',
      unchanged: 'Nothing was begun.',
      next: 'Give the address of the backups, or the name of a saved cluster.',
    })
  }
  const scratch = await context.ports.openScratch(context.ports.stateFolder)
  await sweepLeft(scratch, context)
  return withSession('drill', { ...options, repository, system }, context, async (session) => {
    const drilled = await audited(id, scratchDir, scratch, session, context)
    const { verified, result } = drilled
    await noteInAudit(
      async (audit) => [
        drillEvent(drilled.drill, verified.backup.cluster ?? session.repository, session.repository),
        ...(await verdictEvents(result, session.repository, audit)),
      ],
      context,
    )
    const { output } = context
    output.document({
      drilled: drilled.drill.outcome.kind !== 'failed',
      repository: session.repository,
      system: session.system.name,
      drill: drillDocument(drilled.drill),
      backup: backupDocument(verified),
    })
    printBackup(verified, drilled.drill.outcome.kind === 'failed', context)
    printDrill(drilled.drill, output)
    if (drilled.drill.outcome.kind !== 'failed') return exitStatus.ok
    const status = statusOfFindings(allFindings(verified))
    return status === exitStatus.ok ? exitStatus.findings : status
  })
}

async function audited(
  id: string,
  above: string | null,
  scratch: ScratchSpace,
  session: OpenRepository,
  context: CommandContext,
): Promise<Drilled> {
  const { ports, signal } = context
  const { clock, random, openTarget } = ports
  const backup = findBackup(id, session)
  const facts = [
    { name: 'repository', value: session.repository },
    { name: 'backup', value: backup.backupId },
  ]
  const progress = createProgressLine(ports.stderr, clock)
  let phase = ''
  const work = async (): Promise<Drilled> =>
    drillBackup(
      backup,
      session,
      { id: Buffer.from(random.bytes(12)).toString('hex'), by: 'command' },
      {
        clock,
        random,
        signal,
        above,
        apartFrom: [],
        scratch,
        openTarget,
        reached: (name) => (phase = drillPhaseWords[name]),
        progress: (doneBytes, totalBytes) => progress.listener({ phase, doneBytes, totalBytes }),
      },
    ).finally(() => progress.end())
  return auditedChange('drill', { subject: backup.cluster ?? session.repository, facts }, work, context)
}

/** What an earlier drill left that was killed. */
async function sweepLeft(scratch: ScratchSpace, context: CommandContext): Promise<void> {
  const left = await scratch.sweep()
  if (left.length === 0) return
  for (const each of left) context.output.note(`Note: ${leftScratchWords(each)}`)
  await noteInAudit(async () => left.map(leftScratchEvent), context)
}
