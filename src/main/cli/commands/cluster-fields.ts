import type { Cluster } from '../../../shared/contract/clusters.ts'
import type { Access } from '../../../shared/contract/repositories.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { systemNames, type SystemName } from '../../../shared/domain/system-name.ts'
import type { RepositoryOptions } from '../options.ts'
import { bytesPerSecond } from '../rate.ts'
import { findCredential, type Client } from '../with-desk.ts'

/** What `add` and `edit` have in common, as the parser of arguments gives it. */
export interface ClusterFlags {
  readonly name?: string
  readonly mode?: string
  readonly rpo?: string
  readonly rto?: string
  /** False: `--no-master-key`. */
  readonly masterKey: readonly string[] | false
  readonly reason?: string
}

export interface AddClusterFlags extends Omit<ClusterFlags, 'name' | 'reason'> {
  readonly system: string
  readonly repository: string
  readonly credential?: string
  readonly profile?: RepositoryOptions['profile']
  readonly caFile?: RepositoryOptions['caFile']
  readonly allowHttp?: RepositoryOptions['allowHttp']
  readonly sshKey: RepositoryOptions['sshKey']
  readonly hostKey?: RepositoryOptions['hostKey']
  readonly maxRate?: RepositoryOptions['maxRate']
}

const modes: Readonly<Record<string, Cluster['mode']>> = {
  normal: 'normal',
  protected: 'protected',
  'read-only': 'readOnly',
}

export function modeOf(text: string): Cluster['mode'] {
  const mode = Object.hasOwn(modes, text) ? modes[text] : undefined
  if (mode !== undefined) return mode
  throw usage('There is no such mode.', `Use one of: ${Object.keys(modes).join(', ')}.`)
}

export function modeWords(mode: Cluster['mode']): string {
  return mode === 'readOnly' ? 'read-only' : mode
}

export function systemOf(text: string): SystemName {
  const system = systemNames.find((name) => name === text)
  if (system !== undefined) return system
  throw usage(`There is no system ${JSON.stringify(text)}.`, `Use one of: ${systemNames.join(', ')}.`)
}

const unitsMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `90m`, `26h`, `2d`. */
export function durationMsOf(text: string): number {
  const match = /^(\d{1,6}(?:\.\d{1,3})?)([mhd])$/.exec(text)
  const ms = Number(match?.[1] ?? 0) * (unitsMs[match?.[2] ?? ''] ?? 0)
  if (ms >= 60_000) return Math.round(ms)
  throw usage('That is no time span.', 'Write minutes, hours or days, such as 90m, 26h or 2d.')
}

export function rtoMsOf(text: string): number | null {
  return text === 'none' ? null : durationMsOf(text)
}

/** Ids of master keys of the vault, which may be named by their labels. */
export async function masterKeysOf(named: readonly string[], client: Client): Promise<string[]> {
  const ids: string[] = []
  for (const name of named) ids.push((await findCredential(name, 'masterKey', client)).id)
  return ids
}

export async function accessOf(flags: AddClusterFlags, client: Client): Promise<Access> {
  return {
    credential: await credentialOf(flags, client),
    caFile: flags.caFile ?? null,
    allowHttp: flags.allowHttp ?? false,
    sshKeyFiles: [...flags.sshKey],
    hostKey: flags.hostKey ?? null,
    maxBytesPerSecond: flags.maxRate === undefined ? null : bytesPerSecond(flags.maxRate),
  }
}

async function credentialOf(
  { credential, profile, repository }: AddClusterFlags,
  client: Client,
): Promise<Access['credential']> {
  if (credential !== undefined && profile !== undefined) {
    throw usage('Both a credential and a profile are given.', 'Give one of them.')
  }
  if (credential !== undefined) {
    return { source: 'vault', id: (await findCredential(credential, 's3', client)).id }
  }
  if (profile !== undefined) return { source: 'profile', profile }
  return { source: repository.startsWith('s3:') ? 'environment' : 'none' }
}

function usage(what: string, next: string): HoldfastError {
  return new HoldfastError('usage', { what, unchanged: 'Nothing was changed.', next })
}
