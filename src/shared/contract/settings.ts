import * as z from 'zod'
import { base } from './base.ts'
import { count } from './values.ts'

export const settingsValue = z.object({
  theme: z.enum(['system', 'light', 'dark']),
  contrast: z.enum(['system', 'normal', 'more']),
  /** Single letters as commands. */
  singleKeys: z.boolean(),
  /** Proof older than this is shown as old. */
  reverifyAfterDays: z.number().int().min(1).max(3650),
  /** How often the repositories are looked at. */
  lookEveryMinutes: z.number().int().min(1).max(1440),
  maxBytesPerSecond: count.min(1).nullable(),
  workers: z.number().int().min(1).max(99).nullable(),
  autoLockMinutes: z.number().int().min(1).max(1440),
})
export type Settings = z.infer<typeof settingsValue>

export const settings = {
  get: base.output(settingsValue),
  set: base.input(z.strictObject(settingsValue.shape).partial()).output(settingsValue),
}
