import { verifyBackups } from '../../engine/verify/verify-backups.ts'
import { allFindings } from '../../operations/all-findings.ts'
import type { CommandContext } from '../context.ts'
import { statusOfFindings, type ExitStatus } from '../exit-status.ts'
import { backupDocument, printBackup } from '../report.ts'
import { findBackup } from '../../operations/find-backup.ts'
import type { PlaceOptions } from '../options.ts'
import { verifyRequest, verifyTools } from '../../operations/open-repository.ts'
import { withSession } from '../session.ts'

/** Shows one backup: its manifest, stores and holders, and what is known of them without reading anything now. */
export async function show(
  id: string,
  options: PlaceOptions & { readonly manifest?: boolean },
  context: CommandContext,
): Promise<ExitStatus> {
  const { output, ports, signal } = context
  return withSession('show', options, context, async (session) => {
    const backup = findBackup(id, session)
    const request = { ...verifyRequest(session.system, null), reading: 'rememberedOnly' as const }
    const result = await verifyBackups([backup], request, await verifyTools(session, ports), { signal })
    for (const verified of result.backups) {
      output.document({
        repository: session.repository,
        system: session.system.name,
        backup: {
          ...backupDocument(verified),
          cluster: backup.cluster,
          sizeBytes: backup.sizeBytes,
          newBytes: backup.newBytes,
          manifest: backup.manifestText,
        },
      })
      printBackup(verified, true, context)
    }
    if (options.manifest === true) {
      output.line()
      output.text(backup.manifestText ?? 'The manifest lies inside the object; "holdfast verify" reads it.')
    }
    output.line()
    if (session.system.assumed !== null) output.line(session.system.assumed)
    if (session.system.restoreWarning !== undefined) output.line(session.system.restoreWarning)
    output.line('Nothing was read but listings and manifests; "holdfast verify" proves the rest.')
    return statusOfFindings(result.backups.flatMap(allFindings))
  })
}
