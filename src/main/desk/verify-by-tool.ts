import { HoldfastError, isHoldfastError } from '../../shared/domain/error.ts'
import type { Selection } from '../../shared/contract/verify.ts'
import type { ToolVerifier, ToolWord } from '../ports/cluster-driver.ts'
import type { SavedCluster } from '../ports/desk-state.ts'
import type { JobContext } from '../ports/job-runner.ts'
import { checkAskable } from './confirm.ts'
import { connectedCluster } from './live/healths.ts'
import { openSession } from './live/open-session.ts'
import type { DeskPorts } from './ports.ts'

/**
 * The tool that verifies its own backups on a host of the cluster; null where there is none, or no connection that can be used: what
 * lies in a repository is verified without one.
 */
export async function toolVerifierOf(cluster: SavedCluster): Promise<ToolVerifier | null> {
  try {
    return await connectedVerifier(cluster)
  } catch (error) {
    if (isHoldfastError(error, 'connection.invalid')) return null
    throw error
  }
}

async function connectedVerifier(cluster: SavedCluster): Promise<ToolVerifier | null> {
  if (cluster.connection === null) return null
  return (await connectedCluster(cluster)).live.toolVerifier ?? null
}

/** Throws before anything is begun: no such tool, or one that writes into its own list of a cluster that is read-only here. */
export async function demandToolVerifier(cluster: SavedCluster): Promise<ToolVerifier> {
  const verifier = await connectedVerifier(cluster)
  if (verifier === null) {
    throw new HoldfastError('usage', {
      what: `No tool of ${cluster.name} verifies its backups on a host.`,
      why:
        cluster.connection === null
          ? 'How its hosts are reached is not known here.'
          : `${cluster.system} has none: its backups are verified by their bytes, here.`,
      unchanged: 'Nothing was begun.',
      next: cluster.connection === null ? 'Give its connection, or verify without it.' : 'Verify without it.',
    })
  }
  if (verifier.marks) checkAskable(cluster)
  return verifier
}

/** Has the tool verify what it keeps, and writes its word down. Throws where it could not be asked, or did not do it. */
export async function verifyByTool(
  cluster: SavedCluster,
  selection: Selection,
  context: JobContext,
  ports: DeskPorts,
): Promise<ToolWord & { readonly name: string; readonly keepsElsewhere: boolean }> {
  const verifier = await demandToolVerifier(cluster)
  const session = openSession(cluster, 'verify', ports, context.signal)
  try {
    const word = await verifier.verify(session, chosen(selection), (severity, text) =>
      context.log(severity, text),
    )
    await ports.audit.append({
      action: 'verify.byTool',
      subject: cluster.name,
      facts: [
        { name: 'tool', value: verifier.tool },
        { name: 'says', value: word.sentence },
        { name: 'job', value: context.jobId },
      ],
    })
    const { tool: name, keepsElsewhere } = verifier
    return { ...word, name, keepsElsewhere, lines: word.lines.slice(0, 100) }
  } finally {
    await session.close()
  }
}

function chosen(selection: Selection): readonly string[] | 'newest' | null {
  switch (selection.kind) {
    case 'all':
      return null
    case 'latest':
      return 'newest'
    case 'some':
      return selection.backupIds
  }
}
