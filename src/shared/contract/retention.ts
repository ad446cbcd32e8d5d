import * as z from 'zod'
import { base } from './base.ts'
import { backupId, count, id, restorability, sha256, sizeBytes, time } from './values.ts'
import { started } from './verify.ts'

const wholeNumber = z.number().int().min(1).max(1_000_000)

/** What is kept; null: no such rule. Rules that keep nothing are refused. */
export const retentionRules = z.strictObject({
  keepLast: wholeNumber.nullable(),
  keepDays: wholeNumber.nullable(),
  /** No more than so many for being young enough alone. */
  atMost: wholeNumber.nullable(),
})

/** A backup that no rule deletes, until somebody says otherwise. */
export const retentionPin = z.strictObject({
  backupId,
  /** Why it is kept. */
  reason: z.string().trim().min(1).max(500),
  at: time,
})

export const mostPins = 1_000

/** As it is saved with a cluster. */
export const savedRetention = z.strictObject({
  /** Null: nobody has said what is kept. */
  rules: retentionRules.nullable(),
  /** What failed uploads and cut deletions left behind goes as well. */
  sweepsOrphans: z.boolean(),
  pins: z.array(retentionPin).max(mostPins),
})
export type SavedRetention = z.infer<typeof savedRetention>

const retentionView = z.object({
  ...savedRetention.shape,
  /** What this kind of cluster keeps where nobody says what; null: there is no usual answer. */
  usual: retentionRules.nullable(),
  /** Other saved clusters with the same repository: their pins hold here, and their modes count. */
  sharedWith: z.array(z.string()),
})
export type RetentionView = z.infer<typeof retentionView>

export const retentionPreview = z.object({
  /** Of the plan's canonical text: what the operator confirms and the run demands. */
  hash: sha256,
  rules: retentionRules,
  sweepsOrphans: z.boolean(),
  /** Every backup, newest first. */
  rows: z.array(
    z.object({
      backupId,
      createdAt: time.nullable(),
      fate: z.enum(['keep', 'delete']),
      /** A sentence. */
      reason: z.string(),
      restorability,
      /** Stored bytes that go with it. */
      freesBytes: sizeBytes,
      /** Of one that goes: objects that it points to and that stay, because backups that are kept need them. */
      staysObjects: count,
      isPinned: z.boolean(),
    }),
  ),
  /** Objects of no backup, by the place where they lie. */
  orphans: z.array(
    z.object({
      name: z.string(),
      fate: z.enum(['keep', 'delete']),
      reason: z.string(),
      objects: count,
      sizeBytes,
    }),
  ),
  /** Objects that go. */
  objects: count,
  freesBytes: sizeBytes,
  /** What follows from it, a sentence each. */
  effects: z.array(z.string()),
  commandLine: z.string(),
})
export type RetentionPreview = z.infer<typeof retentionPreview>

const reason = z.string().trim().max(500).optional()
const of = z.strictObject({ clusterId: id })
const wanted = { clusterId: id, rules: retentionRules, sweepsOrphans: z.boolean() }

/** What is kept of a cluster's backups, and the deletion of the rest. Nothing is ever deleted without being asked for. */
export const retention = {
  get: base.input(of).output(retentionView),
  /** Saves what is kept; deletes nothing. */
  setRules: base
    .input(z.strictObject({ ...wanted, rules: retentionRules.nullable(), reason }))
    .output(retentionView),
  /** Keeps one backup whatever the rules say. */
  pin: base
    .input(z.strictObject({ clusterId: id, backupId, reason: retentionPin.shape.reason }))
    .output(retentionView),
  unpin: base.input(z.strictObject({ clusterId: id, backupId, reason })).output(retentionView),
  /** What these rules would delete now, with a reason for each backup; changes nothing. */
  preview: base.input(z.strictObject(wanted)).output(retentionPreview),
  /** Deletes exactly what was previewed under this hash, or refuses. `confirm`: the cluster's name. */
  apply: base
    .input(z.strictObject({ ...wanted, hash: sha256, confirm: z.string().max(1024), reason }))
    .output(started),
}
