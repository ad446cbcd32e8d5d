import type { Session } from '../../src/main/ports/cluster-driver.ts'

/** Works with a session of a lab's cluster, and closes it. */
export async function inSession<T>(
  cluster: { session(signal?: AbortSignal): Session & { close(): Promise<void> } },
  work: (session: Session) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const session = cluster.session(signal)
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}
