import * as z from 'zod'
import { base } from './base.ts'
import { clusterMode } from './clusters.ts'
import { connectionValues, hostKeys } from './connection-fields.ts'
import { savedDrillSchedule } from './drills.ts'
import { ownSchedule } from './masters.ts'
import { accessInput, address } from './repositories.ts'
import { savedRetention } from './retention.ts'
import { auditAnchorPlace, settingsValue } from './settings.ts'
import { backupId, count, durationMs, id, sha256, systemName, time } from './values.ts'
import { credentialKind } from './vault.ts'

/** What a file of a setup says it is. A newer one is not read. */
export const setupFormat = { name: 'holdfast-setup', version: 1 } as const

/** A credential as a setup names it: nothing of its secret, and no id, which means another one elsewhere. */
export const credentialName = z.strictObject({ label: z.string().min(1).max(120), kind: credentialKind })
export type CredentialName = z.infer<typeof credentialName>

const setupAccess = z.strictObject({
  ...accessInput.shape,
  credential: z.discriminatedUnion('source', [
    z.strictObject({ source: z.literal('vault'), ...credentialName.shape }),
    z.strictObject({ source: z.literal('environment') }),
    z.strictObject({ source: z.literal('profile'), profile: z.string().min(1).max(128) }),
    z.strictObject({ source: z.literal('none') }),
  ]),
})
export type SetupAccess = z.infer<typeof setupAccess>

const name = z
  .string()
  .min(1)
  .max(120)
  .refine((text) => text.trim() === text, 'A name does not begin or end with a space.')

const setupRepository = z.strictObject({ id, name, system: systemName, address, access: setupAccess })

const setupCluster = z.strictObject({
  id,
  name,
  system: systemName,
  /** The id of one in the same document. */
  repository: id,
  mode: clusterMode,
  masterKeys: z.array(credentialName).max(8),
  rpoMs: durationMs.min(60_000),
  rtoMs: durationMs.min(60_000).nullable(),
  addedAt: time,
  /** Where a form has a credential, its name stands. */
  connection: connectionValues.nullable(),
  hostKeys,
  ownSchedule: ownSchedule.nullable(),
  drillSchedule: savedDrillSchedule.nullable(),
  retention: savedRetention,
})
export type SetupCluster = z.infer<typeof setupCluster>

/** The setup of an installation, to be taken along: readable, closed, and without any secret. */
export const setupDocument = z.strictObject({
  format: z.literal(`${setupFormat.name}/${setupFormat.version}`),
  settings: z.strictObject({
    ...settingsValue.shape,
    auditAnchor: z.strictObject({ ...auditAnchorPlace.shape, access: setupAccess }).nullable(),
  }),
  repositories: z.array(setupRepository).max(10_000),
  clusters: z.array(setupCluster).max(10_000),
  /** Folders that something was restored into. */
  targets: z
    .array(
      z.strictObject({
        dir: z.string().min(1).max(4096),
        usedAt: time,
        clusterId: id.nullable(),
        backupId: backupId.nullable(),
      }),
    )
    .max(10_000),
})
export type SetupDocument = z.infer<typeof setupDocument>

/** A credential that has to be given by hand, and what waits for it. */
const missingCredential = z.object({
  label: z.string(),
  kind: credentialKind,
  wantedBy: z.string(),
  /** How many here have this label and kind: none, or too many to tell which one is meant. */
  there: count,
})

const setupRow = z.object({
  of: z.enum(['repository', 'cluster', 'target', 'settings']),
  name: z.string(),
  fate: z.enum(['add', 'change', 'same', 'refuse']),
  /** Of what is refused: a sentence or two. */
  because: z.string().nullable(),
  fields: z.array(
    z.object({
      field: z.string(),
      before: z.string().nullable(),
      after: z.string().nullable(),
      /** Why less is asked for, or more is trusted, than now; null: it is not. */
      weakens: z.string().nullable(),
    }),
  ),
})
export type SetupRow = z.infer<typeof setupRow>

const setupPlan = z.object({
  /** What an import demands: of this document and of what it changes here. */
  hash: sha256,
  rows: z.array(setupRow),
  missing: z.array(missingCredential),
  adds: count,
  changes: count,
  same: count,
  refuses: count,
  weakenings: count,
  /** Something gets weaker, or a protected cluster is changed. */
  needsReason: z.boolean(),
})
export type SetupPlan = z.infer<typeof setupPlan>

/** What an import is not read beyond; the largest fleet stays far below. */
export const largestSetupBytes = 4 * 1024 * 1024

export const setup = {
  /** The document as text. `leftOut`: what was not taken along, a sentence each. */
  export: base.output(z.object({ text: z.string(), leftOut: z.array(z.string()) })),
  /** What an import of this text would do; changes nothing. */
  importPlan: base.input(z.strictObject({ text: z.string() })).output(setupPlan),
  /** Does exactly what was planned under this hash, or refuses. Nothing that is saved here is removed. */
  importApply: base
    .input(z.strictObject({ text: z.string(), hash: sha256, reason: z.string().trim().max(500).optional() }))
    .output(setupPlan),
}
