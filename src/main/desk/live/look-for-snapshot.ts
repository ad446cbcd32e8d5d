import type { Verdict } from '../../../shared/domain/verdict.ts'
import { verifyBackups } from '../../engine/verify/verify-backups.ts'
import { allFindings } from '../../operations/all-findings.ts'
import { verifyRequest, verifyTools } from '../../operations/open-repository.ts'
import type { InventoryBackup } from '../../ports/backup-system.ts'
import type { SnapshotOutcome } from '../../ports/cluster-driver.ts'
import type { SavedCluster } from '../../ports/desk-state.ts'
import type { JobContext } from '../../ports/job-runner.ts'
import { withClusterRepository } from '../cluster-repository.ts'
import type { DeskPorts } from '../ports.ts'
import { recordVerdicts } from '../record-verdicts.ts'

/** What the repository shows of a snapshot that was asked for. */
export type Arrival =
  | {
      readonly kind: 'there'
      readonly backupId: string
      readonly verdict: Verdict
      /** What its verification found. */
      readonly sentence: string
    }
  | { readonly kind: 'missing'; readonly sentence: string }
  /** Nothing of this system's repositories can be read here. */
  | { readonly kind: 'notReadHere'; readonly sentence: string }

/** The ids of all backups that are there now. */
export async function knownBackups(
  cluster: SavedCluster,
  ports: DeskPorts,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  return withClusterRepository(cluster, 'snapshot', ports, { signal }, async ({ inventory }) =>
    Promise.resolve(new Set(inventory.backups.map(({ backupId }) => backupId))),
  )
}

/** A backup may be listed a moment after the cluster has spoken of it. */
const looks = 5
const betweenLooksMs = 2_000
/** Clocks of masters differ from this one's. */
const clockToleranceMs = 10 * 60_000

export async function lookForSnapshot(
  cluster: SavedCluster,
  made: {
    readonly outcome: SnapshotOutcome
    readonly sinceMs: number
    /** What was there before; null where an earlier process asked, and only the time can tell. */
    readonly before: ReadonlySet<string> | null
  },
  context: JobContext,
  ports: DeskPorts,
  found: () => void,
): Promise<Arrival> {
  const { outcome } = made
  if (outcome.kind === 'made' && outcome.keptElsewhere !== undefined)
    return { kind: 'notReadHere', sentence: outcome.keptElsewhere }
  for (let look = 1; ; look += 1) {
    const arrival = await withClusterRepository(
      cluster,
      'snapshot',
      ports,
      { signal: context.signal },
      async (opened): Promise<Arrival | null> => {
        const arrived = arrivedIn(opened.inventory.backups, made)
        if (arrived === null) return null
        found()
        if (outcome.kind === 'made' && outcome.hash !== null) {
          const { object, sha256 } = outcome.hash
          const named = arrived.objects.find(({ key }) => key === object || key.endsWith(`/${object}`))
          const at = new Date(ports.clock.now()).toISOString()
          if (named !== undefined) opened.memory.sawHash(named.key, { sha256, at, source: 'run' })
        }
        const result = await verifyBackups(
          [arrived],
          verifyRequest(opened.system, null),
          await verifyTools(opened, ports),
          {
            signal: context.signal,
            onProgress: ({ doneBytes, totalBytes }) => context.progress(doneBytes, totalBytes),
          },
        )
        await recordVerdicts(result, { cluster, repository: opened.repository, jobId: context.jobId }, ports)
        const [verified] = result.backups
        if (verified === undefined) return null
        const worst = allFindings(verified)[0]
        return {
          kind: 'there',
          backupId: arrived.backupId,
          verdict: verified.verdict,
          sentence: worst?.message ?? verdictWords[verified.verdict],
        }
      },
    )
    if (arrival !== null) return arrival
    if (look === looks) {
      const named =
        outcome.kind === 'made' && outcome.backupId !== null ? ` No ${outcome.backupId} is there.` : ''
      return { kind: 'missing', sentence: `It was looked for ${looks} times.${named}` }
    }
    await ports.clock.wait(betweenLooksMs, context.signal)
  }
}

const verdictWords: Readonly<Record<Verdict, string>> = {
  good: 'It is proved to the end that its format allows.',
  warning: 'It is proved, with a warning.',
  bad: 'It cannot be restored.',
  unknown: 'It is not proved.',
}

/** The backup that came of it: by the name that the cluster gave, else the newest one that was not there before. */
function arrivedIn(
  backups: readonly InventoryBackup[],
  { outcome, before, sinceMs }: Parameters<typeof lookForSnapshot>[1],
): InventoryBackup | null {
  if (outcome.kind === 'made' && outcome.backupId !== null) {
    const { backupId } = outcome
    return (
      backups.find((backup) => backup.backupId === backupId || backup.alsoNamed.includes(backupId)) ?? null
    )
  }
  const isNew = ({ backupId, createdAt }: InventoryBackup): boolean =>
    before === null
      ? createdAt !== null && Date.parse(createdAt) >= sinceMs - clockToleranceMs
      : !before.has(backupId)
  return backups.find(isNew) ?? null
}
