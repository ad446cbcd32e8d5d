import type { ZodType } from 'zod'
import type { RemoteHost } from '../../../ports/remote-host.ts'
import { commandFailed, jsonOf, notUnderstood } from './on-host.ts'

const deadlineMs = 20_000

/** How a database is reached from a host. */
export interface Reached {
  readonly host: RemoteHost
  /** As psql takes it. */
  readonly postgres: string
  /** To become through sudo; null: the login itself. */
  readonly user: string | null
  /** False: the session refuses to change anything. */
  readonly mayWrite: boolean
}

/** One statement, or several in one transaction, whose answer is one JSON text. */
export async function psql<T>(
  sql: string,
  schema: ZodType<T>,
  { host, postgres, user, mayWrite }: Reached,
  signal: AbortSignal,
): Promise<T> {
  const readOnly = mayWrite ? '' : '-c default_transaction_read_only=on '
  const output = await host.run(
    {
      argv: ['psql', '-XAtqw', '-v', 'ON_ERROR_STOP=1', '-d', postgres, '-c', sql],
      ...(user !== null && { asUser: user }),
      environment: { PGCONNECT_TIMEOUT: '10', PGOPTIONS: `${readOnly}-c statement_timeout=10s` },
      deadlineMs,
    },
    signal,
  )
  if (output.code !== 0) {
    throw commandFailed(host, 'psql', output, {
      // Documented (psql, exit status): 1 a fatal error of its own, 2 the connection, 3 an error in a script.
      why: output.code === 2 ? 'PostgreSQL could not be connected to.' : null,
      next: 'Check how the connection says that PostgreSQL is reached, and that the user may log in.',
    })
  }
  const parsed = schema.safeParse(jsonOf(output.stdout, 'psql', host))
  if (!parsed.success) throw notUnderstood('psql', host.name, output.stdout)
  return parsed.data
}
