import type { Recovery, RestorePoint } from '../../src/main/ports/recovery.ts'
import type { Verdict } from '../../src/shared/domain/verdict.ts'

/** A backup and the objects that it points to. */
export interface FakeBackup {
  readonly backupId: string
  readonly createdAt: string | null
  readonly objects: readonly string[]
}

export interface FakeRecovery extends Recovery {
  /** Newest first; a test may add to it. */
  readonly backups: FakeBackup[]
  /** Objects that turn out to be damaged when they are read. */
  readonly damaged: Set<string>
  /** In the order in which they were read. */
  readonly read: readonly string[]
}

/** Backups whose verdict is what was read of their objects: one damaged object marks all that point to it. Restores nothing. */
export function fakeRecovery(backups: readonly FakeBackup[], damaged: readonly string[] = []): FakeRecovery {
  const held = [...backups]
  const bad = new Set(damaged)
  const read: string[] = []
  const verdictOf = (objects: readonly string[]): Verdict =>
    objects.some((object) => read.includes(object) && bad.has(object))
      ? 'bad'
      : objects.every((object) => read.includes(object))
        ? 'good'
        : 'unknown'
  const pointOf = ({ backupId, createdAt, objects }: FakeBackup): RestorePoint => {
    const verdict = verdictOf(objects)
    const fault = objects.find((object) => read.includes(object) && bad.has(object))
    return {
      backupId,
      createdAt,
      verdict,
      because: fault === undefined ? null : `${fault} is damaged.`,
      verifiedAt: verdict === 'unknown' ? null : '2026-11-21T02:00:00.000Z',
      sizeBytes: objects.length,
    }
  }
  const restoresNothing = async (): Promise<never> => Promise.reject(new Error('the fake restores nothing'))
  return {
    backups: held,
    damaged: bad,
    read,
    points: async () => held.map(pointOf),
    async prove(backupId) {
      const backup = held.find((each) => each.backupId === backupId)
      if (backup === undefined) throw new Error(`no ${backupId}`)
      for (const object of backup.objects) if (!read.includes(object)) read.push(object)
      return pointOf(backup)
    },
    plan: restoresNothing,
    restore: restoresNothing,
    state: restoresNothing,
    rollBack: restoresNothing,
    standing: restoresNothing,
    drill: restoresNothing,
    endDrill: restoresNothing,
  }
}
