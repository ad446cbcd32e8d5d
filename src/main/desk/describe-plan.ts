import type { Plan } from '../../shared/contract/restore.ts'
import { canonicalJson } from '../../shared/domain/canonical-json.ts'
import type { RestorePlan } from '../../shared/domain/restore-plan.ts'
import { spanWords } from '../../shared/domain/size-words.ts'
import { estimateOf } from '../operations/estimate-plan.ts'
import type { OpenRepository } from '../operations/open-repository.ts'
import type { BackupPlan } from '../operations/plan-backup.ts'
import { reachOf } from '../operations/view-repository.ts'
import type { TargetSurvey } from '../ports/restore-target.ts'

/** A plan in the words of the screens, beside its own canonical text. */
export function describePlan(
  { plan, hash, system, verified, state }: BackupPlan,
  {
    opened,
    nowMs,
    survey,
  }: {
    readonly opened: OpenRepository
    readonly nowMs: number
    readonly survey: TargetSurvey
  },
): Plan {
  const { level, verifiedAt } = reachOf(verified)
  const managed = new Set(plan.manages)
  const estimate = estimateOf(plan, opened.memory.drills())
  return {
    hash,
    madeAt: new Date(nowMs).toISOString(),
    system: plan.system,
    repository: plan.repository,
    backupId: plan.backupId,
    createdAt: plan.createdAt,
    cluster: plan.cluster,
    targetDir: plan.targetDir,
    confirm: plan.confirm,
    verdict: verified.verdict,
    level,
    verifiedAt,
    lost: [
      ...(system.restoreWarning === undefined ? [] : [{ text: system.restoreWarning, grave: true }]),
      ...lostWords(plan, nowMs),
    ],
    rows: planRows(plan),
    untouched: survey.entries.map(({ name }) => name).filter((name) => !managed.has(name)),
    steps: plan.steps.map(({ does, touches, undo }) => ({ does, touches, undo })),
    objects: plan.objects.map(({ key, version, sha256 }) => ({ key, sizeBytes: version.sizeBytes, sha256 })),
    spaceBytes: plan.spaceBytes,
    freeBytes: state.freeBytes,
    estimateMs: estimate?.ms ?? null,
    estimateSource: estimate?.source ?? 'No drill has measured a restore of this size here.',
    owner: ownerWords(plan),
    modes: `files ${plan.fileMode}, folders ${plan.folderMode}`,
    text: canonicalJson(plan),
  }
}

function lostWords({ replaces, createdAt, targetDir }: RestorePlan, nowMs: number): Plan['lost'] {
  if (replaces.length === 0) {
    return [{ text: `Nothing: no store stands in ${targetDir} yet.`, grave: false }]
  }
  const names = replaces.map(({ name }) => name).join(', ')
  return [
    createdAt === null
      ? { text: `What stands there now is replaced by a backup whose time is not known.`, grave: true }
      : {
          text: `${spanWords(nowMs - Date.parse(createdAt))} of changes: what was written since ${createdAt.slice(0, 19).replace('T', ' ')} UTC is not in this backup.`,
          grave: true,
        },
    {
      text: `${names}: kept beside the new ones under a .before-restore- name, so nothing is deleted.`,
      grave: false,
    },
  ]
}

function planRows({ items, generated, replaces }: RestorePlan): Plan['rows'] {
  const there = new Map(replaces.map(({ name, kind }) => [name, kind]))
  const incoming = new Set(items.map(({ name }) => name))
  return [
    ...items.map(({ name, kind, files, sizeBytes, digest }) => {
      const now = there.get(name)
      return {
        name,
        kind,
        thereNow: now === undefined ? null : { kind: now },
        fromBackup: { files, sizeBytes, digest },
        becomes: now === undefined ? ('new' as const) : ('replaced' as const),
      }
    }),
    ...generated.map(({ name }) => {
      const now = there.get(name)
      return {
        name,
        kind: 'file' as const,
        thereNow: now === undefined ? null : { kind: now },
        fromBackup: null,
        becomes: 'written' as const,
      }
    }),
    ...replaces
      .filter(({ name }) => !incoming.has(name) && !generated.some((file) => file.name === name))
      .map(({ name, kind }) => ({
        name,
        kind,
        thereNow: { kind },
        fromBackup: null,
        becomes: 'movedAside' as const,
      })),
  ]
}

function ownerWords({ items }: RestorePlan): string {
  const owner = items[0]?.owner ?? null
  return owner === null ? 'the account that runs the restore' : `user ${owner.uid}, group ${owner.gid}`
}
