import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'

/** A process, told apart from any other that may have its number later. Null: the system does not say. */
export interface ProcessIdentity {
  readonly host: string
  readonly pid: number
  /** Clock ticks from boot to the start of the process, proc(5) /proc/PID/stat field 22. */
  readonly startTicks: string | null
  readonly bootId: string | null
  /** Numbers mean something only within one namespace, pid_namespaces(7). */
  readonly pidNamespace: string | null
}

export async function thisProcess(): Promise<ProcessIdentity> {
  return {
    host: hostname(),
    pid: process.pid,
    startTicks: (await statOf('self'))?.startTicks ?? null,
    bootId: await textOf(readFile('/proc/sys/kernel/random/boot_id', 'utf8')),
    pidNamespace: await textOf(readlink('/proc/self/ns/pid')),
  }
}

/** `unknown`: of another machine or container, so it cannot be judged from here. */
export async function judgeProcess(identity: ProcessIdentity): Promise<'alive' | 'dead' | 'unknown'> {
  const here = await thisProcess()
  if (identity.host !== here.host) return 'unknown'
  if (identity.bootId !== here.bootId) return 'dead'
  if (identity.pidNamespace !== here.pidNamespace) return 'unknown'
  try {
    process.kill(identity.pid, 0)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return 'dead'
  }
  const stat = await statOf(String(identity.pid))
  if (stat === null) return 'alive'
  // A killed process keeps its number until its parent asks after it; in a container that can be never.
  const hasEnded = stat.state === 'Z' || stat.state === 'X'
  return hasEnded || stat.startTicks !== identity.startTicks ? 'dead' : 'alive'
}

/** Fields 3 and 22 of /proc/PID/stat, proc(5); null where they cannot be read. */
async function statOf(
  pid: string,
): Promise<{ readonly state: string | undefined; readonly startTicks: string | null } | null> {
  const stat = await textOf(readFile(`/proc/${pid}/stat`, 'utf8'))
  if (stat === null) return null
  // The second field is the program's name in brackets and may hold anything; the third begins after the last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { state: fields[0], startTicks: fields[19] ?? null }
}

/** Processes end, and belong to others, while one looks: what cannot be read is not there. */
async function textOf(reading: Promise<string>): Promise<string | null> {
  return reading.then((text) => text.trim()).catch(() => null)
}
