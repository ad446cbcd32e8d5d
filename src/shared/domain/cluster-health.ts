import { drillFault, type LastDrill } from './drill-fault.ts'
import type { ErrorCode } from './error.ts'
import type { Failure } from './failure.ts'
import type { Level } from './level.ts'
import { postureFault, type JudgedPosture } from './posture-fault.ts'
import { ageWords, countOf, targetWords } from './size-words.ts'

/** What is known of a cluster from its repository, as far as its state follows from it. */
export interface JudgedCluster {
  readonly id: string
  readonly name: string
  readonly rpoMs: number
  readonly rtoMs: number | null
  readonly mode: 'normal' | 'protected' | 'readOnly'
  /** `none`: no connection to them is saved. */
  readonly masters: { readonly state: string }
  readonly look: JudgedLook | null
  /** Of its repository; null before it was judged. */
  readonly posture: JudgedPosture | null
}

export interface JudgedLook {
  readonly failure: Failure | null
  readonly backups: number
  readonly notProved: number
  readonly newest: { readonly backupId: string; readonly createdAt: string } | null
  readonly newestRestorable: {
    readonly backupId: string
    readonly createdAt: string
    readonly verifiedAt: string | null
  } | null
  readonly proved: { readonly failedAt: Level | null } | null
  readonly keyProof: { readonly state: string }
  readonly lastDrill: LastDrill | null
  readonly worst: {
    readonly code?: string
    readonly lead: string
    readonly detail: string
    readonly key: string | null
  } | null
}

export interface HealthRule {
  readonly nowMs: number
  /** Proof older than this is shown as old. */
  readonly reverifyAfterDays: number
}

/** `act`: it could not be restored as its target asks if it failed now. `attention`: not good, or not known to be good. */
export type HealthGroup = 'act' | 'attention' | 'good'

/** The one next action; where there is nothing to do, the reason is told and no button pretends. */
export type NextAction =
  'verify' | 'chain' | 'connection' | 'unlock' | 'keys' | 'backups' | 'snapshot' | 'drills' | 'posture'

export interface Health {
  readonly group: HealthGroup
  readonly tone: 'good' | 'warn' | 'bad' | 'unknown' | 'notProvable' | 'run'
  /** One or two words behind the cluster's name. */
  readonly word: string
  /** Why it is not good. `lead` ends with a full stop. */
  readonly reason: { readonly lead: string; readonly detail: string } | null
  readonly next: NextAction | null
  /** Of the newest restorable backup; null where there is none. */
  readonly newestAgeMs: number | null
  /** That age in targets. */
  readonly ratio: number | null
  readonly isProofOld: boolean
}

const dayMs = 86_400_000

/** Clocks that are kept by NTP differ by less. */
const clockToleranceMs = 5 * 60_000

const vaultCodes: ReadonlySet<ErrorCode> = new Set([
  'vault.none',
  'vault.locked',
  'vault.unavailable',
  'vault.damaged',
  'vault.lost',
])

/** The state of a cluster from one look at its repository, its target and the time. Nothing unproved is called good. */
export function healthOf(cluster: JudgedCluster, rule: HealthRule): Health {
  const { look } = cluster
  const newestAgeMs = ageOf(look?.newestRestorable?.createdAt, rule.nowMs)
  const verifiedAgeMs = ageOf(look?.newestRestorable?.verifiedAt, rule.nowMs)
  const measured = {
    newestAgeMs,
    ratio: newestAgeMs === null ? null : newestAgeMs / cluster.rpoMs,
    isProofOld: verifiedAgeMs !== null && verifiedAgeMs > rule.reverifyAfterDays * dayMs,
  }
  if (look === null) {
    return {
      ...measured,
      group: 'attention',
      tone: 'run',
      word: 'Not looked at yet',
      reason: null,
      next: null,
    }
  }
  return { ...measured, ...stateOf(cluster, look, rule, measured) }
}

type State = Pick<Health, 'group' | 'tone' | 'word' | 'reason' | 'next'>
type Measured = Pick<Health, 'newestAgeMs' | 'ratio' | 'isProofOld'>

function stateOf(cluster: JudgedCluster, look: JudgedLook, rule: HealthRule, measured: Measured): State {
  if (look.failure !== null) return unreachable(look.failure)
  if (look.backups === 0) {
    return bad('No backups', {
      reason: {
        lead: 'No backups.',
        detail: 'The repository answers and may be listed; no backup is in it.',
      },
      next: canSnapshot(cluster) ? 'snapshot' : 'connection',
    })
  }
  if (look.newestRestorable === null) return nothingRestorable(look)
  const newest = newestState(cluster, look, rule, measured)
  if (newest?.group === 'act') return newest
  return (
    clockState(look, rule) ??
    newest ??
    lesserState(look, measured) ??
    drillState(cluster, look) ??
    postureState(cluster) ?? { group: 'good', tone: 'good', word: 'Good', reason: null, next: null }
  )
}

/** A backup from the future looks young for as long as its clock is ahead, so that no age can be trusted. */
function clockState({ newest }: JudgedLook, { nowMs }: HealthRule): State | null {
  const aheadMs = newest === null ? 0 : Date.parse(newest.createdAt) - nowMs
  if (aheadMs <= clockToleranceMs) return null
  return warn('Clocks differ', {
    reason: {
      lead: 'A clock is wrong.',
      detail: `The newest backup says that it is made ${ageWords(aheadMs)} from now. Until the clocks of this computer and of the cluster agree, ages are not to be trusted.`,
    },
    next: 'backups',
  })
}

function unreachable(failure: Failure): State {
  const reason = {
    lead: failure.what,
    detail: [failure.why, failure.next].filter((part) => part !== undefined).join(' '),
  }
  if (vaultCodes.has(failure.code)) {
    const word = failure.code === 'vault.locked' ? 'Vault locked' : 'No secret'
    const next = failure.code === 'vault.locked' ? 'unlock' : 'connection'
    return { group: 'attention', tone: 'unknown', word, reason, next }
  }
  return bad('Not readable', { reason, next: 'connection' })
}

function nothingRestorable(look: JudgedLook): State {
  if (look.keyProof.state === 'noKey') {
    return {
      group: 'attention',
      tone: 'unknown',
      word: 'No key',
      reason: {
        lead: 'No key.',
        detail: 'The backups are sealed and no master key is given, so none of them can be proved.',
      },
      next: 'keys',
    }
  }
  if (look.notProved > 0 && (look.proved?.failedAt ?? null) === null) {
    return {
      group: 'attention',
      tone: 'unknown',
      word: 'Not proved',
      reason: {
        lead: 'Not proved.',
        detail: `Of ${countOf(look.backups, 'backup')} none has been read to the end; nothing says that they are bad.`,
      },
      next: 'verify',
    }
  }
  return bad('Nothing to restore', {
    reason: look.worst,
    next: whereToLook(look),
  })
}

/** What the newest backup and the age of the newest restorable one say. */
function newestState(
  cluster: JudgedCluster,
  look: JudgedLook,
  { nowMs }: HealthRule,
  { newestAgeMs, ratio }: Measured,
): State | null {
  if (newestAgeMs === null || ratio === null) return null
  const { rpoMs } = cluster
  const isNewest = look.newest === null || look.newest.backupId === look.newestRestorable?.backupId
  const ages = `${ageWords(newestAgeMs)} old, the target is ${targetWords(rpoMs)}`
  if (!isNewest && ((look.proved?.failedAt ?? null) !== null || look.notProved === 0)) {
    const next = whereToLook(look)
    if (ratio > 1) return bad('Not restorable', { reason: look.worst, next })
    const word = look.worst?.code === 'backup.empty' ? 'Newest empty' : 'Newest failed'
    return warn(word, { reason: look.worst, next })
  }
  if (!isNewest && ratio > 1) {
    return {
      group: 'attention',
      tone: 'unknown',
      word: 'Newest not proved',
      reason: { lead: 'Newer ones are not proved.', detail: `The newest proved backup is ${ages}.` },
      next: 'verify',
    }
  }
  if (ratio > 1) {
    const newestMs = ageOf(look.newest?.createdAt, nowMs)
    const state = {
      reason: {
        lead: 'Run missing.',
        detail: `The newest backup is ${ageWords(newestMs ?? newestAgeMs)} old, the target is ${targetWords(rpoMs)}. Nothing newer lies in the repository.`,
      },
      next: canSnapshot(cluster) ? ('snapshot' as const) : ('backups' as const),
    }
    return ratio > 2 ? bad('Overdue', state) : warn('Overdue', state)
  }
  return null
}

/** Its masters can be asked for a backup: how they are reached is known, and asking is allowed. */
export function canSnapshot({ masters, mode }: Pick<JudgedCluster, 'masters' | 'mode'>): boolean {
  return masters.state !== 'none' && mode !== 'readOnly'
}

/** What is wrong although it can be restored. */
function lesserState(look: JudgedLook, { isProofOld }: Measured): State | null {
  if (look.worst !== null) {
    return warn(look.keyProof.state === 'refused' ? 'Another key' : 'Attention', {
      reason: look.worst,
      next: whereToLook(look),
    })
  }
  if (look.notProved > 0 && look.newest?.backupId === look.newestRestorable?.backupId) {
    return {
      group: 'attention',
      tone: 'unknown',
      word: 'Not all proved',
      reason: {
        lead: 'Older ones are not proved.',
        detail: `The newest backup is proved, ${countOf(look.notProved, 'older one')} ${look.notProved === 1 ? 'is' : 'are'} not.`,
      },
      next: 'verify',
    }
  }
  if (isProofOld) {
    return warn('Proof is old', {
      reason: {
        lead: 'Old proof.',
        detail: 'The newest restorable backup was read longer ago than is allowed.',
      },
      next: 'verify',
    })
  }
  return null
}

function drillState({ rtoMs }: JudgedCluster, { lastDrill }: JudgedLook): State | null {
  const fault = drillFault(lastDrill, rtoMs)
  return fault === null ? null : warn(fault.word, { reason: fault.reason, next: 'drills' })
}

function postureState({ posture }: JudgedCluster): State | null {
  const fault = postureFault(posture)
  return fault === null ? null : warn(fault.word, { reason: fault.reason, next: 'posture' })
}

/** What an object does shows on the chain map; what is sealed for another key wants that key. */
function whereToLook({ worst }: JudgedLook): NextAction {
  if (worst?.code === 'envelope.wrongKey') return 'keys'
  return (worst?.key ?? null) === null ? 'backups' : 'chain'
}

function bad(word: string, rest: Pick<State, 'reason' | 'next'>): State {
  return { group: 'act', tone: 'bad', word, ...rest }
}

function warn(word: string, rest: Pick<State, 'reason' | 'next'>): State {
  return { group: 'attention', tone: 'warn', word, ...rest }
}

function ageOf(time: string | null | undefined, nowMs: number): number | null {
  return time === null || time === undefined ? null : Math.max(0, nowMs - Date.parse(time))
}

export interface JudgedHealth<C> {
  readonly cluster: C
  readonly health: Health
}
