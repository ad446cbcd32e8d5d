import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { base } from './base.ts'
import { policyView } from './policy.ts'
import { count } from './values.ts'

export const hostInfo = z.object({
  version: z.string(),
  shell: z.enum(['electron', 'browser', 'commandLine']),
  /** Where this installation keeps its files. */
  stateFolder: z.string(),
  /** What the administrator of this machine has locked; null: nothing. */
  policy: policyView.nullable(),
  /** Sentences that the operator should know: an old runtime, another instance, a broken file that was left alone. */
  notices: z.array(z.object({ id: z.string(), severity: z.enum(['warning', 'error']), text: z.string() })),
  /** True where another running instance holds the saved state: this one only reads it. */
  stateIsReadOnly: z.boolean(),
  /** Repositories and masters that are configured: the only places it talks to. */
  targets: count,
})
export type HostInfo = z.infer<typeof hostInfo>

/**
 * What may have changed; a listener asks again for what it shows. `row`: of a cluster no more than its row, as a look at its
 * backups has begun, or has failed and brought nothing new of them.
 */
export const change = z.object({
  topic: z.enum([
    'fleet',
    'cluster',
    'row',
    'masters',
    'repositories',
    'postures',
    'jobs',
    'runbooks',
    'drills',
    'audit',
    'vault',
    'settings',
    'host',
  ]),
  /** The one thing that changed, where only one did. */
  id: z.string().optional(),
})
export type Change = z.infer<typeof change>

export const host = {
  info: base.output(hostInfo),
  /** Begins with nothing; ends only with the call. */
  changes: base.output(eventIterator(change)),
  /** The window tells whether it is seen, so that a finished job is told by the system's notification only where it is not. */
  setVisible: base.input(z.strictObject({ visible: z.boolean() })).output(z.object({})),
}
