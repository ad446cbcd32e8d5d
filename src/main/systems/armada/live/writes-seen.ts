import type { ArmadaServer } from './server.ts'

/**
 * Which of the tables were written to while it was looked: the index of a table's log grows with every write (source: engine.go). A server
 * has no way to refuse writes, so this is how it is seen that the clients are stopped. A table that comes or goes counts as written to.
 */
export async function writesSeen(
  server: ArmadaServer,
  tables: readonly string[],
  forMs = 10_000,
): Promise<readonly string[]> {
  const { clock, signal } = server.link.session
  const before = (await server.status()).indexes
  await clock.wait(forMs, signal)
  const after = (await server.status()).indexes
  return tables.filter((table) => before.get(table) !== after.get(table))
}
