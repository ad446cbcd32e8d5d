import { newerFirst } from '../../../shared/domain/older-first.ts'
import { lowerOf, reaches, type VerifiableLevel } from '../../../shared/domain/level.ts'
import { verdictOf, type Verdict } from '../../../shared/domain/verdict.ts'
import type { BackupReport, Evidence, InventoryBackup, ObjectEvidence } from '../../ports/backup-system.ts'
import type { RepositoryMemory } from '../../ports/catalog.ts'
import type { MasterKey } from '../../ports/master-key.ts'
import type { ObjectInfo } from '../../ports/object-store.ts'
import type { Drill } from '../../../shared/domain/drill.ts'
import { restoredBefore } from '../drill/content.ts'
import type { ProgressListener } from '../../ports/progress.ts'
import { mapInTurns } from '../in-turns.ts'
import { mapInParallel } from '../../../shared/domain/parallel.ts'
import { isHoldfastError } from '../../../shared/domain/error.ts'
import { examineObject, sniffObject, type ExamineOptions, type ExamineTools } from './examine-object.ts'
import { doubtsOf } from './doubted.ts'
import { learnPin } from './cluster-pin.ts'
import { rememberFirst } from './remember-first.ts'
import { rememberIntact } from './remember-intact.ts'
import { readingOrder } from './reading-order.ts'
import { forKeys, isEnough, type GivenKeys, type ReadingNeeds } from './remembered-facts.ts'

export interface VerifyRequest {
  /** What the format can prove at most, and the walker that proves it. */
  readonly system: {
    readonly highestLevel: VerifiableLevel
    readonly walk: ReadingNeeds['walk']
    readonly recordsMd5?: boolean
  }
  /** Null: left to the console, which goes as far as the format allows. */
  readonly level: VerifiableLevel | null
  /** `everything`: also what is remembered; `rememberedOnly`: nothing, judge from what is known. */
  readonly reading: 'whereNeeded' | 'everything' | 'rememberedOnly'
}

export interface VerifyTools extends ExamineTools, GivenKeys {
  readonly masterKeys: readonly MasterKey[]
  readonly memory: RepositoryMemory
}

export interface VerifiedBackup {
  readonly backup: InventoryBackup
  readonly verdict: Verdict
  readonly report: BackupReport
  /** When the last drill wrote these very bytes and read them back; null where none did. */
  readonly restoredAt: string | null
}

export interface VerifyResult {
  /** In the order of the backups given, unless reading them told better times: newest first. */
  readonly backups: readonly VerifiedBackup[]
  /** As handed to the judges; a plan is made from the same evidence. */
  readonly evidence: Evidence
  readonly objectsRead: number
  readonly bytesRead: number
}

/**
 * Verifies backups: every distinct object that they need is read at most once, whatever the number of backups that
 * point to it, then each backup is judged from what was learnt. An object that cannot be read is a finding, not an end;
 * only a repository that refuses everything (or an abort) throws.
 */
export async function verifyBackups(
  backups: readonly InventoryBackup[],
  { system, level, reading }: VerifyRequest,
  tools: VerifyTools,
  options: { readonly signal?: AbortSignal; readonly onProgress?: ProgressListener } = {},
): Promise<VerifyResult> {
  const aim = level === null ? system.highestLevel : lowerOf(level, system.highestLevel)
  const objects = reaches(aim, 'intact') ? distinct(backups) : []
  const needs = needsByObject(backups, system, aim)
  const drills = tools.memory.drills()
  const isDoubted = doubtsOf(backups, drills)
  const known = new Map<string, ObjectEvidence>()
  const toRead: ObjectInfo[] = []
  for (const info of objects) {
    const facts = reading === 'everything' ? null : tools.memory.facts(info.key)
    if (facts !== null && !isDoubted(info.key, facts) && isEnough(facts, info, needs(info), tools)) {
      const before = tools.memory.firstHash(info.key)
      known.set(info.key, { kind: 'read', facts: forKeys(facts, tools), before, remembered: true })
    } else if (reading !== 'rememberedOnly') {
      toRead.push(info)
    }
  }

  const totalBytes = toRead.reduce((sum, info) => sum + info.sizeBytes, 0)
  let bytesRead = 0
  const report = (): void => {
    if (totalBytes > 0) options.onProgress?.({ phase: 'reading objects', doneBytes: bytesRead, totalBytes })
  }
  const onBytes = (count: number): void => {
    bytesRead += count
    report()
  }
  report()
  for (const { infos, atOnce, rangesAtOnce } of readingOrder(toRead, tools.byteWork.parallel)) {
    await mapInParallel(infos, atOnce, async (info) => {
      known.set(info.key, await examine(info, needs(info), tools, { ...options, onBytes, rangesAtOnce }))
    })
  }

  const beginnings = new Map<string, 'empty' | 'envelope' | 'gzip' | 'other'>()
  const evidence: Evidence = {
    level: aim,
    levelAskedFor: level !== null,
    masterKeys: tools.masterKeys,
    pin: tools.memory.pin(),
    object: (key) => known.get(key) ?? { kind: 'notRead' },
    beginning: (key) => {
      const seen = known.get(key)
      return seen?.kind === 'read' ? seen.facts.beginning : (beginnings.get(key) ?? null)
    },
    hasOpenedSibling: (header) => tools.keyRing.hasOpened(header.kdf) || rememberedOpening(known, header.kdf),
  }
  const sniffs = distinctInfos(
    (await mapInTurns(backups, (backup) => backup.objectsToSniff?.(evidence) ?? [])).flat(),
  )
  await mapInParallel(
    sniffs.filter((info) => evidence.beginning(info.key) === null),
    8,
    async (info) => {
      const beginning = await sniffObject(tools.store, info, options.signal)
      if (beginning !== null) beginnings.set(info.key, beginning)
    },
  )

  const judged = newestFirst(await mapInTurns(backups, (backup) => judge(backup, evidence, drills)))
  if (reading !== 'rememberedOnly') {
    const reports = judged.map(({ report }) => report)
    const read = new Map(
      [...known].flatMap(([key, seen]) => (seen.kind === 'read' ? [[key, seen.facts] as const] : [])),
    )
    rememberIntact(reports, tools.memory)
    rememberFirst(read, reports, tools.memory)
    const at = new Date(tools.clock.now()).toISOString()
    tools.memory.setPin(
      learnPin(evidence.pin, {
        clusters: backups.map(({ cluster }) => cluster),
        facts: [...read.values()],
        at,
      }),
    )
  }
  return {
    backups: judged,
    evidence,
    objectsRead: toRead.length,
    bytesRead,
  }
}

/** What the reading of each object has to answer for a level. */
export function needsByObject(
  backups: readonly Pick<InventoryBackup, 'objects' | 'walkOptions'>[],
  system: Pick<VerifyRequest['system'], 'walk' | 'recordsMd5'>,
  aim: VerifiableLevel,
): (info: ObjectInfo) => ReadingNeeds {
  const usual = needsOf(system, aim)
  const { walk } = system
  const own = new Map<string, ReadingNeeds>()
  for (const { objects, walkOptions } of backups) {
    if (walkOptions === undefined || walk === null) continue
    for (const { key } of objects)
      if (!own.has(key)) own.set(key, { ...usual, walk: { walker: walk.walker, options: walkOptions(key) } })
  }
  return ({ key }) => own.get(key) ?? usual
}

function needsOf(
  { walk, recordsMd5 = false }: Pick<VerifyRequest['system'], 'walk' | 'recordsMd5'>,
  aim: VerifiableLevel,
): ReadingNeeds {
  return {
    open: reaches(aim, 'decrypts'),
    hashPlain: reaches(aim, 'matches'),
    ...(recordsMd5 && { md5: true }),
    walk: reaches(aim, 'matches') ? walk : null,
  }
}

/** By the time that is known after the reading, then by id; those without a time last. */
function newestFirst(verified: readonly VerifiedBackup[]): readonly VerifiedBackup[] {
  const madeOf = ({ backup, report }: VerifiedBackup): Parameters<typeof newerFirst>[0] => ({
    backupId: backup.backupId,
    createdAt: report.createdAt ?? backup.createdAt,
  })
  return verified.toSorted((a, b) => newerFirst(madeOf(a), madeOf(b)))
}

function judge(backup: InventoryBackup, evidence: Evidence, drills: readonly Drill[]): VerifiedBackup {
  const report = backup.judge(evidence)
  const findings = [...report.findings, ...report.stores.flatMap((store) => store.findings)]
  // Nothing at all proves nothing, unless that is what the backup is: it holds no part.
  const isToldEmpty = findings.some(({ code }) => code === 'backup.empty')
  // A failure without a finding of its own would be called good: it leaves the question open at least.
  const provedToTheEnd =
    (report.stores.length > 0 || isToldEmpty) &&
    report.stores.every((store) => !store.stoppedShort && store.failedAt === null)
  const verdict = verdictOf(findings, provedToTheEnd)
  const restored =
    verdict === 'good' || verdict === 'warning' ? restoredBefore(backup, evidence, drills) : null
  if (restored === null) return { backup, verdict, report, restoredAt: null }
  const restoredAt = restored.finishedAt
  return { backup, verdict, report: asRestored(report, restoredAt), restoredAt }
}

/** A drill reads every byte, too. */
function asRestored(report: BackupReport, at: string): BackupReport {
  return {
    ...report,
    stores: report.stores.map((store) => ({
      ...store,
      levelReached: 'restored',
      verifiedAt: store.verifiedAt === null || store.verifiedAt < at ? at : store.verifiedAt,
    })),
  }
}

async function examine(
  info: ObjectInfo,
  needs: ReadingNeeds,
  tools: VerifyTools,
  options: ExamineOptions,
): Promise<ObjectEvidence> {
  try {
    const facts = await examineObject(info, needs, tools, options)
    const before = tools.memory.firstHash(info.key)
    tools.memory.remember(info.key, facts)
    return { kind: 'read', facts, before, remembered: false }
  } catch (error) {
    if (!isHoldfastError(error) || error.code === 'cancelled') throw error
    if (error.code === 'object.missing') return { kind: 'vanished' }
    if (error.code === 'object.changed') return { kind: 'replaced', reason: error.message }
    return { kind: 'unreachable', reason: error.message }
  }
}

function rememberedOpening(
  known: ReadonlyMap<string, ObjectEvidence>,
  kdf: { readonly salt: string; readonly iterations: number },
): boolean {
  for (const seen of known.values()) {
    if (seen.kind !== 'read' || seen.facts.envelope?.outcome !== 'sealed') continue
    const { header, opening } = seen.facts.envelope
    if (
      opening.outcome === 'opened' &&
      header.kdf.salt === kdf.salt &&
      header.kdf.iterations === kdf.iterations
    ) {
      return true
    }
  }
  return false
}

function distinct(backups: readonly InventoryBackup[]): readonly ObjectInfo[] {
  return distinctInfos(backups.flatMap((backup) => backup.objects))
}

function distinctInfos(infos: readonly ObjectInfo[]): readonly ObjectInfo[] {
  return [...new Map(infos.map((info) => [info.key, info])).values()]
}
