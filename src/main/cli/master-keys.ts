import { HoldfastError } from '../../shared/domain/error.ts'
import { HeldMasterKey, lengthWithoutLineEnding } from '../engine/master-key.ts'
import type { MasterKey } from '../ports/master-key.ts'
import type { CommandContext } from './context.ts'

const keyVariable = 'HOLDFAST_MASTER_KEY'

/**
 * The master keys given to this run: the environment's, as it stands (empty: not given), and each file's bytes as they
 * are, less one line ending at their end.
 */
export async function readMasterKeys(
  files: readonly string[],
  { ports, output }: CommandContext,
): Promise<readonly MasterKey[]> {
  const keys: MasterKey[] = []
  const fromEnvironment = ports.env(keyVariable)
  if (fromEnvironment !== null && fromEnvironment !== '') {
    keys.push(new HeldMasterKey(Buffer.from(fromEnvironment, 'utf8'), keyVariable))
    // The kernel keeps a process's first environment readable in /proc for its whole life.
    output.note(
      `Note: ${keyVariable} can be read by other programs of this user while this one runs; --master-key-file avoids that.`,
    )
  }
  for (const file of files) {
    const { key, openMode } = await readKeyFile(file, ports)
    keys.push(key)
    if (openMode !== null) {
      output.note(
        `Note: ${JSON.stringify(file)} is open to other users (mode ${openMode}), so the key may be known to them; chmod 600 ends that.`,
      )
    }
  }
  return keys
}

async function readKeyFile(
  file: string,
  ports: Pick<CommandContext['ports'], 'readMasterKey'>,
): Promise<{ readonly key: MasterKey; readonly openMode: string | null }> {
  let bytes: Uint8Array
  let openMode: string | null
  try {
    ;({ bytes, openMode } = await ports.readMasterKey(file))
  } catch (error) {
    throw new HoldfastError(
      'usage',
      {
        what: `The master key file ${JSON.stringify(file)} cannot be read.`,
        next: 'Check the path and its permissions.',
      },
      { cause: error },
    )
  }
  const length = lengthWithoutLineEnding(bytes)
  if (length === 0) {
    throw new HoldfastError('usage', {
      what: `The master key file ${JSON.stringify(file)} is empty.`,
      next: 'Name the file that holds the key.',
    })
  }
  const key = new HeldMasterKey(bytes.subarray(0, length), file)
  bytes.fill(0)
  return { key, openMode }
}
