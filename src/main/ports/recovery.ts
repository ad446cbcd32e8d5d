import type { Drill } from '../../shared/domain/drill.ts'
import type { Verdict } from '../../shared/domain/verdict.ts'

/** A backup of the cluster, as one to go back to. */
export interface RestorePoint {
  readonly backupId: string
  readonly createdAt: string | null
  readonly verdict: Verdict
  /** The worst finding, or what is not proved; null where it is good. */
  readonly because: string | null
  /** When the oldest evidence of the verdict was read; null: nothing was read. */
  readonly verifiedAt: string | null
  readonly sizeBytes: number | null
}

/** A folder to restore into: an absolute path of this machine, or `ssh://user@host:port/path`. */
export interface RecoveryTarget {
  readonly address: string
}

export interface RecoveryPlan {
  readonly hash: string
  /** What is put in place and what is moved aside, a sentence each. */
  readonly says: readonly string[]
  readonly sizeBytes: number
  readonly spaceBytes: number
}

export interface RecoveryResult {
  readonly sentence: string
  /** What stood there, and where it is now. */
  readonly movedAside: readonly { readonly name: string; readonly to: string }[]
}

/** `none`: this run has begun no restore by this plan there. */
export type RecoveryState =
  | { readonly kind: 'none' }
  | { readonly kind: 'done'; readonly result: RecoveryResult }
  /** The next call of `restore` or `rollBack` there brings it to one of the two ends. */
  | { readonly kind: 'unfinished'; readonly sentence: string }

/** What a runbook does with the cluster's backups: the same proof, plan, run and rollback as everywhere else. */
export interface Recovery {
  /** Newest first, judged from what is remembered; nothing is read. */
  points(): Promise<readonly RestorePoint[]>
  /** Reads what is not proved yet. Throws `restore.refused` never: the verdict says it. */
  prove(
    backupId: string,
    progress: (doneBytes: number, totalBytes: number | null) => void,
  ): Promise<RestorePoint>
  /** Proves, looks at the target, and plans; changes nothing. Throws `restore.refused`, `target.refused`, `target.full`. */
  plan(backupId: string, target: RecoveryTarget): Promise<RecoveryPlan>
  /**
   * Runs exactly the plan with this hash, or throws `plan.changed`. An earlier run that was cut short is ended first; where that
   * is this very restore, it is not made again.
   */
  restore(
    backupId: string,
    target: RecoveryTarget,
    planHash: string,
    progress: (doneBytes: number, totalBytes: number | null) => void,
  ): Promise<RecoveryResult>
  /**
   * The same for trial: timed part by part, and remembered as a drill of the backup. The folder stands until `endDrill`.
   */
  drill(
    backupId: string,
    target: RecoveryTarget,
    planHash: string,
    progress: (doneBytes: number, totalBytes: number | null) => void,
  ): Promise<Drill>
  /**
   * Removes a drill, or any restore that replaced nothing, from a folder that holds nothing else, for good; the drill of this
   * run is remembered with it. May be repeated. Throws `target.refused` where anything else stands there.
   */
  endDrill(target: RecoveryTarget): Promise<{ readonly removed: readonly string[] }>
  /** What has become of this run's restore by this plan. */
  state(target: RecoveryTarget, planHash: string): Promise<RecoveryState>
  /** Goes back to what stood before this run's last restore there; nothing where none stands, or it was taken back before. */
  rollBack(target: RecoveryTarget): Promise<RecoveryResult>
  /** What stands in the folder, by name; nothing where the folder is missing. */
  standing(target: RecoveryTarget): Promise<readonly string[]>
}
