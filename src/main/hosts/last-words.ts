import type { Log } from '../ports/log.ts'
import { exitStatus } from '../cli/exit-status.ts'

let log: Log | null = null

/** The log of the desk that is open in this process: it knows the secrets that must not be written. */
export function tellUncaughtTo(open: Log | null): void {
  log = open
}

/**
 * Ends the process on an error that nobody caught, as a kill would: what was going on is shown as interrupted by the next
 * start. By itself Node prints such an error with all of its properties, and an SDK's errors carry requests and answers.
 */
export function endOnUncaught(exit: (status: number) => void): void {
  process.on('uncaughtException', (error: unknown) => {
    const incident = log?.incident('process.uncaught', error) ?? null
    const place = error instanceof Error ? /\n\s+at (.*)/.exec(error.stack ?? '')?.[1] : undefined
    const where =
      incident === null
        ? place === undefined
          ? ''
          : ` (at ${place})`
        : ` Incident ${incident} is in the log.`
    process.stderr.write(
      `holdfast: This should not have happened.${where}\n  It is a fault of Holdfast, not of a backup. What ran is interrupted.\n`,
    )
    exit(exitStatus.failed)
  })
}
