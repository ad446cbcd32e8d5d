import { parseAddress } from '../../shared/domain/address.ts'
import { HoldfastError } from '../../shared/domain/error.ts'
import { systemNames } from '../../shared/domain/system-name.ts'
import { withRepository, type OpenRepository } from '../operations/open-repository.ts'
import type { RepositoryAccess } from '../ports/repository-access.ts'
import { backupSystemOf } from '../systems/registry.ts'
import type { CommandContext } from './context.ts'
import { readMasterKeys } from './master-keys.ts'
import type { RepositoryOptions } from './options.ts'
import { bytesPerSecond } from './rate.ts'

/** Opens the repository that the options of a command name, runs `work` on it, and closes everything. */
export async function withSession<T>(
  options: RepositoryOptions,
  context: CommandContext,
  work: (session: OpenRepository) => Promise<T>,
): Promise<T> {
  const { ports, output, signal } = context
  const workers = options.workers === undefined ? null : parseWorkers(options.workers)
  const maxRatio = options.maxRatio === undefined ? null : parseRatio(options.maxRatio)
  const name = systemNames.find((each) => each === options.system)
  if (name === undefined) {
    throw new HoldfastError('usage', {
      what: `There is no system ${JSON.stringify(options.system)}.`,
      next: `Use one of: ${systemNames.join(', ')}.`,
    })
  }
  const system = await backupSystemOf(name, { maxRatio })
  const address = parseAddress(options.repository)
  const masterKeys = await readMasterKeys(options.masterKeyFile, context)
  return withRepository(
    { system, address, access: accessOf(options), masterKeys, workers },
    { ...ports, openCatalog: async () => ports.openCatalog(ports.stateFolder) },
    { signal, note: (text) => output.note(text) },
    work,
  )
}

export function accessOf(options: Omit<RepositoryOptions, 'repository' | 'system'>): RepositoryAccess {
  return {
    credential:
      options.profile === undefined
        ? { source: 'environment' }
        : { source: 'profile', profile: options.profile },
    caFile: options.caFile ?? null,
    allowHttp: options.allowHttp ?? false,
    sshKeyFiles: options.sshKey,
    hostKey: options.hostKey ?? null,
    maxBytesPerSecond: options.maxRate === undefined ? null : bytesPerSecond(options.maxRate),
  }
}

function parseWorkers(text: string): number {
  if (/^[1-9][0-9]?$/.test(text)) return Number(text)
  throw new HoldfastError('usage', {
    what: 'The number of workers is not one from 1 to 99.',
    next: 'Leave it out, or use the number of cores.',
  })
}

function parseRatio(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new HoldfastError('usage', {
    what: 'The value of --max-ratio is no ratio.',
    next: 'Write a whole number, such as 200.',
  })
}
