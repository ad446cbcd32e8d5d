import type { Cluster } from '../../../shared/contract/clusters.ts'
import { clusterModes, modeWords } from '../../../shared/domain/cluster-mode.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { systemNames, type SystemName } from '../../../shared/domain/system-name.ts'
import { findCredential, type Client } from '../with-desk.ts'
import type { AccessFlags } from './access-fields.ts'

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

export interface AddClusterFlags extends Omit<ClusterFlags, 'name' | 'reason'>, AccessFlags {
  readonly system: string
  readonly repository: string
}

export function modeOf(text: string): Cluster['mode'] {
  const mode = clusterModes.find((each) => modeWords[each] === text)
  if (mode !== undefined) return mode
  throw usage('There is no such mode.', `Use one of: ${Object.values(modeWords).join(', ')}.`)
}

export function systemOf(text: string): SystemName {
  const system = systemNames.find((name) => name === text)
  if (system !== undefined) return system
  throw usage(`There is no system ${JSON.stringify(text)}.`, `Use one of: ${systemNames.join(', ')}.`)
}

const unitsMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `90m`, `26h`, `2d`. */
export function durationMsOf(text: string): number {
  const match = /^(\d{1,8}(?:\.\d{1,3})?)([smhd])$/.exec(text)
  const ms = Number(match?.[1] ?? 0) * (unitsMs[match?.[2] ?? ''] ?? 0)
  if (ms >= 60_000) return Math.round(ms)
  throw usage('That is no time span of a minute or more.', 'Write it such as 90m, 26h or 2d.')
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

function usage(what: string, next: string): HoldfastError {
  return new HoldfastError('usage', { what, unchanged: 'Nothing was changed.', next })
}
