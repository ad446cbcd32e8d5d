import type { Change } from '../../../src/shared/contract/host.ts'
import type { Repository } from '../../../src/shared/contract/repositories.ts'
import type { Plan, RestoreTargetEntry } from '../../../src/shared/contract/restore.ts'
import type { Settings } from '../../../src/shared/contract/settings.ts'
import type { Credential, VaultStatus } from '../../../src/shared/contract/vault.ts'
import { HoldfastError } from '../../../src/shared/domain/error.ts'
import { createBroadcast, type Broadcast } from '../../../src/shared/streams/broadcast.ts'
import type { Clock } from '../../../src/main/ports/clock.ts'
import { behindLock, hostileFleet, largeFleet, usualFleet, type SampleCluster } from './sample-fleet.ts'
import { dayMs, hourMs, iso } from './seeded.ts'

export const scenarios = ['empty', 'usual', 'locked', 'large', 'hostile'] as const
export type Scenario = (typeof scenarios)[number]

/** All that a fake desk knows; handlers change it, and say so in `changes`. */
export interface World {
  readonly clock: Clock
  readonly changes: Broadcast<Change>
  fleet: readonly SampleCluster[]
  repositories: readonly Repository[]
  credentials: readonly Credential[]
  targets: readonly RestoreTargetEntry[]
  vault: VaultStatus
  settings: Settings
  readonly plans: Map<string, Plan>
}

export function createWorld(scenario: Scenario, clock: Clock): World {
  const nowMs = clock.now()
  const fleet = fleetOf(scenario, nowMs)
  const first = fleet[0]?.cluster
  return {
    clock,
    changes: createBroadcast<Change>({ key: ({ topic, id }) => `${topic} ${id ?? ''}` }),
    fleet: scenario === 'locked' ? fleet.map(behindLock) : fleet,
    repositories: fleet.map(repositoryOf),
    credentials: fleet.flatMap((sample) => credentialsOf(sample, nowMs)),
    targets:
      first === undefined
        ? []
        : [
            targetOf('/srv/restore/chango-core', { nowMs, clusterId: first.id, canRollBack: true }),
            targetOf('/var/lib/chango', {
              nowMs: nowMs - 9 * dayMs,
              clusterId: first.id,
              canRollBack: false,
            }),
          ],
    vault: vaultOf(scenario),
    settings: {
      theme: 'system',
      contrast: 'system',
      singleKeys: true,
      reverifyAfterDays: 30,
      lookEveryMinutes: 15,
      maxBytesPerSecond: null,
      workers: null,
      autoLockMinutes: 15,
    },
    plans: new Map(),
  }
}

export function sampleOf(id: string, { fleet }: World): SampleCluster {
  const sample = fleet.find(({ cluster }) => cluster.id === id)
  if (sample !== undefined) return sample
  throw new HoldfastError('cluster.notFound', { what: `There is no cluster ${id} here.` })
}

/** A change of what belongs to a protected cluster needs a reason. */
export function checkReason({ cluster }: SampleCluster, reason: string | undefined): void {
  if (cluster.mode !== 'protected' || (reason !== undefined && reason.trim() !== '')) return
  throw new HoldfastError('cluster.protected', {
    what: `${cluster.name} is protected: a change needs a reason.`,
    unchanged: 'Nothing was changed.',
    next: 'Say why; the reason is kept in the audit chain.',
  })
}

export function checkTyped(typed: string, expected: string): void {
  if (typed === expected) return
  throw new HoldfastError('usage', {
    what: 'The name that was typed to confirm is not the right one.',
    unchanged: 'Nothing was changed.',
    next: `Type ${expected}.`,
  })
}

function fleetOf(scenario: Scenario, nowMs: number): readonly SampleCluster[] {
  switch (scenario) {
    case 'empty':
      return []
    case 'usual':
    case 'locked':
      return usualFleet(nowMs)
    case 'large':
      return largeFleet(nowMs)
    case 'hostile':
      return hostileFleet(nowMs)
  }
}

function repositoryOf({ cluster }: SampleCluster): Repository {
  const { id, name, address, system, look } = cluster
  return {
    id: cluster.repositoryId,
    name: `${name}, backups`,
    address,
    system,
    access: {
      credential: { source: 'vault', id: `s-${id}` },
      caFile: null,
      allowHttp: false,
      sshKeyFiles: [],
      hostKey: null,
      maxBytesPerSecond: null,
    },
    clusters: [{ id, name }],
    seen: look && {
      at: look.asOf,
      objects: look.objects,
      storedBytes: look.storedBytes,
      backups: look.backups,
      failure: look.failure,
    },
  }
}

function credentialsOf({ cluster }: SampleCluster, nowMs: number): readonly Credential[] {
  const common = {
    addedAt: iso(nowMs - 40 * dayMs),
    usedAt: iso(nowMs - hourMs),
    usedBy: [cluster.name],
    isThere: true,
  }
  const [hint] = cluster.masterKeyHints
  return [
    { id: `s-${cluster.id}`, kind: 's3', label: `${cluster.name}, reader`, hint: 'AKIA…7Q2M', ...common },
    ...(hint === undefined
      ? []
      : [
          {
            id: `k-${cluster.id}`,
            kind: 'masterKey' as const,
            label: `${cluster.name}, master key`,
            hint,
            ...common,
          },
        ]),
  ]
}

function targetOf(
  dir: string,
  {
    nowMs,
    clusterId,
    canRollBack,
  }: { readonly nowMs: number; readonly clusterId: string; readonly canRollBack: boolean },
): RestoreTargetEntry {
  return { dir, usedAt: iso(nowMs - 9 * 60_000), clusterId, backupId: null, canRollBack, unfinished: false }
}

function vaultOf(scenario: Scenario): VaultStatus {
  const sealedFile = '/home/ops/.local/state/holdfast/vault.sealed'
  const isChosen = scenario !== 'empty'
  return {
    state: scenario === 'empty' ? 'none' : scenario === 'locked' ? 'locked' : 'open',
    backend: isChosen ? 'sealedFile' : null,
    name: isChosen ? sealedFile : null,
    reason: null,
    choices: [
      { backend: 'keychain', usable: false, name: 'Secret Service', reason: 'No session bus answers here.' },
      { backend: 'sealedFile', usable: true, name: sealedFile, reason: null },
    ],
    autoLockMinutes: isChosen ? 15 : null,
  }
}
