import * as z from 'zod'
import { findingCodes } from '../domain/finding.ts'
import { levels, verifiableLevels } from '../domain/level.ts'
import { errorCodes } from '../domain/error.ts'
import { systemNames } from '../domain/system-name.ts'

/**
 * The nouns of the contract. Every value is JSON; counts are numbers up to 2^53; times are UTC ISO 8601; bytes of objects
 * never cross it. Inputs are strict (an unknown field is refused), outputs are stripped to what stands here.
 */

export const time = z.iso.datetime()

/** An id that this console has made. */
export const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/)

/** As the repository names it; shown, compared and handed back, never interpreted. */
export const backupId = z.string().min(1).max(1024)

export const count = z.number().int().min(0)
export const sizeBytes = z.number().int().min(0)
export const durationMs = z.number().min(0)
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/**
 * A secret on its way in. No output may hold this schema, and no output has a field for one: a test walks all of them.
 */
export const secret = z
  .string()
  .min(1)
  .max(64 * 1024)
  .meta({ secret: true })

export const level = z.enum(levels)
export const verifiableLevel = z.enum(verifiableLevels)
export const verdict = z.enum(['good', 'warning', 'bad', 'unknown'])
export const systemName = z.enum(systemNames)

export const finding = z.object({
  code: z.enum(findingCodes),
  severity: z.enum(['error', 'warning']),
  message: z.string(),
})

/** As `ssh-keygen -l` shows it. */
export const fingerprint = z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}=?$/)

/** A host as it was asked for, and the key that it has shown. */
export const unknownHost = z.object({ address: z.string(), fingerprint })

/** What an operator is told of a failure. `incident` is given for unexpected ones only: the log can be searched for it. */
export const failure = z.object({
  code: z.enum(errorCodes),
  what: z.string(),
  why: z.string().optional(),
  unchanged: z.string().optional(),
  next: z.string().optional(),
  incident: z.string().optional(),
  /** Of `host.unknownKey`: what can be trusted, once it was compared. */
  unknownHost: unknownHost.optional(),
})

/** Restorable or not, in the three words of the screens; `notProved` is want of proof, not a fault. */
export const restorability = z.enum(['restorable', 'notRestorable', 'notProved'])

/** One line of a test that a form runs on itself. */
export const check = z.object({
  id: z.string(),
  group: z.string(),
  state: z.enum(['running', 'passed', 'warning', 'failed', 'skipped']),
  /** A sentence. */
  title: z.string(),
  detail: z.string().optional(),
  /** Of what failed: `host.unknownKey` asks the operator a question. */
  code: z.enum(errorCodes).optional(),
  tookMs: durationMs.optional(),
})
export type Check = z.infer<typeof check>
