import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { base } from './base.ts'
import { count, failure, sha256, time } from './values.ts'

export const auditEntry = z.object({
  seq: count,
  at: time,
  /** The account and shell that did it. */
  actor: z.string(),
  /** `vault.used`, `verify.verdict`, `restore.started`, … */
  action: z.string(),
  /** What it was done to. */
  subject: z.string(),
  /** Facts, as words; never a secret. */
  facts: z.array(z.object({ name: z.string(), value: z.string() })),
  reason: z.string().nullable(),
  hash: sha256,
  previous: sha256,
})
export type AuditEntry = z.infer<typeof auditEntry>

export const auditStatus = z.object({
  entries: count,
  head: sha256.nullable(),
  checkedAt: time.nullable(),
  /** Where the chain is broken: the first entry that does not fit, and how. */
  broken: z.object({ seq: count, reason: z.string() }).nullable(),
  /** Heads that are kept elsewhere; null where none are. */
  anchor: z
    .object({
      /** The address. */
      place: z.string(),
      /** The newest anchor that is known; null before the first. */
      seq: count.nullable(),
      at: time.nullable(),
      /** Entries since then. */
      since: count,
      /** When the chain was last held against all anchors. */
      comparedAt: time.nullable(),
      /** Anchors that somebody has written or deleted over; they stand nevertheless. */
      covered: count,
      /** Why the last attempt to write or to read anchors failed. */
      failure: failure.nullable(),
    })
    .nullable(),
  /** Null where entries can be written; else why not: then nothing that changes anything is started. */
  cannotWrite: z.string().nullable(),
})
export type AuditStatus = z.infer<typeof auditStatus>

export const audit = {
  status: base.output(auditStatus),
  /**
   * Newest first; `before`: a sequence number. `find` is held against action, subject, actor and facts, wherever it stands in them;
   * `names`: the subject or a fact is exactly this.
   */
  list: base
    .input(
      z.strictObject({
        before: count.optional(),
        limit: z.number().int().min(1).max(500),
        find: z.string().max(200).optional(),
        names: z.string().min(1).max(1024).optional(),
      }),
    )
    .output(z.object({ entries: z.array(auditEntry), more: z.boolean() })),
  /** Walks the whole chain again. */
  verify: base.output(auditStatus),
  /** The chain as it is kept, line by line, in pieces of text. */
  export: base.output(eventIterator(z.object({ text: z.string() }))),
}
