import { HoldfastError } from '../../shared/domain/error.ts'
import type { Drill, DrillPhaseName } from '../../shared/domain/drill.ts'
import { verifyBackups } from '../engine/verify/verify-backups.ts'
import type { InventoryBackup, ToolDrill } from '../ports/backup-system.ts'
import type { ToolDrillEnd } from '../ports/cluster-driver.ts'
import type { Clock } from '../ports/clock.ts'
import type { Drilled } from './drill-backup.ts'
import { badDrill, provePhase, toolDrill, type DrillBy } from './drill-facts.ts'
import { newestWhole } from './newest-whole.ts'
import { verifyRequest, type OpenRepository } from './open-repository.ts'
import { proveBackup, unproved } from './plan-backup.ts'

interface ToolDrillParts {
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly reached: (phase: DrillPhaseName) => void
  readonly progress: (doneBytes: number, totalBytes: number | null) => void
  /** Where it would be restored; told where it does not come to that. */
  readonly place: string
  /** Restores what was proved, and nothing else. */
  readonly restore: (of: {
    readonly backup: ToolDrill
    readonly manifestSha256: string
    readonly isNewest: boolean
  }) => Promise<ToolDrillEnd>
}

/**
 * As `drillBackup`, of what the system's own tool restores on a host. It is proved by its bytes here first, as before every restore: so
 * what the tool restores is known to be what the repository holds.
 */
export async function drillByTool(
  backup: InventoryBackup,
  opened: OpenRepository,
  by: DrillBy,
  { restore, place, ...parts }: ToolDrillParts,
): Promise<Drilled> {
  const { clock, signal, reached, progress } = parts
  const draft = { ...by, startedMs: clock.now() }
  reached('prove')
  const proof = await proveBackup(backup, opened, {
    clock,
    signal,
    onProgress: ({ doneBytes, totalBytes }) => progress(doneBytes, totalBytes),
  })
  const proved = provePhase(draft, proof, clock)
  const { verdict } = proof.verified
  let drill: Drill
  if (verdict === 'bad') {
    drill = { ...badDrill({ ...draft, dir: place }, proof, proved, clock), folderStands: false }
  } else if (verdict === 'unknown') {
    throw unproved(proof.verified)
  } else {
    const { toolDrill: wanted } = backup
    const manifest = wanted === undefined ? null : opened.memory.firstHash(wanted.manifestKey)
    if (wanted === undefined || manifest === null) throw noTool(backup)
    const backups = opened.inventory.backups
    const isNewest = newestWhole(backups, (each) => each)[0]?.backupId === backup.backupId
    const end = await restore({ backup: wanted, manifestSha256: manifest.sha256, isNewest })
    drill = toolDrill(draft, proof, end, proved, clock)
  }
  opened.memory.rememberDrill(drill)
  const request = { ...verifyRequest(opened.system, null), reading: 'rememberedOnly' as const }
  const result = await verifyBackups([backup], request, proof.tools)
  const [verified] = result.backups
  if (verified === undefined) throw new Error('Nothing was judged.')
  return { drill, verified, result }
}

/** Where nothing is known by which the tool could be told what to restore. */
export function noTool({ backupId, noDrill }: Pick<InventoryBackup, 'backupId' | 'noDrill'>): HoldfastError {
  return new HoldfastError('restore.refused', {
    what: `There is no drill of ${backupId} here.`,
    ...(noDrill !== undefined && { why: noDrill }),
    unchanged: 'Nothing was begun.',
    next: 'Give the connection of the cluster, with pgBackRest as its tool; then it is drilled on a host.',
  })
}
