import type { Job, JobEvent } from '../../shared/contract/jobs.ts'
import { HoldfastError } from '../../shared/domain/error.ts'
import type { CommandContext } from './context.ts'
import { exitStatus, exitStatusOf, type ExitStatus } from './exit-status.ts'
import type { Output } from './output.ts'
import { createProgressLine } from './progress-line.ts'
import type { Client } from './with-desk.ts'

/**
 * Tells what happens to a job on stderr until it has ended, and gives back how it ended. Interrupted itself, it cancels the
 * job, or leaves it to go on later.
 */
export async function followJob(
  id: string,
  client: Client,
  { ports, output, signal }: CommandContext,
  interrupted: 'cancel' | 'leave',
): Promise<Job> {
  const progress = createProgressLine(ports.stderr, ports.clock)
  const cancel = (): void => void client.jobs.cancel({ id }).catch(() => undefined)
  if (interrupted === 'cancel') signal.addEventListener('abort', cancel, { once: true })
  if (interrupted === 'cancel' && signal.aborted) cancel()
  let phase = ''
  try {
    // A job that is cancelled is followed to its end: only that is the truth of it.
    const options = interrupted === 'leave' ? { signal } : {}
    for await (const event of await client.jobs.events({ id, after: 0 }, options)) {
      if (event.event.type === 'phase') phase = event.event.name
      if (event.event.type === 'progress') progress.listener({ phase, ...event.event })
      const words = eventWords(event)
      if (words === null) continue
      progress.end()
      output.note(words)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    progress.end()
    signal.removeEventListener('abort', cancel)
  }
  return client.jobs.get({ id })
}

function eventWords({ at, event }: JobEvent): string | null {
  switch (event.type) {
    case 'state':
      return `${at}  ${event.state}`
    case 'phase':
      return `${at}  ${event.name}`
    case 'log':
      return `${at}  ${event.severity}: ${event.text}`
    case 'progress':
      return null
  }
}

/** How a job ended: its outcome, or each part of its failure. */
export function tellEnd(
  { outcome, failure }: Pick<Job, 'outcome' | 'failure'>,
  output: Pick<Output, 'line'>,
): void {
  output.line(outcome ?? failure?.what ?? 'It has not ended.')
  for (const part of [failure?.why, failure?.unchanged, failure?.next]) {
    if (part !== undefined) output.line(part)
  }
}

/** Of a job as it stands: bad news 1, a failure what it says, one that has not ended or was cancelled 130. */
export function statusOfJob({ state, tone, failure }: Job): ExitStatus {
  switch (state) {
    case 'done':
      return tone === 'bad' ? exitStatus.findings : exitStatus.ok
    case 'failed':
      return failure === null
        ? exitStatus.failed
        : exitStatusOf(new HoldfastError(failure.code, { what: failure.what }))
    case 'cancelled':
    case 'waiting':
    case 'running':
    case 'interrupted':
      return exitStatus.cancelled
  }
}
