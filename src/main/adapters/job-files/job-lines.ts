import * as z from 'zod'
import { job, jobEvent, jobKind, jobResult } from '../../../shared/contract/jobs.ts'
import { failure, id, time } from '../../../shared/contract/values.ts'
import type { JournalEntry, JournalJob, JournalledJob } from '../../ports/job-journal.ts'
import { jsonOrNull } from '../../../shared/domain/strict-json.ts'

/** A job as lines: the first one is the job as it was asked for, each other one an event. */
const firstLine = z.strictObject({
  schema: z.literal(1),
  id,
  createdAt: time,
  spec: z.strictObject({
    kind: jobKind,
    clusterId: id.nullable(),
    subject: z.string(),
    detail: z.string(),
    request: z.json(),
    phases: z.array(z.string()),
    cancel: z.string(),
    exclusive: z.string().nullable(),
  }),
})

const entryLine = z.strictObject({
  ...jobEvent.shape,
  ending: z
    .strictObject({
      outcome: z.string(),
      tone: job.shape.tone.unwrap(),
      failure: failure.nullable(),
      result: jobResult.nullable(),
    })
    .nullable(),
})

export function formatJob({ id: jobId, createdAt, spec }: JournalJob): string {
  return JSON.stringify(firstLine.parse({ schema: 1, id: jobId, createdAt, spec }))
}

export function formatEntry(entry: JournalEntry): string {
  return JSON.stringify(entryLine.parse(entry))
}

export type JobReading =
  | { readonly ok: true; readonly job: JournalledJob }
  /** Cut off in its first line: it was never promised that it is there. */
  | { readonly ok: false; readonly fault: 'unborn' }
  | { readonly ok: false; readonly fault: 'newer' | 'broken'; readonly reason: string }

/** Lines that a crash cut short are passed over. */
export function parseJobLines(text: string): JobReading {
  if (!text.includes('\n')) return { ok: false, fault: 'unborn' }
  const [first = '', ...rest] = text.split('\n')
  const value = jsonOrNull(first)
  const parsed = firstLine.safeParse(value)
  if (!parsed.success) {
    const newer = z.object({ schema: z.number().int().min(2) }).safeParse(value)
    return newer.success
      ? {
          ok: false,
          fault: 'newer',
          reason: `It is of schema ${newer.data.schema}; this version knows schema 1.`,
        }
      : { ok: false, fault: 'broken', reason: 'Its first line is not the one that a job begins with.' }
  }
  const entries: JournalEntry[] = []
  for (const line of rest) {
    const entry = entryLine.safeParse(jsonOrNull(line))
    if (entry.success && entry.data.n > (entries.at(-1)?.n ?? 0)) entries.push(entry.data)
  }
  const { schema: _, ...asked } = parsed.data
  return { ok: true, job: { job: asked, entries } }
}
