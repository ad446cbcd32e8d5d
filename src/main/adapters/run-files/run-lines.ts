import * as z from 'zod'
import { connectionValues } from '../../../shared/contract/connection-fields.ts'
import { id, systemName, time, unknownHost } from '../../../shared/contract/values.ts'
import type { RunEntry } from '../../../shared/domain/runbook-events.ts'
import type { JournalledRun, RunHead } from '../../ports/run-journal.ts'
import { jsonOrNull } from '../../../shared/domain/strict-json.ts'

/** A run as lines: the first one is how it was begun, each other one an event. */
const headLine = z.strictObject({
  schema: z.literal(1),
  id,
  scenario: z.string(),
  clusterId: id,
  setting: z.strictObject({
    cluster: z.strictObject({
      name: z.string(),
      system: systemName,
      connection: connectionValues.nullable(),
    }),
    inputs: z.record(z.string(), z.string()),
  }),
  startedAt: time,
  startedBy: z.string(),
  failedAt: time,
  answers: z.array(z.strictObject({ question: z.string(), answer: z.string(), because: z.string() })),
  reason: z.string().nullable(),
})

const step = z.string()
const texts = z.record(z.string(), z.string())
const end = z.strictObject({
  state: z.enum(['done', 'failed', 'notYet', 'unknown']),
  sentence: z.string(),
  evidence: z.array(z.strictObject({ name: z.string(), value: z.string() })),
  learnt: texts,
  next: z.string().nullable(),
  unknownHost: z.strictObject(unknownHost.shape).exactOptional(),
})

const entryLine = z.strictObject({
  n: z.number().int().min(1),
  at: time,
  by: z.string(),
  event: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('stepBegan'), step, acting: z.boolean() }),
    z.strictObject({
      type: z.literal('line'),
      step,
      severity: z.enum(['info', 'warning', 'error']),
      sentence: z.string(),
    }),
    z.strictObject({ type: z.literal('stepEnded'), step, end }),
    z.strictObject({ type: z.literal('chosen'), step, option: z.string(), end }),
    z.strictObject({ type: z.literal('confirmed'), step, of: texts, reason: z.string().nullable() }),
    z.strictObject({ type: z.literal('skipped'), step, reason: z.string() }),
    z.strictObject({ type: z.literal('takenBack'), step, end }),
    z.strictObject({ type: z.literal('takenOver'), note: z.string() }),
    z.strictObject({
      type: z.literal('answersChanged'),
      inputs: texts,
      connection: connectionValues.nullable(),
    }),
    z.strictObject({ type: z.literal('accepted'), note: z.string() }),
    z.strictObject({
      type: z.literal('closed'),
      outcome: z.enum(['finished', 'abandoned']),
      reason: z.string(),
    }),
  ]),
})

export function formatHead(head: RunHead): string {
  return JSON.stringify(headLine.parse({ schema: 1, ...head }))
}

export function formatEntry(entry: RunEntry): string {
  return JSON.stringify(entryLine.parse(entry))
}

export type RunReading =
  | { readonly ok: true; readonly run: JournalledRun }
  /** Cut off in its first line: it was never promised that it is there. */
  | { readonly ok: false; readonly fault: 'unborn' }
  | { readonly ok: false; readonly fault: 'broken'; readonly reason: string }

/**
 * An event that cannot be understood breaks the run: what was done to a cluster must not be half known. The last line alone
 * may be cut short.
 */
export function parseRunLines(text: string): RunReading {
  const lines = text.split('\n')
  const rest = lines.pop() ?? ''
  const [first, ...others] = lines
  if (first === undefined) return { ok: false, fault: 'unborn' }
  const head = headLine.safeParse(jsonOrNull(first))
  if (!head.success) {
    return { ok: false, fault: 'broken', reason: 'Its first line is not the one that a run begins with.' }
  }
  const entries: RunEntry[] = []
  for (const [place, line] of [...others, rest].entries()) {
    const isLast = place >= others.length - 1
    const entry = entryLine.safeParse(jsonOrNull(line))
    if (entry.success && entry.data.n === entries.length + 1) entries.push(entry.data)
    else if (line !== '' && !isLast) {
      return { ok: false, fault: 'broken', reason: `Line ${place + 2} is no event of this version.` }
    }
  }
  const { schema: _, ...begun } = head.data
  return { ok: true, run: { head: begun, entries } }
}
