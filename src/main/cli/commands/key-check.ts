import { HoldfastError } from '../../../shared/domain/error.ts'
import { checkKeys, type KeyProof, type ObjectKeyProof } from '../../engine/verify/check-keys.ts'
import { noteInAudit } from '../audited.ts'
import type { CommandContext } from '../context.ts'
import { exitStatus, type ExitStatus } from '../exit-status.ts'
import { createProgressLine } from '../progress-line.ts'
import type { PlaceOptions } from '../options.ts'
import { verifyRequest, verifyTools } from '../../operations/open-repository.ts'
import { withSession } from '../session.ts'
import { count, table } from '../words.ts'

/** Says which backups the given master keys open, from the first bytes of each distinct object. */
export async function keyCheck(options: PlaceOptions, context: CommandContext): Promise<ExitStatus> {
  const { output, ports, signal } = context
  return withSession('key check', options, context, async (session) => {
    if (session.masterKeys.length === 0) {
      throw new HoldfastError('key.missing', {
        what: 'No master key was given, so there is nothing to check.',
        next: 'Give --master-key-file FILE (as often as there are keys), or set HOLDFAST_MASTER_KEY.',
      })
    }
    const { system, inventory, repository } = session
    const progress = createProgressLine(ports.stderr, ports.clock)
    const results = await checkKeys(
      inventory.backups,
      verifyRequest(system, null),
      await verifyTools(session, ports),
      { signal, onProgress: progress.listener },
    ).finally(() => progress.end())
    await noteInAudit(
      async () => [
        {
          action: 'keys.checked',
          subject: repository,
          facts: [
            { name: 'keys', value: session.keyFingerprints.join(' ') },
            { name: 'opens', value: String(results.filter(({ proof }) => proof === 'opens').length) },
            { name: 'refused', value: String(results.filter(({ proof }) => proof === 'refused').length) },
            { name: 'backups', value: String(results.length) },
          ],
        },
      ],
      context,
    )
    output.document({
      repository,
      system: system.name,
      keys: session.masterKeys.map((key) => key.label),
      backups: results.map(({ backup, proof, objects }) => ({
        backupId: backup.backupId,
        createdAt: backup.createdAt,
        opens: proof,
        objects,
      })),
    })
    const rows = results.map(({ backup, proof, objects }) => [
      inWords[proof],
      backup.backupId,
      reasonsOf(objects),
    ])
    for (const line of table(rows)) output.line(line.trimEnd())
    const fitting = results.filter(({ proof }) => proof === 'opens').length
    output.line()
    output.line(
      `${fitting} of ${count(results.length, 'backup')} opened by the given ${session.masterKeys.length === 1 ? 'key' : 'keys'}.`,
    )
    const has = (...proofs: readonly KeyProof[]): boolean =>
      results.some(({ proof }) => proofs.includes(proof))
    if (has('refused', 'damaged')) return exitStatus.findings
    return has('unreachable') ? exitStatus.unreachable : exitStatus.ok
  })
}

/** Each reason once, with the first object that it holds for and how many more; the JSON document has all. */
function reasonsOf(objects: readonly ObjectKeyProof[]): string {
  const keys = new Map<string, readonly string[]>()
  for (const { key, proof, reason } of objects)
    if (proof !== 'opens') keys.set(reason, [...(keys.get(reason) ?? []), key])
  return [...keys]
    .map(([reason, [first, ...more]]) =>
      more.length === 0 ? `${first}: ${reason}` : `${first} and ${more.length} more: ${reason}`,
    )
    .join('; ')
}

const inWords: Readonly<Record<KeyProof, string>> = {
  opens: '✔ opens',
  refused: '✘ another key',
  damaged: '✘ damaged',
  unreachable: '? not readable',
  unknown: '? cannot be told',
  notSealed: '- not sealed',
}
