import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { postureCheckIds, postureStates } from '../domain/posture-check.ts'
import { base } from './base.ts'
import { check, count, failure, fingerprint, id, sizeBytes, systemName, time, verdict } from './values.ts'

/** Beside the address: how it is reached. Nothing in it is a secret. */
export const accessInput = z.strictObject({
  credential: z.discriminatedUnion('source', [
    z.strictObject({ source: z.literal('vault'), id }),
    z.strictObject({ source: z.literal('environment') }),
    z.strictObject({ source: z.literal('profile'), profile: z.string().min(1).max(128) }),
    /** A folder needs none; SFTP uses the agent or the key files. */
    z.strictObject({ source: z.literal('none') }),
  ]),
  caFile: z.string().max(4096).nullable(),
  allowHttp: z.boolean(),
  sshKeyFiles: z.array(z.string().max(4096)).max(8),
  hostKey: fingerprint.nullable(),
  maxBytesPerSecond: count.min(1).nullable(),
})
export type Access = z.infer<typeof accessInput>

/** Of a place that asks for nothing, such as a folder. */
export const noAccess = {
  credential: { source: 'none' as const },
  caFile: null,
  allowHttp: false,
  sshKeyFiles: [] as string[],
  hostKey: null,
  maxBytesPerSecond: null,
} satisfies Access

export const address = z.string().min(1).max(4096)

export const repository = z.object({
  id,
  name: z.string(),
  address,
  system: systemName,
  access: z.object(accessInput.shape),
  clusters: z.array(z.object({ id, name: z.string() })),
  /** As last seen; null before the first look. */
  seen: z
    .object({ at: time, objects: count, storedBytes: sizeBytes, backups: count, failure: failure.nullable() })
    .nullable(),
})
export type Repository = z.infer<typeof repository>

export const usage = z.object({
  asOf: time,
  objects: count,
  storedBytes: sizeBytes,
  /** What the backups would take if each held its own copy of everything it points to. */
  withoutSharingBytes: sizeBytes,
  manifestBytes: sizeBytes,
  backups: count,
  /** By store, where the system names stores. */
  stores: z.array(z.object({ store: z.string(), objects: count, bytes: sizeBytes })),
  /** Objects that no readable backup points to, largest first; at most 500 are listed. */
  orphans: z.object({
    objects: count,
    bytes: sizeBytes,
    listed: z.array(z.object({ key: z.string(), sizeBytes, modifiedAt: time.nullable() })),
    /** Orphans may be a backup that is being written: a sentence that says how young the youngest is. */
    note: z.string().nullable(),
  }),
})
export type RepositoryUsage = z.infer<typeof usage>

export const browsePage = z.object({
  asOf: time,
  folders: z.array(z.object({ name: z.string(), prefix: z.string() })),
  objects: z.array(
    z.object({ name: z.string(), key: z.string(), sizeBytes, modifiedAt: time.nullable(), backups: count }),
  ),
  /** True where there is more than one page shows (1 000 entries). */
  cut: z.boolean(),
})
export type BrowsePage = z.infer<typeof browsePage>

/** How well a repository is protected; what cannot be told is never good. */
export const posture = z.object({
  asOf: time,
  verdict,
  checks: z.array(
    z.object({
      id: z.enum(postureCheckIds),
      state: z.enum(postureStates),
      sentence: z.string(),
      evidence: z.array(z.string()),
      next: z.string().optional(),
    }),
  ),
})
export type RepositoryPosture = z.infer<typeof posture>

export const repositories = {
  list: base.output(z.array(repository)),
  /** Tests an address and its access, line by line; writes nothing. Each check comes once running and once done. */
  test: base
    .input(
      z.strictObject({ system: systemName, address, access: accessInput, masterKeys: z.array(id).max(8) }),
    )
    .output(eventIterator(check)),
  /** Saves a place without a cluster, such as one to copy into; nothing is written there. */
  add: base
    .input(
      z.strictObject({
        name: z.string().trim().min(1).max(120),
        system: systemName,
        address,
        access: accessInput,
      }),
    )
    .output(repository),
  edit: base
    .input(z.strictObject({ id, name: z.string().trim().min(1).max(120), address, access: accessInput }))
    .output(repository),
  /** Refused while a cluster uses it. Nothing in the repository itself is touched. */
  remove: base.input(z.strictObject({ id })).output(z.object({})),
  usage: base.input(z.strictObject({ id })).output(usage),
  /** Asks the place about its settings and looks for keys beside the backups; changes nothing and tries nothing out. */
  posture: base.input(z.strictObject({ id })).output(posture),
  /** As it was last judged, from memory; null before that. */
  lastPosture: base.input(z.strictObject({ id })).output(posture.nullable()),
  browse: base.input(z.strictObject({ id, prefix: z.string().max(1024) })).output(browsePage),
}
