import * as z from 'zod'
import { base } from './base.ts'
import { accessInput, address } from './repositories.ts'
import { count } from './values.ts'

/** Where heads of the audit chain are kept out of this account's reach: a bucket with Object Lock. */
export const auditAnchorPlace = z.object({
  /** `s3:`; one place below it is for one installation. */
  address,
  access: z.object(accessInput.shape),
  /** A new head is anchored after so many entries, or so many minutes where there is a new one. */
  everyEntries: z.number().int().min(1).max(10_000),
  everyMinutes: z.number().int().min(1).max(1440),
  /** For so long nobody can delete an anchor, its owner either. */
  keepDays: z.number().int().min(1).max(36_500),
})
export type AuditAnchorPlace = z.infer<typeof auditAnchorPlace>

export const settingsValue = z.object({
  theme: z.enum(['system', 'light', 'dark']),
  contrast: z.enum(['system', 'normal', 'more']),
  /** Single letters as commands. */
  singleKeys: z.boolean(),
  /** Proof older than this is shown as old. */
  reverifyAfterDays: z.number().int().min(1).max(3650),
  /** A cluster whose last drill is older asks for one. */
  drillAfterDays: z.number().int().min(1).max(3650),
  /** How often the repositories are looked at. */
  lookEveryMinutes: z.number().int().min(1).max(1440),
  maxBytesPerSecond: count.min(1).nullable(),
  workers: z.number().int().min(1).max(99).nullable(),
  autoLockMinutes: z.number().int().min(1).max(1440),
  /** Null: the chain is not anchored. */
  auditAnchor: auditAnchorPlace.nullable(),
})
export type Settings = z.infer<typeof settingsValue>

export const settings = {
  get: base.output(settingsValue),
  set: base
    .input(
      z
        .strictObject({
          ...settingsValue.shape,
          auditAnchor: z.strictObject({ ...auditAnchorPlace.shape, access: accessInput }).nullable(),
        })
        .partial(),
    )
    .output(settingsValue),
}
