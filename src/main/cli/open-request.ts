import type { Cluster } from '../../shared/contract/clusters.ts'
import { parseAddress } from '../../shared/domain/address.ts'
import { HoldfastError } from '../../shared/domain/error.ts'
import { systemNames } from '../../shared/domain/system-name.ts'
import type { HeldRequest } from '../operations/open-repository.ts'
import { secretsElsewhere } from '../operations/secrets-elsewhere.ts'
import type { MasterKey } from '../ports/master-key.ts'
import { backupSystemOf } from '../systems/registry.ts'
import type { SecretUse } from '../ports/secrets.ts'
import { accessOf } from './access-of.ts'
import type { CommandContext } from './context.ts'
import { readMasterKeys } from './master-keys.ts'
import { noteSecrets } from './note-secrets.ts'
import type { PlaceOptions } from './options.ts'
import { bytesPerSecond } from './rate.ts'
import { findCluster, openVault, withDesk, type Client } from './with-desk.ts'

interface Use {
  readonly purpose: string
  readonly keys: boolean
}

/** What the options open: the repository that they name, or that of a saved cluster, as it is saved. */
export async function openRequest(
  use: Use,
  options: PlaceOptions,
  context: CommandContext,
): Promise<HeldRequest> {
  const workers = options.workers === undefined ? null : parseWorkers(options.workers)
  const maxRatio = options.maxRatio === undefined ? null : parseRatio(options.maxRatio)
  const place = placeOf(options)
  const given = await readMasterKeys(options.masterKeyFile, context)
  const subject = place.kind === 'saved' ? place.cluster : place.repository
  const keys = given.map(({ label }) => ({ kind: 'masterKey', place: label }) as const)
  const used: SecretUse = { subject, purpose: use.purpose }
  if (place.kind === 'saved') {
    await noteSecrets(keys, used, context)
    return openSaved(place.cluster, use, { options, maxRatio, workers, given }, context)
  }
  const name = systemNames.find((each) => each === place.system)
  if (name === undefined) {
    throw new HoldfastError('usage', {
      what: `There is no system ${JSON.stringify(place.system)}.`,
      next: `Use one of: ${systemNames.join(', ')}.`,
    })
  }
  const address = parseAddress(place.repository)
  const access = accessOf(options)
  await noteSecrets([...keys, ...secretsElsewhere(address, access)], used, context)
  return {
    system: await backupSystemOf(name, { maxRatio }),
    address,
    access,
    masterKeys: given,
    workers,
    close: () => undefined,
  }
}

type Place =
  | { readonly kind: 'given'; readonly repository: string; readonly system: string }
  | { readonly kind: 'saved'; readonly cluster: string }

function placeOf({ repository, system, cluster, ...way }: PlaceOptions): Place {
  if (cluster === undefined && repository !== undefined && system !== undefined)
    return { kind: 'given', repository, system }
  const { profile, caFile, allowHttp } = way
  const isReached = [profile, caFile, allowHttp].some((each) => each !== undefined)
  if (cluster !== undefined && repository === undefined && system === undefined && !isReached)
    return { kind: 'saved', cluster }
  throw new HoldfastError('usage', {
    what:
      cluster === undefined
        ? 'It is not clear which repository is meant.'
        : 'A saved cluster has its repository, its system, and the way to it.',
    unchanged: 'Nothing was begun.',
    next:
      cluster === undefined
        ? 'Give --repository and --system, or --cluster with the name of a saved cluster.'
        : 'Give --cluster without --repository, --system, --profile, --ca-file and --allow-http.',
  })
}

/** The desk is closed again before anything is read: another one may be open beside it, and none has to be. */
async function openSaved(
  name: string,
  { purpose, keys }: Use,
  {
    options,
    maxRatio,
    workers,
    given,
  }: {
    readonly options: PlaceOptions
    readonly maxRatio: number | null
    readonly workers: number | null
    readonly given: readonly MasterKey[]
  },
  context: CommandContext,
): Promise<HeldRequest> {
  const saved = await withDesk(context, async (client, desk) => {
    const cluster = await findCluster(name, client)
    if (await needsVault(cluster, keys, client))
      await openVault(client, options.passphraseFile ?? null, context)
    return desk.openCluster(cluster.id, purpose, { maxRatio, keys })
  })
  const maxBytesPerSecond = options.maxRate === undefined ? null : bytesPerSecond(options.maxRate)
  return {
    ...saved,
    access: { ...saved.access, maxBytesPerSecond: maxBytesPerSecond ?? saved.access.maxBytesPerSecond },
    masterKeys: [...saved.masterKeys, ...given],
    workers: workers ?? saved.workers,
  }
}

/** Whether a secret has to be taken from it: nobody is asked for a passphrase that opens nothing. */
async function needsVault(
  { masterKeys, repositoryId }: Pick<Cluster, 'masterKeys' | 'repositoryId'>,
  keys: boolean,
  client: Client,
): Promise<boolean> {
  if (keys && masterKeys.length > 0) return true
  const repository = (await client.repositories.list()).find(({ id }) => id === repositoryId)
  return repository?.access.credential.source === 'vault'
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
