import type { Job } from '../../shared/contract/jobs.ts'
import { isActive } from '../../shared/domain/job-state.ts'
import { isHoldfastError } from '../../shared/domain/error.ts'
import { printable } from '../../shared/domain/printable.ts'
import type { CliDesk, CommandContext, ServeOptions } from './context.ts'
import { endByInterrupt } from './end-by-interrupt.ts'
import { exitStatus, type ExitStatus } from './exit-status.ts'
import { count } from './words.ts'

/**
 * Shows a desk in the operator's browser until it is ended: by a signal, by being left alone, or by the end of the desk.
 * What is printed is the path of a page of this account that opens the window once; never the token in it.
 */
export async function serveDesk(
  desk: CliDesk,
  options: ServeOptions & { readonly open: boolean },
  { ports, output, signal }: CommandContext,
): Promise<ExitStatus> {
  const served = await desk.serve(options)
  const stop = new AbortController()
  const press = endByInterrupt({
    running: async () => (await openJobs(desk)).map(({ subject }) => printable(subject)),
    say: (line) => output.line(line),
    end: () => stop.abort(),
  })
  // A program that interrupts this one has nobody to ask.
  const release = ports.stdinIsTerminal() ? ports.onInterrupt(() => void press()) : null
  try {
    const show = async (): Promise<void> => {
      const { path } = await served.makeLink()
      const isOpen = options.open && (await ports.openInBrowser(path))
      output.line(
        isOpen
          ? `The window is open in your browser (${served.origin}).`
          : `Open this page in a browser of this machine: ${path}`,
      )
      output.line(
        ports.stdinIsTerminal()
          ? 'It works once and for a minute; press Enter for another one, Ctrl-C to end.'
          : 'It works once and for a minute. No terminal is here to ask for another one: for that, start it again.',
      )
    }
    output.document({
      origin: served.origin,
      addresses: served.addresses,
      page: (await served.makeLink()).path,
    })
    if (!output.json) await show()
    const over = AbortSignal.any([signal, stop.signal])
    const again = async (): Promise<void> => {
      while ((await ports.readLine(over)) !== null) {
        // What is served, and the jobs that run in it, go on without another page.
        await show().catch((error: unknown) =>
          output.note(isHoldfastError(error) ? error.message : 'Another page could not be made.'),
        )
      }
    }
    // Where nothing can be read, nobody asks for another one.
    void again().catch(() => undefined)
    const aborted = new Promise<'signal'>((resolve) => {
      if (over.aborted) resolve('signal')
      over.addEventListener('abort', () => resolve('signal'), { once: true })
    })
    const end = await Promise.race([served.ended, aborted])
    stop.abort()
    if (end === 'idle') output.line('Nothing was asked for a long time: ended.')
    const left = await openJobs(desk)
    if (left.length > 0) {
      output.line(
        `${count(left.length, 'job')} had not ended: stopped where it can go on, and shown as interrupted at the next start.`,
      )
    }
    return exitStatus.ok
  } finally {
    release?.()
    await served.close()
  }
}

async function openJobs({ client }: CliDesk): Promise<readonly Job[]> {
  return (await client.jobs.list()).filter(({ state }) => isActive(state))
}
