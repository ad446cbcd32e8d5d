import { writeFileSync } from 'node:fs'

/**
 * Keeps what this process has in memory, secrets among it, out of the files that are written when a process crashes.
 *
 * - The kernel's core file (core(5), "Controlling which mappings are written"): no memory is written into it. Unlike a limit
 *   of its size this can be set from within, and holds where a program takes the core instead of a file. What is started
 *   from here has it from here.
 * - Node's diagnostic report: it lists the environment, in which a master key may stand. It is not made, whatever NODE_OPTIONS
 *   asks for; that it leaves the environment out can be asked of newer Nodes alone.
 */
export function keepOutOfDumps(): void {
  if (process.platform === 'linux') {
    try {
      writeFileSync('/proc/self/coredump_filter', '0')
    } catch {
      // Without /proc, or read-only: the limit of the account stands.
    }
  }
  const { report } = process
  report.reportOnFatalError = false
  report.reportOnSignal = false
  report.reportOnUncaughtException = false
}
