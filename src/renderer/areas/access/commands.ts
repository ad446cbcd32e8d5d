import type { Cluster } from '../../../shared/contract/clusters.ts'
import type { Access, Repository } from '../../../shared/contract/repositories.ts'
import { commandLine, namesLast } from '../../../shared/domain/command-line.ts'
import { spanFlag } from '../../../shared/domain/span-flag.ts'
import type { SystemName } from '../../../shared/domain/system-name.ts'
import { credentialFlags, wayFlags } from '../../../shared/domain/way-flags.ts'
import { reasonFlags, type Reasoned } from '../../lib/reason-flags.ts'

interface Place {
  readonly system: SystemName
  readonly address: string
  readonly access: Access
}

type ClusterFields = Pick<Cluster, 'name' | 'mode' | 'rpoMs' | 'rtoMs' | 'masterKeys'>

const modeFlags = { normal: 'normal', protected: 'protected', readOnly: 'read-only' } as const

export function addClusterCommand({ system, address, access, ...fields }: Place & ClusterFields): string {
  const { name, mode, rpoMs, rtoMs, masterKeys } = fields
  return commandLine([
    'holdfast',
    'clusters',
    'add',
    ...placeFlags({ system, address, access }),
    ...masterKeys.flatMap((id) => ['--master-key', id]),
    ...(mode === 'normal' ? [] : ['--mode', modeFlags[mode]]),
    '--rpo',
    spanFlag(rpoMs),
    ...(rtoMs === null ? [] : ['--rto', spanFlag(rtoMs)]),
    ...namesLast([name]),
  ])
}

/** Null: nothing is changed. */
export function editClusterCommand(
  before: ClusterFields,
  after: ClusterFields,
  why: Reasoned,
): string | null {
  const { name, mode, rpoMs, rtoMs, masterKeys } = after
  const changes = [
    ...(name === before.name ? [] : ['--name', name]),
    ...(mode === before.mode ? [] : ['--mode', modeFlags[mode]]),
    ...(rpoMs === before.rpoMs ? [] : ['--rpo', spanFlag(rpoMs)]),
    ...(rtoMs === before.rtoMs ? [] : ['--rto', rtoMs === null ? 'none' : spanFlag(rtoMs)]),
    ...(isSame(masterKeys, before.masterKeys)
      ? []
      : masterKeys.length === 0
        ? ['--no-master-key']
        : masterKeys.flatMap((id) => ['--master-key', id])),
  ]
  if (changes.length === 0) return null
  return commandLine([
    'holdfast',
    'clusters',
    'edit',
    ...changes,
    ...reasonFlags(why),
    ...namesLast([before.name]),
  ])
}

export function removeClusterCommand(name: string, why: Reasoned): string {
  const confirmed = ['--confirm', name, ...reasonFlags(why)]
  return commandLine(['holdfast', 'clusters', 'remove', ...confirmed, ...namesLast([name])])
}

export function trustHostCommand(
  cluster: string,
  { address, fingerprint }: { readonly address: string; readonly fingerprint: string },
  why: Reasoned,
): string {
  const given = ['--host-key', fingerprint, ...reasonFlags(why)]
  return commandLine(['holdfast', 'clusters', 'trust-host', ...given, ...namesLast([cluster, address])])
}

export function forgetHostCommand(cluster: string, host: string, why: Reasoned): string {
  const names = namesLast([cluster, host])
  return commandLine(['holdfast', 'clusters', 'forget-host', ...reasonFlags(why), ...names])
}

export function addRepositoryCommand(name: string, place: Place): string {
  return commandLine(['holdfast', 'repositories', 'add', ...placeFlags(place), ...namesLast([name])])
}

/** Null: nothing is changed. A repository goes by its id here: a name may be that of two. */
export function editRepositoryCommand(
  { id, address, access }: Pick<Repository, 'id' | 'address' | 'access'>,
  after: { readonly address: string; readonly access: Access },
): string | null {
  const now = after.access
  const { credential } = now
  const changes = [
    ...(after.address === address ? [] : ['--repository', after.address]),
    ...(isSame(credential, access.credential)
      ? []
      : credential.source === 'vault' || credential.source === 'profile'
        ? credentialFlags(credential)
        : ['--no-credential']),
    ...(now.caFile === access.caFile ? [] : given('ca-file', now.caFile)),
    ...(now.allowHttp === access.allowHttp ? [] : [now.allowHttp ? '--allow-http' : '--no-allow-http']),
    ...(isSame(now.sshKeyFiles, access.sshKeyFiles)
      ? []
      : now.sshKeyFiles.length === 0
        ? ['--no-ssh-key']
        : now.sshKeyFiles.flatMap((file) => ['--ssh-key', file])),
    ...(now.hostKey === access.hostKey ? [] : given('host-key', now.hostKey)),
    ...(now.maxBytesPerSecond === access.maxBytesPerSecond ? [] : given('max-rate', now.maxBytesPerSecond)),
  ]
  return changes.length === 0 ? null : commandLine(['holdfast', 'repositories', 'edit', ...changes, id])
}

export function removeRepositoryCommand(id: string): string {
  return commandLine(['holdfast', 'repositories', 'remove', id])
}

function placeFlags({ system, address, access }: Place): readonly string[] {
  const way = [...credentialFlags(access.credential), ...wayFlags(access)]
  return ['--system', system, '--repository', address, ...way]
}

function given(option: string, value: string | number | null): readonly string[] {
  return value === null ? [`--no-${option}`] : [`--${option}`, String(value)]
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
