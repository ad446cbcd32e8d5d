import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { base } from './base.ts'
import {
  backupId,
  check,
  count,
  durationMs,
  failure,
  id,
  level,
  sha256,
  sizeBytes,
  time,
  verdict,
} from './values.ts'
import { started } from './verify.ts'

export const plan = z.object({
  /** Of the plan's canonical text: what the operator confirms and the run demands. */
  hash: sha256,
  madeAt: time,
  system: z.string(),
  repository: z.string(),
  backupId,
  createdAt: time.nullable(),
  cluster: z.string().nullable(),
  targetDir: z.string(),
  /** What has to be typed. */
  confirm: z.string(),
  verdict,
  level,
  verifiedAt: time.nullable(),
  /** Words, worst first: what is gone for whoever used the target until now. */
  lost: z.array(z.object({ text: z.string(), grave: z.boolean() })),
  rows: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['file', 'folder']),
      thereNow: z.object({ kind: z.enum(['file', 'folder']) }).nullable(),
      /** Null: the backup has no such item. */
      fromBackup: z.object({ files: count, sizeBytes, digest: z.string() }).nullable(),
      becomes: z.enum(['new', 'replaced', 'movedAside', 'written']),
    }),
  ),
  /** Names in the target that are not the system's and stay as they are. */
  untouched: z.array(z.string()),
  steps: z.array(z.object({ does: z.string(), touches: z.string(), undo: z.string() })),
  objects: z.array(z.object({ key: z.string(), sizeBytes, sha256: sha256.nullable() })),
  spaceBytes: sizeBytes,
  freeBytes: sizeBytes,
  estimateMs: durationMs.nullable(),
  /** Where the estimate comes from, or why there is none. */
  estimateSource: z.string(),
  owner: z.string(),
  modes: z.string(),
  /** The plan's canonical text, to be saved. */
  text: z.string(),
})
export type Plan = z.infer<typeof plan>

/** The steps Check and Plan of a restore: what is looked at, how far the reading is, and in the end the plan. */
export const prepareEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('check'), check }),
  z.object({
    type: z.literal('progress'),
    phase: z.string(),
    doneBytes: sizeBytes,
    totalBytes: sizeBytes.nullable(),
  }),
  z.object({ type: z.literal('plan'), plan }),
  /** No plan can be made; the checks before it say why. */
  z.object({ type: z.literal('refused'), failure }),
])
export type PrepareEvent = z.infer<typeof prepareEvent>

export const restoreTarget = z.object({
  dir: z.string(),
  usedAt: time,
  clusterId: id.nullable(),
  backupId: backupId.nullable(),
  /** True where its last restore can be taken back; on a host, where one was: it is not asked for a list. */
  canRollBack: z.boolean(),
  /** A restore there was cut short; the next run there finishes or undoes it. */
  unfinished: z.boolean(),
})
export type RestoreTargetEntry = z.infer<typeof restoreTarget>

const reason = z.string().trim().max(500).optional()

export const restore = {
  /** Folders of earlier restores, newest first. */
  targets: base.output(z.array(restoreTarget)),
  /** Reads and proves what is not proved yet; changes nothing. Leaving it stops it. */
  prepare: base
    .input(z.strictObject({ clusterId: id, backupId, targetDir: z.string().min(1).max(4096) }))
    .output(eventIterator(prepareEvent)),
  /** Runs exactly the plan with this hash, or refuses. */
  start: base
    .input(
      z.strictObject({
        clusterId: id,
        backupId,
        targetDir: z.string().min(1).max(4096),
        planHash: sha256,
        confirm: z.string().max(1024),
        reason,
      }),
    )
    .output(started),
  /** Goes back to what stood in the target before its last restore. `confirm`: the last part of the target's path. */
  startRollback: base
    .input(
      z.strictObject({
        targetDir: z.string().min(1).max(4096),
        confirm: z.string().max(1024),
        reason,
      }),
    )
    .output(started),
}
