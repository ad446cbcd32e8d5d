import type { Job } from '../../shared/contract/jobs.ts'
import { HoldfastError } from '../../shared/domain/error.ts'
import type { CommandContext } from './context.ts'
import { exitStatus, exitStatusOf, type ExitStatus } from './exit-status.ts'
import { createProgressLine } from './progress-line.ts'
import type { DeskClient } from './with-desk.ts'

/**
 * Shows a job of this process until it has ended. Ctrl+C cancels it: it runs in this very process, so it could not go on. Gives
 * back how it ended.
 */
export async function followJob(
  id: string,
  client: DeskClient,
  { ports, output, signal }: CommandContext,
): Promise<Job> {
  const progress = createProgressLine(ports.stderr, ports.clock)
  const cancel = (): void => void client.jobs.cancel({ id }).catch(() => undefined)
  signal.addEventListener('abort', cancel, { once: true })
  if (signal.aborted) cancel()
  try {
    let phase = ''
    for await (const { event } of await client.jobs.events({ id, after: 0 })) {
      if (event.type === 'phase') {
        progress.end()
        phase = event.name
        output.note(phase)
      }
      if (event.type === 'progress') {
        progress.listener({ phase, doneBytes: event.doneBytes, totalBytes: event.totalBytes })
      }
      if (event.type === 'log') {
        progress.end()
        output.note(event.text)
      }
    }
  } finally {
    progress.end()
    signal.removeEventListener('abort', cancel)
  }
  return client.jobs.get({ id })
}

/** Of a job that has ended: good news 0, a finding 1, else what its failure says. */
export function statusOfJob({ state, tone, failure }: Job): ExitStatus {
  if (state === 'cancelled' || state === 'interrupted') return exitStatus.cancelled
  if (failure !== null) return exitStatusOf(new HoldfastError(failure.code, { what: failure.what }))
  return tone === 'good' || tone === 'neutral' ? exitStatus.ok : exitStatus.findings
}
