import { HoldfastError } from '../../shared/domain/error.ts'
import { HeldMasterKey, lengthWithoutLineEnding } from '../engine/master-key.ts'
import type { MasterKey } from '../ports/master-key.ts'
import type { CliPorts, CommandContext } from './context.ts'

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
    const { key, isShared } = await readKeyFile(file, ports)
    keys.push(key)
    if (isShared) output.note(`Note: other accounts of this machine can read ${file}; chmod 600 avoids that.`)
  }
  return keys
}

async function readKeyFile(
  file: string,
  ports: Pick<CliPorts, 'readGivenKey'>,
): Promise<{ readonly key: MasterKey; readonly isShared: boolean }> {
  let read: Awaited<ReturnType<CliPorts['readGivenKey']>>
  try {
    read = await ports.readGivenKey(file)
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
  const { bytes, isShared } = read
  const length = lengthWithoutLineEnding(bytes)
  if (length === 0) {
    throw new HoldfastError('usage', {
      what: `The master key file ${JSON.stringify(file)} is empty.`,
      next: 'Name the file that holds the key.',
    })
  }
  const key = new HeldMasterKey(bytes.subarray(0, length), file)
  bytes.fill(0)
  return { key, isShared }
}
