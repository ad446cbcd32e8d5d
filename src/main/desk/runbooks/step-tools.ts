import type { Session } from '../../ports/cluster-driver.ts'
import type { RunHead } from '../../ports/run-journal.ts'
import type { StepContext } from '../../ports/runbook.ts'
import { hostKeysOf } from '../host-keys.ts'
import { openSession } from '../live/open-session.ts'
import type { DeskPorts } from '../ports.ts'
import { savedCluster } from '../saved.ts'
import { recoveryOf } from './recovery.ts'

/** What a step of a run works with, opened for it and closed after it. Throws `cluster.notFound`. */
export async function withStepTools<T>(
  head: RunHead,
  step: { readonly id: string },
  signal: AbortSignal,
  ports: DeskPorts,
  work: (tools: Pick<StepContext, 'session' | 'recovery'>) => Promise<T>,
): Promise<T> {
  const cluster = savedCluster(head.clusterId, ports.state)
  const opened = openSession(cluster, `runbook ${head.scenario}, ${step.id}`, ports, signal)
  const session: Session = {
    ...opened,
    // A run goes by the connection that it began with; a key that was trusted since is one more.
    host: async (address, ssh) =>
      opened.host(address, { ...ssh, hostKeys: [...ssh.hostKeys, ...hostKeysOf(cluster)] }),
  }
  try {
    return await work({ session, recovery: recoveryOf(cluster, head, ports, signal) })
  } finally {
    await opened.close()
  }
}
