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
  const ownStat = await textOf(readFile('/proc/self/stat', 'utf8'))
  return {
    host: hostname(),
    pid: process.pid,
    startTicks: ownStat === null ? null : fieldsOf(ownStat).startTicks,
    bootId: await textOf(readFile('/proc/sys/kernel/random/boot_id', 'utf8')),
    pidNamespace: await textOf(readlink('/proc/self/ns/pid')),
  }
}

/** What a system says of a process number now. */
export interface ProcessSeen {
  /** False: it has no such process, whoever asks. */
  readonly exists: boolean
  /** The line of /proc/PID/stat; null where it cannot be read. */
  readonly statLine: string | null
}

/** `unknown`: of another machine or container, so it cannot be judged from `here`. */
export function judgeFrom(
  here: Omit<ProcessIdentity, 'pid' | 'startTicks'>,
  identity: ProcessIdentity,
  look: () => ProcessSeen,
): 'alive' | 'dead' | 'unknown' {
  if (identity.host !== here.host) return 'unknown'
  if (identity.bootId !== here.bootId) {
    // A service may be kept from seeing it (systemd.exec, ProcSubset=): that is no reboot.
    return identity.bootId === null || here.bootId === null ? 'unknown' : 'dead'
  }
  if (identity.pidNamespace !== here.pidNamespace) return 'unknown'
  const { exists, statLine } = look()
  if (!exists) return 'dead'
  if (statLine === null) return 'alive'
  const stat = fieldsOf(statLine)
  // A killed process keeps its number until its parent asks after it; in a container that can be never.
  const hasEnded = stat.state === 'Z' || stat.state === 'X'
  if (hasEnded) return 'dead'
  return identity.startTicks === null || stat.startTicks === identity.startTicks ? 'alive' : 'dead'
}

export async function judgeProcess(identity: ProcessIdentity): Promise<'alive' | 'dead' | 'unknown'> {
  const statLine = await textOf(readFile(`/proc/${identity.pid}/stat`, 'utf8'))
  return judgeFrom(await thisProcess(), identity, () => ({ exists: exists(identity.pid), statLine }))
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false
  }
  return true
}

/** Fields 3 and 22 of /proc/PID/stat, proc(5). */
function fieldsOf(stat: string): { readonly state: string | undefined; readonly startTicks: string | null } {
  // The second field is the program's name in brackets and may hold anything; the third begins after the last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { state: fields[0], startTicks: fields[19] ?? null }
}

/** Processes end, and belong to others, while one looks: what cannot be read is not there. */
async function textOf(reading: Promise<string>): Promise<string | null> {
  return reading.then((text) => text.trim()).catch(() => null)
}
