import type { Selection } from '../../shared/contract/verify.ts'
import { countOf } from '../../shared/domain/size-words.ts'
import type { Verdict } from '../../shared/domain/verdict.ts'
import { checkKeys } from '../engine/verify/check-keys.ts'
import { verifyBackups, type VerifiedBackup } from '../engine/verify/verify-backups.ts'
import { allFindings } from '../operations/all-findings.ts'
import { notFound } from '../operations/backup-details.ts'
import {
  verifyRequest as requestOf,
  verifyTools,
  type OpenRepository,
} from '../operations/open-repository.ts'
import { newestWhole } from '../operations/newest-whole.ts'
import { reachOf } from '../operations/view-repository.ts'
import type { InventoryBackup } from '../ports/backup-system.ts'
import type { JobContext, JobOutcome } from '../ports/job-runner.ts'
import { HoldfastError } from '../../shared/domain/error.ts'
import { withClusterRepository } from './cluster-repository.ts'
import { keyCheckRequest, verifyRequest } from './job-requests.ts'
import type { DeskPorts } from './ports.ts'
import { recordVerdicts } from './record-verdicts.ts'
import { savedCluster } from './saved.ts'
import { verifyByTool } from './verify-by-tool.ts'
import type { Views } from './views.ts'

export const verifyPhases = ['List backups', 'Read objects', 'Write down verdicts'] as const
const askTool = 'Let the tool verify'
export const verifyByToolPhases = [askTool, ...verifyPhases] as const

type Work = DeskPorts & { readonly views: Views }
type ToolSaid = Awaited<ReturnType<typeof verifyByTool>>

/** Verifies the selected backups of a cluster: each object once, whatever the number of backups that point to it. */
export async function verifyWork(asked: unknown, context: JobContext, ports: Work): Promise<JobOutcome> {
  const request = verifyRequest.parse(asked)
  const cluster = savedCluster(request.clusterId, ports.state)
  const { signal } = context
  if (request.byTool) context.phase(askTool)
  const tool = request.byTool ? await verifyByTool(cluster, request.selection, context, ports) : null
  // What is remembered of objects was true once: a tool that finds damage now is reason to read them again.
  const readsAll = request.recheck || tool?.state === 'bad'
  context.phase(verifyPhases[0])
  try {
    return await withClusterRepository(
      cluster,
      'verify',
      ports,
      { signal, note: noteTo(context) },
      async (opened) => {
        // Backups that the tool keeps elsewhere were named as it names them.
        const areElsewhere = tool?.keepsElsewhere === true && request.selection.kind === 'some'
        const selected = areElsewhere ? [] : selectBackups(request.selection, opened)
        context.phase(verifyPhases[1])
        const result = await verifyBackups(
          selected,
          {
            ...requestOf(opened.system, request.level),
            reading: readsAll ? 'everything' : 'whereNeeded',
          },
          await verifyTools(opened, ports),
          { signal, onProgress: ({ doneBytes, totalBytes }) => context.progress(doneBytes, totalBytes) },
        )
        context.phase(verifyPhases[2])
        await recordVerdicts(result, { cluster, repository: opened.repository, jobId: context.jobId }, ports)
        return withTool(verifyOutcome(result.backups, result, tool), result.backups.length, tool)
      },
    )
  } finally {
    ports.views.changed(cluster.repositoryId)
  }
}

export function noteTo(context: JobContext): (text: string) => void {
  return (text) => context.log('warning', text)
}

export function selectBackups(
  selection: Selection,
  { inventory, repository }: OpenRepository,
): readonly InventoryBackup[] {
  const { backups } = inventory
  switch (selection.kind) {
    case 'all':
      return backups
    case 'latest':
      return newestWhole(backups, (each) => each)
    case 'some': {
      const wanted = new Set(selection.backupIds)
      const found = backups.filter(({ backupId }) => wanted.has(backupId))
      for (const { backupId } of found) wanted.delete(backupId)
      const [missing] = wanted
      if (missing !== undefined) throw notFound(missing, repository)
      return found
    }
  }
}

function verifyOutcome(
  backups: readonly VerifiedBackup[],
  { objectsRead, bytesRead }: { readonly objectsRead: number; readonly bytesRead: number },
  tool: ToolSaid | null,
): JobOutcome {
  const counts: Record<Verdict, number> = { good: 0, warning: 0, bad: 0, unknown: 0 }
  for (const { verdict } of backups) counts[verdict] += 1
  return {
    outcome: verifySentence(backups, counts),
    tone:
      counts.bad > 0 || backups.length === 0
        ? 'bad'
        : counts.unknown + counts.warning > 0
          ? 'attention'
          : 'good',
    result: {
      kind: 'verify',
      backups: backups.length,
      ...counts,
      objectsRead,
      bytesRead,
      notGood: backups
        .filter(({ verdict }) => verdict !== 'good')
        .slice(0, 200)
        .map((verified) => {
          const findings = allFindings(verified)
          const worst = findings.find(({ severity }) => severity === 'error') ?? findings[0]
          return {
            backupId: verified.backup.backupId,
            verdict: verified.verdict,
            level: reachOf(verified).level,
            code: worst?.code ?? 'notTried',
            message: worst?.message ?? 'It was not read to the end that its format allows.',
          }
        }),
      tool: tool === null ? null : toolResult(tool),
    },
  }
}

function toolResult({ name, state, sentence, lines, next }: ToolSaid) {
  return { name, state, sentence, lines: [...lines], next }
}

const toolTones = { whole: 'good', bad: 'bad', unknown: 'attention' } as const

/** Its word comes first, and its bad news is the job's. An empty repository is none where the tool keeps its backups elsewhere. */
function withTool(outcome: JobOutcome, backups: number, tool: ToolSaid | null): JobOutcome {
  if (tool === null) return outcome
  const tone = toolTones[tool.state]
  if (backups === 0 && tool.keepsElsewhere) {
    return { ...outcome, outcome: `${tool.sentence} The repository here holds no backup beside them.`, tone }
  }
  const worse = [tone, outcome.tone]
  return {
    ...outcome,
    outcome: `${tool.sentence} Read here: ${outcome.outcome}`,
    tone: worse.includes('bad') ? 'bad' : worse.includes('attention') ? 'attention' : 'good',
  }
}

function verifySentence(backups: readonly VerifiedBackup[], counts: Record<Verdict, number>): string {
  if (backups.length === 0) return 'The repository holds no backup: nothing could be restored from it.'
  const parts = [
    counts.bad > 0 ? `${countOf(counts.bad, 'backup')} cannot be restored` : null,
    counts.unknown > 0 ? `${countOf(counts.unknown, 'backup')} not proved` : null,
    counts.warning > 0 ? `${countOf(counts.warning, 'backup')} with a warning` : null,
    counts.good > 0 ? `${countOf(counts.good, 'backup')} good` : null,
  ].filter((part) => part !== null)
  return `${parts.join(', ')}.`
}

export const keyCheckPhases = ['List backups', 'Try the keys'] as const

/** Holds the cluster's master keys against the beginning of every distinct object. */
export async function keyCheckWork(asked: unknown, context: JobContext, ports: Work): Promise<JobOutcome> {
  const cluster = savedCluster(keyCheckRequest.parse(asked).clusterId, ports.state)
  if (cluster.masterKeys.length === 0) {
    throw new HoldfastError('key.missing', {
      what: `${cluster.name} has no master key here, so there is nothing to check.`,
      next: 'Put its master key into the vault and choose it under Connection.',
    })
  }
  const { signal } = context
  context.phase(keyCheckPhases[0])
  return withClusterRepository(
    cluster,
    'keyCheck',
    ports,
    { signal, note: noteTo(context) },
    async (opened) => {
      context.phase(keyCheckPhases[1])
      const proofs = await checkKeys(
        opened.inventory.backups,
        requestOf(opened.system, null),
        await verifyTools(opened, ports),
        { signal, onProgress: ({ doneBytes, totalBytes }) => context.progress(doneBytes, totalBytes) },
      )
      const of = (...wanted: readonly string[]): number =>
        proofs.filter(({ proof }) => wanted.includes(proof)).length
      const opens = of('opens')
      const refused = of('refused', 'damaged')
      await ports.audit.append({
        action: 'keys.checked',
        subject: cluster.name,
        facts: [
          { name: 'opens', value: String(opens) },
          { name: 'refused', value: String(refused) },
          { name: 'backups', value: String(proofs.length) },
        ],
      })
      return {
        outcome: `The keys open ${opens} of ${countOf(proofs.length, 'backup')}${refused > 0 ? `; ${refused} are under another key or damaged` : ''}.`,
        tone: refused > 0 ? 'bad' : opens === proofs.length ? 'good' : 'attention',
        result: {
          kind: 'keyCheck',
          opens,
          refused,
          other: proofs.length - opens - refused,
          backups: proofs
            .filter(({ proof }) => proof !== 'opens')
            .slice(0, 500)
            .map(({ backup, proof, objects }) => ({
              backupId: backup.backupId,
              proof,
              reason: objects.find((object) => object.proof === proof)?.reason ?? '',
            })),
        },
      }
    },
  )
}
