import type { ZodType } from 'zod'
import { HoldfastError } from '../../../shared/domain/error.ts'

/** What a form or a saved file holds, as the system's own schema wants it. Throws `connection.invalid` with every flaw. */
export function parseConnection<T>(system: string, schema: ZodType<T>, values: unknown): T {
  const parsed = schema.safeParse(values)
  if (parsed.success) return parsed.data
  throw new HoldfastError('connection.invalid', {
    what: `This is no connection to ${system}.`,
    why: parsed.error.issues
      .map(({ path, message }) => (path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`))
      .join(' '),
    unchanged: 'Nothing was sent anywhere, and nothing was changed.',
    next: 'Mend these fields.',
  })
}
