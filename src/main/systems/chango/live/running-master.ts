import type { MasterHost } from './on-host.ts'

/** The process of a master, and how it was started. */
export interface RunningMaster {
  readonly pid: string
  /** What has to be given again: nothing of it is kept in a file (chango documents, operations/cluster-operations). */
  readonly startArguments: readonly string[]
}

/**
 * The master that runs on a host; null where none does. The documents disagree about the name of the file with its process's number
 * (`master.pid`, `master-8080.pid`), so both are taken.
 */
export async function runningMaster(
  host: MasterHost,
  home: string,
  signal?: AbortSignal,
): Promise<RunningMaster | null> {
  const { code, stdout } = await host.run(
    ['find', `${home}/bin`, '-maxdepth', '1', '-type', 'f', '-name', 'master*.pid', '-print0'],
    signal,
  )
  if (code !== 0) return null
  for (const file of stdout.split('\0').filter((path) => path !== '')) {
    const pid = (await host.run(['cat', '--', file], signal)).stdout.trim()
    if (!/^[1-9]\d{0,9}$/.test(pid)) continue
    const line = await host.run(['cat', '--', `/proc/${pid}/cmdline`], signal)
    const words = line.stdout.split('\0')
    // A number that another program has by now is no master.
    if (line.code !== 0 || !words.some((word) => /chango/i.test(word))) continue
    return { pid, startArguments: words.filter((word) => /^-Dchango\.[\w.-]+=/.test(word)) }
  }
  return null
}
