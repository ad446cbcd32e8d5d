import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { base } from './base.ts'
import {
  backupId,
  count,
  finding,
  id,
  level,
  restorability,
  sha256,
  sizeBytes,
  time,
  verdict,
} from './values.ts'

/**
 * `missing`: a backup points to it and it is not there. `neverRead`: nothing of its bytes is proved. `notOpened`: it is
 * sealed for another key or in an unknown format, which is no damage.
 */
export const objectState = z.enum(['intact', 'neverRead', 'damaged', 'missing', 'warning', 'notOpened'])

/**
 * All backups of a cluster with what holds what, as one value that stays small: an object stands once, and a backup
 * points to it by its place in `objects`.
 */
export const chain = z.object({
  asOf: time,
  /** Names of the lanes, in the system's order. */
  stores: z.array(z.string()),
  /** True where one object can serve several backups. */
  sharesObjects: z.boolean(),
  objects: z.array(
    z.object({
      key: z.string(),
      /** Place in `stores`. */
      store: count,
      /** The backup in whose folder it lies; it may be gone. */
      holder: z.string(),
      sizeBytes: sizeBytes.nullable(),
      state: objectState,
      level,
      verifiedAt: time.nullable(),
      /** How many backups point to it. */
      users: count,
    }),
  ),
  /** Newest first. */
  backups: z.array(
    z.object({
      backupId,
      createdAt: time.nullable(),
      sizeBytes: sizeBytes.nullable(),
      newBytes: sizeBytes.nullable(),
      verdict,
      restorability,
      level,
      failedAt: level.nullable(),
      /** Of the oldest evidence that its level rests on. */
      verifiedAt: time.nullable(),
      /** When the last drill wrote these very bytes and read them back. */
      restoredAt: time.nullable(),
      notProvable: z.array(level),
      errors: count,
      warnings: count,
      /** The first and worst finding. */
      finding: finding.nullable(),
      /** For each store, a place in `objects`, or null where the backup has none. */
      holds: z.array(count.nullable()),
    }),
  ),
  storedBytes: sizeBytes,
  withoutSharingBytes: sizeBytes,
})
export type Chain = z.infer<typeof chain>

/** A hash that the backup's own manifest, or what lies beside its objects, records. */
export const recordedHash = z.object({
  of: z.enum(['stored', 'plain']),
  algorithm: z.enum(['SHA-256', 'SHA-1', 'MD5']),
  /** As it is recorded. */
  hex: z.string(),
})

export const storeRow = z.object({
  store: z.string(),
  key: z.string(),
  /** As a path for people. */
  object: z.string(),
  holder: z.string(),
  heldByItself: z.boolean(),
  sizeBytes: sizeBytes.nullable(),
  /** Of the stored bytes, as last read. */
  sha256: sha256.nullable(),
  /** Of the plain bytes, as last read. */
  plainSha256: sha256.nullable(),
  state: objectState,
  level,
  failedAt: level.nullable(),
  notProvable: z.array(z.object({ level, reason: z.string() })),
  verifiedAt: time.nullable(),
  intactBy: z.string().nullable(),
  /** Empty where the format records none. */
  recorded: z.array(recordedHash),
  /** When it was last proved intact; null where this console never did, or did before it kept that. */
  intactAt: time.nullable(),
  users: count,
  findings: z.array(finding),
})
export type StoreRow = z.infer<typeof storeRow>

export const backup = z.object({
  backupId,
  asOf: time,
  createdAt: time.nullable(),
  cluster: z.string().nullable(),
  sizeBytes: sizeBytes.nullable(),
  newBytes: sizeBytes.nullable(),
  verdict,
  restorability,
  level,
  failedAt: level.nullable(),
  verifiedAt: time.nullable(),
  /** When the last drill wrote these very bytes and read them back. */
  restoredAt: time.nullable(),
  stores: z.array(storeRow),
  /** What blames no single store. */
  findings: z.array(finding),
  /** The manifest as it stands; null where the format has none beside the data. At most 4 MiB, as the reader allows. */
  manifestText: z.string().nullable(),
  /** What of the format is assumed. */
  assumed: z.string().nullable(),
  /** What the cluster itself cannot do with it once it is restored; null where there is nothing to say. */
  restoreWarning: z.string().nullable(),
  newer: backupId.nullable(),
  older: backupId.nullable(),
  newestRestorable: z.object({ backupId, createdAt: time }).nullable(),
  /** How its content can be listed, and what that costs. */
  contents: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('archive'), readsBytes: sizeBytes, note: z.string() }),
    z.object({ kind: z.literal('none'), reason: z.string() }),
  ]),
})
export type Backup = z.infer<typeof backup>

export const contentEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('entries'),
    entries: z.array(
      z.object({
        path: z.string(),
        kind: z.enum(['file', 'folder', 'other']),
        sizeBytes,
        part: z.string().nullable(),
      }),
    ),
    readBytes: sizeBytes,
  }),
  /** Ends the stream; `reason` where the archive could not be read to its end. */
  z.object({ type: z.literal('end'), entries: count, reason: z.string().nullable() }),
])
export type ContentEvent = z.infer<typeof contentEvent>

export const verificationEntry = z.object({
  at: time,
  jobId: z.string().nullable(),
  verdict,
  level,
  findings: z.array(finding),
})
export type VerificationEntry = z.infer<typeof verificationEntry>

/** What was found anywhere. */
export const found = z.object({
  hits: z.array(
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('backup'), clusterId: id, backupId }),
      z.object({
        kind: z.literal('object'),
        clusterId: id,
        key: z.string(),
        /** The one that begins as was asked; null: it was found by its key. */
        hash: z.string().nullable(),
        /** How many backups point to it. */
        users: count,
        newestBackupId: backupId,
      }),
    ]),
  ),
  /** So many of the clusters were ever looked at; nothing is found in the others. */
  lookedAt: count,
  clusters: count,
})
export type Found = z.infer<typeof found>

const ofCluster = z.strictObject({ clusterId: id })
const ofBackup = z.strictObject({ clusterId: id, backupId })

export const backups = {
  /** Judged from what is remembered; reads manifests that are new, and no object. */
  chain: base.input(ofCluster).output(chain),
  get: base.input(ofBackup).output(backup),
  /** By a part of an id or a key, or by the first 6 or more digits of a hash; from memory. */
  find: base.input(z.strictObject({ wanted: z.string().trim().min(4).max(1024) })).output(found),
  /** Reads the archive as a stream and lists what is in it; nothing is kept. Leaving it stops the reading. */
  contents: base.input(ofBackup).output(eventIterator(contentEvent)),
  /** Newest first. */
  history: base.input(ofBackup).output(z.array(verificationEntry)),
}
