import { lowerOf, reaches, type Level, type VerifiableLevel } from '../../shared/domain/level.ts'
import type { Drill } from '../../shared/domain/drill.ts'
import type { ObjectFacts } from '../../shared/domain/object-facts.ts'
import { mapInTurns } from '../engine/in-turns.ts'
import { doubtsOf } from '../engine/verify/doubted.ts'
import { isEnough } from '../engine/verify/remembered-facts.ts'
import { needsByObject, verifyBackups, type VerifiedBackup } from '../engine/verify/verify-backups.ts'
import type { Evidence, InventoryBackup } from '../ports/backup-system.ts'
import type { Clock } from '../ports/clock.ts'
import type { ObjectInfo } from '../ports/object-store.ts'
import { verifyRequest, verifyTools, type OpenRepository } from './open-repository.ts'

/** A repository as it is now, judged from what is remembered: a listing and manifests were read, no object. */
export interface RepositoryView {
  /** UTC ISO 8601. */
  readonly at: string
  readonly repository: string
  readonly system: OpenRepository['system']
  readonly hasKeys: boolean
  /** Whether the keys open each of the backups; told while the keys are at hand. */
  readonly keyStates: readonly BackupKeyState[]
  /** Newest first. */
  readonly backups: readonly VerifiedBackup[]
  readonly evidence: Evidence
  /** What restores for trial have found here, newest first. */
  readonly drills: readonly Drill[]
  /** When a verification last proved an object intact; null where none did. */
  lastIntact(key: string): string | null
  /** When an earlier reading answered all that a level needs of this object; null where it has to be read. */
  remembered(info: ObjectInfo, level: VerifiableLevel): string | null
}

export async function viewRepository(
  opened: OpenRepository,
  { clock, signal }: { readonly clock: Clock; readonly signal?: AbortSignal },
): Promise<RepositoryView> {
  const { system, inventory, repository, masterKeys, memory, keyFingerprints } = opened
  const request = { ...verifyRequest(system, null), reading: 'rememberedOnly' as const }
  const { backups, evidence } = await verifyBackups(
    inventory.backups,
    request,
    await verifyTools(opened, { clock }),
    signal ? { signal } : {},
  )
  const isDoubted = doubtsOf(inventory.backups, memory.drills())
  const needs = new Map<VerifiableLevel, ReturnType<typeof needsByObject>>()
  const needsAt = (level: VerifiableLevel): ReturnType<typeof needsByObject> => {
    const known = needs.get(level) ?? needsByObject(inventory.backups, request.system, level)
    needs.set(level, known)
    return known
  }
  return {
    at: new Date(clock.now()).toISOString(),
    repository,
    system,
    hasKeys: masterKeys.length > 0,
    keyStates: await mapInTurns(backups, ({ backup }) =>
      system.neverSealed === true ? 'notSealed' : keyStateOf(backup, evidence, masterKeys.length > 0),
    ),
    backups,
    evidence,
    drills: memory.drills(),
    lastIntact: (key) => memory.intactAt(key),
    remembered(info, level) {
      const facts = memory.facts(info.key)
      return facts !== null &&
        !isDoubted(info.key, facts) &&
        isEnough(facts, info, needsAt(level)(info), { keyFingerprints })
        ? facts.readAt
        : null
    },
  }
}

export function createdAtOf({ backup, report }: VerifiedBackup): string | null {
  return report.createdAt ?? backup.createdAt
}

/** Facts of an object as they are remembered; null where nothing of its present version is. */
export function factsOf(evidence: Evidence, key: string): ObjectFacts | null {
  const seen = evidence.object(key)
  return seen.kind === 'read' ? seen.facts : null
}

/** How far a whole backup is proved: as far as its worst store. */
export interface Reach {
  readonly level: Level
  readonly failedAt: Level | null
  /** Of the oldest evidence that the level rests on; null where nothing was read. */
  readonly verifiedAt: string | null
  readonly notProvable: readonly Level[]
}

export function reachOf({ report }: Pick<VerifiedBackup, 'report'>): Reach {
  const [first, ...others] = report.stores
  if (first === undefined) return { level: 'listed', failedAt: null, verifiedAt: null, notProvable: [] }
  const failed = report.stores.flatMap(({ failedAt }) => failedAt ?? [])
  return {
    level: others.reduce<Level>(
      (lowest, { levelReached }) => lowerOf(lowest, levelReached),
      first.levelReached,
    ),
    failedAt: failed.reduce<Level | null>(
      (lowest, each) => (lowest === null ? each : lowerOf(lowest, each)),
      null,
    ),
    verifiedAt: report.stores.flatMap(({ verifiedAt }) => verifiedAt ?? []).sort()[0] ?? null,
    notProvable: [
      ...new Set(report.stores.flatMap(({ notProvable }) => notProvable.map(({ level }) => level))),
    ].sort((a, b) => (reaches(a, b) ? 1 : -1)),
  }
}

/** Whether the given keys open a backup, from what is remembered of its objects. */
export type BackupKeyState = 'opens' | 'refused' | 'notSealed' | 'notTold' | 'noKey' | 'notRead'

function keyStateOf(backup: InventoryBackup, evidence: Evidence, hasKeys: boolean): BackupKeyState {
  const states = backup.objects.map(({ key }): BackupKeyState => {
    const facts = factsOf(evidence, key)
    if (facts === null) return 'notRead'
    if (facts.envelope === null) return 'notSealed'
    if (facts.envelope.outcome !== 'sealed') return 'notTold'
    switch (facts.envelope.opening.outcome) {
      case 'opened':
        return 'opens'
      case 'noKeyFits':
        return 'refused'
      case 'noKey':
        return 'noKey'
      case 'notDerived':
      case 'severalKeysFit':
        return 'notTold'
    }
  })
  const worst = (['refused', 'notTold', 'noKey', 'notRead', 'opens', 'notSealed'] as const).find((state) =>
    states.includes(state),
  )
  if (worst !== 'notSealed') return worst ?? 'notRead'
  switch (backup.provesKey?.(evidence)) {
    case 'fits':
      return 'opens'
    case 'doesNotFit':
      return hasKeys ? 'refused' : 'noKey'
    case 'notRead':
      return 'notRead'
    case 'notRecorded':
    case undefined:
      return 'notSealed'
  }
}
