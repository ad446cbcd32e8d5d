import * as z from 'zod'
import { clusterModes } from '../domain/cluster-mode.ts'
import { base } from './base.ts'
import { hostKeys } from './connection-fields.ts'
import { health } from './masters.ts'
import { accessInput, address, posture } from './repositories.ts'
import { backupId, count, durationMs, failure, fingerprint, id, level, systemName, time } from './values.ts'

export const clusterMode = z.enum(clusterModes)

export const backupDay = z.object({
  /** UTC. */
  day: z.iso.date(),
  /** `none`: before the cluster's first backup. `empty`: a backup that holds nothing. Worst of the day wins. */
  outcome: z.enum(['done', 'late', 'missed', 'failed', 'empty', 'none', 'today']),
  backups: count,
})
export type BackupDay = z.infer<typeof backupDay>

/** What is known of a cluster from its repository, without any master. */
export const look = z.object({
  asOf: time,
  /** The whole of the last attempt failed: what follows is from an earlier one, or empty. */
  failure: failure.nullable(),
  backups: count,
  restorable: count,
  notRestorable: count,
  notProved: count,
  newest: z.object({ backupId, createdAt: time }).nullable(),
  newestRestorable: z.object({ backupId, createdAt: time, level, verifiedAt: time.nullable() }).nullable(),
  /** Of the newest backup: how far it is proved, and where it fails. */
  proved: z
    .object({ level, failedAt: level.nullable(), verifiedAt: time.nullable(), notProvable: z.array(level) })
    .nullable(),
  /** Thirty days, oldest first. */
  days: z.array(backupDay),
  keyProof: z.object({
    state: z.enum(['opens', 'refused', 'notNeeded', 'notProvable', 'noKey', 'notTried']),
    opens: count,
    of: count,
  }),
  /** The last drill of any of its backups; null before the first. */
  lastDrill: z
    .object({
      backupId,
      at: time,
      outcome: z.enum(['restored', 'readable', 'failed']),
      rtoMs: durationMs.nullable(),
    })
    .nullable(),
  storedBytes: count,
  objects: count,
  /** The worst thing, in words that stand behind the cluster's name. */
  worst: z
    .object({
      code: z.string(),
      /** A few words, with a full stop. */
      lead: z.string(),
      detail: z.string(),
      /** How many backups it is true of. */
      backups: count,
      /** The object that does it, where it is one. */
      key: z.string().nullable(),
    })
    .nullable(),
})
export type Look = z.infer<typeof look>

const postureSummary = z.object({
  asOf: time,
  verdict: posture.shape.verdict,
  good: count,
  of: count,
  /** The first of the worst checks; null where all that can be told is good. */
  worst: posture.shape.checks.element.pick({ id: true, state: true, sentence: true }).nullable(),
})
export type PostureSummary = z.infer<typeof postureSummary>

export const cluster = z.object({
  id,
  name: z.string(),
  system: systemName,
  mode: clusterMode,
  repositoryId: id,
  address,
  /** Credential ids. */
  masterKeys: z.array(id),
  masterKeyHints: z.array(z.string()),
  rpoMs: durationMs,
  rtoMs: durationMs.nullable(),
  addedAt: time,
  /** Compared and trusted where no connection is saved that could hold them. */
  hostKeys,
  /** As last probed, from memory. `none`: no connection is saved. `notAsked`: before the first answers. */
  masters: z.object({
    state: z.enum(['none', 'notAsked', ...health.shape.state.options]),
    words: z.string().nullable(),
    at: time.nullable(),
  }),
  /** Null before the first look. */
  look: look.nullable(),
  /** Of its repository, as last judged; null before that. `of`: the checks that apply. */
  posture: postureSummary.nullable(),
  /** A look is under way. */
  looking: z.boolean(),
})
export type Cluster = z.infer<typeof cluster>

/** A key of a host that somebody has compared and trusted. */
export const trustedHost = z.object({
  host: z.string(),
  fingerprint,
  /** Whose it is: the hosts of a cluster, or the server that a repository lies on. */
  of: z.enum(['cluster', 'repository']),
  id,
  name: z.string(),
  /** As the audit chain tells it; null where it does not. */
  since: time.nullable(),
})
export type TrustedHost = z.infer<typeof trustedHost>

const name = z.string().trim().min(1).max(120)

const clusterFields = {
  name,
  mode: clusterMode,
  masterKeys: z.array(id).max(8),
  rpoMs: durationMs.min(60_000),
  rtoMs: durationMs.min(60_000).nullable(),
}

export const clusters = {
  /** In no order; from memory, at once. */
  list: base.output(z.array(cluster)),
  /** Of these, the ones that are there: for what has changed of a large fleet. */
  some: base.input(z.strictObject({ ids: z.array(id).max(1_000) })).output(z.array(cluster)),
  add: base
    .input(
      z.strictObject({
        ...clusterFields,
        system: systemName,
        repository: z.discriminatedUnion('kind', [
          z.strictObject({ kind: z.literal('saved'), id }),
          z.strictObject({ kind: z.literal('new'), address, access: accessInput }),
        ]),
      }),
    )
    .output(cluster),
  edit: base
    .input(z.strictObject({ id, ...clusterFields, reason: z.string().max(500).optional() }))
    .output(cluster),
  /**
   * Trusts the key that a host of the cluster has shown (`unknownHost` of a failure), once it was compared: kept in its connection,
   * where there is one. Throws `host.changedKey` where the host is known by another key.
   */
  trustHost: base
    .input(
      z.strictObject({
        id,
        address: z.string().min(1).max(1024),
        fingerprint,
        reason: z.string().max(500).optional(),
      }),
    )
    .output(z.object({})),
  /** Of all clusters and repositories. */
  trustedHosts: base.output(z.array(trustedHost)),
  /** Takes back the trust in the keys of a host of the cluster, in its connection as well; the host is asked about again. */
  forgetHost: base
    .input(
      z.strictObject({ id, address: z.string().min(1).max(1024), reason: z.string().max(500).optional() }),
    )
    .output(z.object({})),
  /** Forgets the cluster here; its backups and its repository stay as they are. */
  remove: base
    .input(z.strictObject({ id, confirm: z.string(), reason: z.string().max(500).optional() }))
    .output(z.object({})),
  /** Looks again at what lies in the repositories, soon; progress shows as changes of the fleet. */
  refresh: base.input(z.strictObject({ id: id.optional() })).output(z.object({})),
}
