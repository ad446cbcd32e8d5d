import { readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { inTurn } from '../../../shared/domain/in-turn.ts'
import type { JobJournal, JournalEntry, JournalledJob } from '../../ports/job-journal.ts'
import {
  appendLines,
  isDraft,
  makePrivateFolder,
  readPrivateFile,
  replaceFile,
  syncFolder,
} from '../files/private-files.ts'
import { isWord, leaveWord, listenForWords } from './cancel-words.ts'
import { formatEntry, formatJob, parseJobLines } from './job-lines.ts'

/** After so many lines of progress a file is written anew with the newest one alone. */
const mostProgressLines = 600

/**
 * The journal as one file a job, `<id>.jsonl`, in a folder of its own. Whoever holds the saved state writes here:
 * `readOnlyBecause` is what the saved state says of itself.
 */
export async function openJobFiles(
  folder: string,
  options: {
    readonly readOnlyBecause: string | null
    /** For so long another instance may take to hear what it is asked for. */
    readonly patienceMs?: number
  },
): Promise<JobJournal> {
  const { readOnlyBecause, patienceMs = 5_000 } = options
  const problems: HoldfastError[] = []
  if (readOnlyBecause === null) await makePrivateFolder(folder)
  const found = await readAll(folder, problems, readOnlyBecause === null)
  const progressLines = new Map(
    found.map(({ job, entries }) => [
      job.id,
      entries.filter(({ event }) => event.type === 'progress').length,
    ]),
  )
  const turn = inTurn()

  function changing(change: () => Promise<void>): Promise<void> {
    return turn(async () => {
      if (readOnlyBecause !== null) throw readOnly(folder, readOnlyBecause)
      await change()
    })
  }
  const fileOf = (jobId: string): string => join(folder, `${jobId}.jsonl`)

  async function append(jobId: string, entries: readonly JournalEntry[]): Promise<void> {
    const hasState = entries.some(({ event }) => event.type === 'state')
    await appendLines(fileOf(jobId), entries.map(formatEntry), { durable: hasState })
    const added = entries.filter(({ event }) => event.type === 'progress').length
    const lines = (progressLines.get(jobId) ?? 0) + added
    const hasEnded = entries.some(({ ending }) => ending !== null)
    if (lines > mostProgressLines || (hasEnded && lines > 1)) {
      // The entries are written: where there is no room to tidy up, the file is only longer.
      await dropOldProgress(fileOf(jobId)).catch(() => undefined)
      progressLines.set(jobId, 1)
    } else {
      progressLines.set(jobId, lines)
    }
    if (hasEnded) progressLines.delete(jobId)
  }

  return {
    readOnlyBecause,
    problems,
    load: async () => found,
    begin: (job, first) =>
      changing(() => replaceFile(fileOf(job.id), [formatJob(job), ...first.map(formatEntry), ''].join('\n'))),
    append: (jobId, entries) => changing(() => append(jobId, entries)),
    remove: (jobId) =>
      changing(async () => {
        await rm(fileOf(jobId), { force: true })
        await syncFolder(folder)
      }),
    askToCancel: (jobId) => leaveWord(folder, jobId, patienceMs),
    onCancelAsked: (listener) => listenForWords(folder, listener),
    close: () => turn(async () => undefined),
  }
}

async function readAll(
  folder: string,
  problems: HoldfastError[],
  mayTidy: boolean,
): Promise<readonly JournalledJob[]> {
  const jobs: JournalledJob[] = []
  for (const name of await readdir(folder).catch(() => [])) {
    const file = join(folder, name)
    if (mayTidy && (isDraft(name) || isWord(name))) await rm(file, { force: true })
    if (!name.endsWith('.jsonl') || name.startsWith('.')) continue
    const reading = await readPrivateFile(file).then(
      (bytes) => parseJobLines(new TextDecoder().decode(bytes ?? new Uint8Array())),
      () => ({ ok: false, fault: 'broken', reason: 'It cannot be read.' }) as const,
    )
    if (reading.ok && reading.job.job.id === basename(name, '.jsonl')) jobs.push(reading.job)
    else if (reading.ok) problems.push(broken(file, 'It says that it is another job.'))
    else if (reading.fault !== 'unborn') problems.push(broken(file, reading.reason))
  }
  return jobs.sort((a, b) => Date.parse(a.job.createdAt) - Date.parse(b.job.createdAt))
}

async function dropOldProgress(file: string): Promise<void> {
  const reading = parseJobLines(new TextDecoder().decode((await readPrivateFile(file)) ?? new Uint8Array()))
  if (!reading.ok) return
  const { job, entries } = reading.job
  const newest = entries.findLast(({ event }) => event.type === 'progress')
  const kept = entries.filter((entry) => entry.event.type !== 'progress' || entry === newest)
  await replaceFile(file, [formatJob(job), ...kept.map(formatEntry), ''].join('\n'))
}

function broken(file: string, why: string): HoldfastError {
  return new HoldfastError('state.broken', {
    what: `The job in ${file} cannot be understood.`,
    why,
    unchanged: 'The file was left as it is, and the job is not listed.',
    next: 'Move the file away.',
  })
}

function readOnly(folder: string, why: string): HoldfastError {
  return new HoldfastError('state.readOnly', {
    what: `The jobs in ${folder} cannot be changed here.`,
    why,
    unchanged: 'Nothing was changed.',
    next: 'Use the instance that holds it.',
  })
}
