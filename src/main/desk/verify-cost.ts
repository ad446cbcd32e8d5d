import type { Job } from '../../shared/contract/jobs.ts'
import type { Selection, VerifyCost } from '../../shared/contract/verify.ts'
import { lowerOf, reaches, type VerifiableLevel } from '../../shared/domain/level.ts'
import { clusterCommand } from '../../shared/domain/cluster-command.ts'
import type { VerifiedBackup } from '../engine/verify/verify-backups.ts'
import { newestWhole } from '../operations/newest-whole.ts'
import { notFound } from '../operations/backup-details.ts'
import type { RepositoryView } from '../operations/view-repository.ts'
import type { ToolVerifier } from '../ports/cluster-driver.ts'
import type { SavedCluster } from '../ports/desk-state.ts'

/** What a verification would read now; nothing is read to tell. */
export function verifyCost(
  {
    selection,
    level,
    recheck,
    byTool = false,
  }: {
    readonly selection: Selection
    readonly level: VerifiableLevel | null
    readonly recheck: boolean
    readonly byTool?: boolean
  },
  view: RepositoryView,
  {
    cluster,
    jobs,
    tool = null,
  }: {
    readonly cluster: Pick<SavedCluster, 'name'>
    readonly jobs: readonly Job[]
    readonly tool?: Pick<ToolVerifier, 'tool' | 'says'> | null
  },
): VerifyCost {
  const { system } = view
  const aim = level === null ? system.highestLevel : lowerOf(level, system.highestLevel)
  const selected = select(selection, view)
  const objects = reaches(aim, 'intact')
    ? [...new Map(selected.flatMap(({ backup }) => backup.objects.map((info) => [info.key, info]))).values()]
    : []
  const remembered = recheck
    ? []
    : objects.flatMap((info) => {
        const at = view.remembered(info, aim)
        return at === null ? [] : [{ key: info.key, at }]
      })
  const known = new Set(remembered.map(({ key }) => key))
  const toRead = objects.filter(({ key }) => !known.has(key))
  const bytes = toRead.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const speed = bytesPerMs(jobs)
  return {
    backups: selected.length,
    objects: toRead.length,
    bytes,
    remembered: remembered.length,
    oldestRemembered: remembered.map(({ at }) => at).sort()[0] ?? null,
    estimateMs: speed === null ? null : Math.ceil(bytes / speed),
    level: aim,
    notes: notes(aim, level, view),
    tool: tool === null ? null : { name: tool.tool, says: [...tool.says] },
    commandLine: clusterCommand('verify', cluster.name, {
      ...(selection.kind === 'some' && { backups: selection.backupIds }),
      options: [
        ...(selection.kind === 'some' ? [] : [`--${selection.kind}`]),
        ...(level === null ? [] : ['--level', level]),
        ...(recheck ? ['--recheck'] : []),
        ...(byTool && tool !== null ? ['--by-tool'] : []),
      ],
    }),
  }
}

function select(selection: Selection, { backups, repository }: RepositoryView): readonly VerifiedBackup[] {
  switch (selection.kind) {
    case 'all':
      return backups
    case 'latest':
      return newestWhole(backups, ({ backup }) => backup)
    case 'some': {
      const byId = new Map(backups.map((verified) => [verified.backup.backupId, verified]))
      return selection.backupIds.map((id) => {
        const verified = byId.get(id)
        if (verified === undefined) throw notFound(id, repository)
        return verified
      })
    }
  }
}

function notes(
  aim: VerifiableLevel,
  asked: VerifiableLevel | null,
  { system, hasKeys }: RepositoryView,
): string[] {
  const texts: string[] = []
  if (asked !== null && asked !== aim)
    texts.push(`What ${system.name} writes can be proved to "${aim}" at most.`)
  if (!hasKeys && system.neverSealed !== true && reaches(aim, 'decrypts')) {
    texts.push('No master key is chosen for this cluster: what is sealed is not called good without one.')
  }
  if (system.assumed !== null) texts.push(system.assumed)
  return texts
}

/** Of the newest verification that read enough to tell; null where none did. */
function bytesPerMs(jobs: readonly Job[]): number | null {
  for (const { kind, result, startedAt, finishedAt } of jobs) {
    if (kind !== 'verify' || result?.kind !== 'verify' || startedAt === null || finishedAt === null) continue
    const tookMs = Date.parse(finishedAt) - Date.parse(startedAt)
    if (result.bytesRead >= 10_000_000 && tookMs > 0) return result.bytesRead / tookMs
  }
  return null
}
