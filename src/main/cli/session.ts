import { withRepository, type OpenRepository } from '../operations/open-repository.ts'
import type { CommandContext } from './context.ts'
import { openRequest } from './open-request.ts'
import type { PlaceOptions } from './options.ts'

/**
 * Opens the repository that the options of a command name, runs `work` on it, and closes everything. `purpose`: why secrets of a
 * saved cluster are taken from the vault, for the audit chain. `keys`: false where nothing sealed is opened, so that none are taken.
 */
export async function withSession<T>(
  purpose: string,
  options: PlaceOptions,
  context: CommandContext,
  work: (session: OpenRepository) => Promise<T>,
  { keys = true }: { readonly keys?: boolean } = {},
): Promise<T> {
  const { ports, output, signal } = context
  const { close, ...request } = await openRequest({ purpose, keys }, options, context)
  try {
    return await withRepository(
      request,
      { ...ports, openCatalog: async () => ports.openCatalog(ports.stateFolder) },
      { signal, note: (text) => output.note(text) },
      work,
    )
  } finally {
    close()
  }
}
