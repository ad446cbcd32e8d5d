import type { SystemName } from '../system-name.ts'
import type { QuestionId } from './questions.ts'

/** What the answers amount to: the rows of the table. */
export const situations = [
  'rehearsal',
  'ownNetwork',
  'keyLost',
  'siteCopy',
  'siteNoCopy',
  'allLost',
  'notLookedAt',
  'hosting',
  'noBackup',
  'bucket',
  'newestDamaged',
  'wrongRestore',
  'quorumLost',
  'severalLost',
  'oneLost',
  'notReady',
  'halted',
  'willNotStart',
  'loginLost',
  'dataWrong',
  'partWrong',
  'partBehind',
  'nothing',
] as const
export type Situation = (typeof situations)[number]

/** Asks one question after another, each only where the ones before leave it open; hears a choice's id. */
export type Path = Generator<QuestionId, Situation, string>

/** The way through the questions for one kind of cluster. A backup comes in only where no copy lives or what lives is wrong. */
export function* pathOf(system: SystemName): Path {
  if ((yield 'want') === 'rehearsal') return 'rehearsal'
  if ((yield 'network') === 'ours') return 'ownNetwork'
  // Before anything that would restart a process: the last copy of a key may be in one.
  if (system === 'kiseki' && (yield 'tenantKms') === 'yes') return 'keyLost'
  if (hasKey(system) && (yield 'key') === 'lost') return 'keyLost'
  const broken = system === 'kindling' ? yield* databasePath() : yield* mastersPath(system)
  return broken ?? (yield* servingPath(system))
}

/** Null where all masters answer and are ready. */
function* mastersPath(
  system: Exclude<SystemName, 'kindling'>,
): Generator<QuestionId, Situation | null, string> {
  const alive = yield 'alive'
  if (alive === 'none') {
    const site = yield 'site'
    if (site === 'copy') return 'siteCopy'
    if (site === 'noCopy') return yield* fromBackup(system, 'siteNoCopy')
  }
  const disks = alive === 'all' ? 'none' : yield 'disks'
  if (disks === 'notKnown') return 'notLookedAt'
  if (disks === 'all') return yield* fromBackup(system, 'allLost')
  // Its roll-back needs no serving master, and a wrong state may be why none is ready.
  if (system === 'chango' && (yield 'wrongRestore') === 'yes') return 'wrongRestore'
  const isReady = alive === 'all' && (yield 'ready') === 'ready'
  if (isReady) return null
  if ((yield* quorum(system, alive)) === 'lost') return 'quorumLost'
  if (disks === 'several') return 'severalLost'
  if (disks === 'one') return 'oneLost'
  if (system !== 'kiseki') return 'notReady'
  const fault = yield 'nodeFault'
  return fault === 'halted' || fault === 'willNotStart' ? fault : 'oneLost'
}

/** Nodes that agree among themselves have no quorum where none answers; ZooKeeper is counted by itself. */
function* quorum(system: SystemName, alive: string): Generator<QuestionId, string, string> {
  const agreesItself = system === 'kiseki' || system === 'armada'
  return agreesItself && alive === 'none' ? 'lost' : yield 'quorum'
}

/** Null where the database serves, and all that works with it does. */
function* databasePath(): Generator<QuestionId, Situation | null, string> {
  switch (yield 'database') {
    case 'notKnown':
      return 'notLookedAt'
    case 'standby':
      return 'quorumLost'
    case 'notServing':
      // What a restore has moved aside needs no database that serves.
      return (yield 'wrongRestore') === 'yes' ? 'wrongRestore' : 'notReady'
    case 'lost': {
      const site = yield 'site'
      if (site === 'copy') return 'siteCopy'
      if (site === 'no' && (yield 'wrongRestore') === 'yes') return 'wrongRestore'
      return yield* fromBackup('kindling', site === 'noCopy' ? 'siteNoCopy' : 'allLost')
    }
    default: {
      if ((yield 'wrongRestore') === 'yes') return 'wrongRestore'
      const workers = yield 'workers'
      if (workers !== 'none') return workers === 'several' ? 'severalLost' : 'oneLost'
      return (yield 'ready') === 'ready' ? null : 'notReady'
    }
  }
}

/** It is up. */
function* servingPath(system: SystemName): Path {
  const rollsBackServing = system === 'kiok' || system === 'armada'
  if (rollsBackServing && (yield 'wrongRestore') === 'yes') return 'wrongRestore'
  if (system !== 'kiseki' && (yield 'login') === 'lost') return 'loginLost'
  const data = yield 'data'
  if (data !== 'right') return yield* fromBackup(system, data === 'wrongPart' ? 'partWrong' : 'dataWrong')
  const hasParts = system === 'armada' || system === 'kindling'
  if (hasParts && (yield 'part') === 'yes') return 'partBehind'
  return yield* fromBackup(system, 'nothing')
}

/** What a backup is needed for, unless the backups themselves come first. */
function* fromBackup(system: SystemName, situation: Situation): Path {
  // Nothing brings wrong data of kiseki back, whatever its bucket holds.
  if (system === 'kiseki' && situation === 'dataWrong') return situation
  if ((yield 'bucket') === 'notReachable') return 'bucket'
  // Its snapshots hold no data: what remains is looked for, however the newest one is.
  const newest = system === 'kiseki' && situation !== 'nothing' ? 'notProved' : yield 'newest'
  if (newest === 'none') return 'noBackup'
  if (newest === 'damaged') return 'newestDamaged'
  const isLost = situation === 'allLost' || situation === 'siteNoCopy'
  const canHost = system === 'kiok' || system === 'chango'
  return isLost && canHost && (yield 'hosting') === 'yes' ? 'hosting' : situation
}

function hasKey(system: SystemName): boolean {
  return system === 'kiok' || system === 'chango' || system === 'kindling'
}
