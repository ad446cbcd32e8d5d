import { HoldfastError, isHoldfastError } from '../../shared/domain/error.ts'
import type { CommandContext } from './context.ts'

/** Writes a new file that the operator has named. Throws `usage`; then there is nothing of it. */
export async function writeNamedFile(
  to: string,
  pieces: AsyncIterable<string>,
  { ports }: Pick<CommandContext, 'ports'>,
): Promise<void> {
  try {
    await ports.writeNewFile(to, pieces)
  } catch (error) {
    if (isHoldfastError(error)) throw error
    const code = error instanceof Error && 'code' in error ? error.code : null
    throw new HoldfastError(
      'usage',
      {
        what: `${to} cannot be made.`,
        why: reasons.get(code) ?? 'It cannot be written there.',
        unchanged: 'Nothing that was there was changed.',
        next: code === 'ENOSPC' ? 'Make room, or name a file elsewhere.' : 'Name a new file.',
      },
      { cause: error },
    )
  }
}

const reasons: ReadonlyMap<unknown, string> = new Map([
  ['EEXIST', 'There is such a file already.'],
  ['ENOSPC', 'There is no room left for it.'],
  ['ENOENT', 'There is no such folder.'],
  ['EACCES', 'This account may not write there.'],
])
