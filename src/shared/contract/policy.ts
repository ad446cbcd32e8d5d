import * as z from 'zod'
import { clusterMode } from './clusters.ts'
import { settingsValue } from './settings.ts'

/** How the console works by itself; how its window looks is nobody else's business. */
const lockable = settingsValue
  .pick({
    lookEveryMinutes: true,
    reverifyAfterDays: true,
    drillAfterDays: true,
    maxBytesPerSecond: true,
    workers: true,
    autoLockMinutes: true,
  })
  .strict()

export const lockableSetting = z.enum(Object.keys(lockable.shape) as (keyof typeof lockable.shape)[])
export type LockableSetting = z.infer<typeof lockableSetting>

/** What is not done here, whatever a repository or a connection says of itself. */
const refusal = z.enum([
  /** Credentials over `http:` to another machine. */
  'plainHttp',
  /** Certificates of masters that are not verified, whatever the reason. */
  'unverifiedTls',
])

/** The administrator's file, as it is written. */
export const policyDocument = z.strictObject({
  schema: z.literal(1),
  settings: lockable.partial().default({}),
  /** Each cluster is guarded at least so. */
  leastMode: clusterMode.default('normal'),
  refuse: z.array(refusal).default([]),
})

/** What the administrator of this machine has locked, and where it is written. */
export type Policy = Omit<z.infer<typeof policyDocument>, 'schema'> & { readonly file: string }

/** The values themselves are those of the settings. */
export const policyView = z.object({
  file: z.string(),
  locked: z.array(lockableSetting),
  leastMode: clusterMode,
  refuse: z.array(refusal),
})
export type PolicyView = z.infer<typeof policyView>
