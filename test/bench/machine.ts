import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'

/** What the numbers depend on. */
export interface Machine {
  readonly date: string
  readonly node: string
  readonly processor: string
  readonly cores: number
  /** Of the instructions that hashing and decryption live on, those that the processor has. */
  readonly instructions: readonly string[]
  readonly memoryGigabytes: number
  /** Average number of tasks that want a core over the last minute, before the bench began. */
  readonly load: number
  readonly tools: Readonly<Record<string, string>>
}

export function thisMachine(): Machine {
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    instructions: cpuFlags().filter((flag) => ['sha_ni', 'aes', 'vaes', 'avx2', 'avx512f'].includes(flag)),
    memoryGigabytes: Math.round(totalmem() / 1e9),
    load: loadavg()[0] ?? 0,
    tools: Object.fromEntries(
      ['openssl version', 'restic version', 'rclone version', 'aws --version', 'ceph --version'].map(
        (command) => [command.split(' ')[0] ?? command, firstLine(command)],
      ),
    ),
  }
}

export function machineInWords(machine: Machine): string {
  const { date, node, processor, cores, instructions, memoryGigabytes, load, tools } = machine
  return [
    `${date}: ${processor}, ${cores} cores (${instructions.join(', ')}), ${memoryGigabytes} GB, load ${load.toFixed(1)}.`,
    `Node ${node}; ${Object.values(tools).join('; ')}.`,
  ].join('\n')
}

function cpuFlags(): readonly string[] {
  try {
    return /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.trim().split(' ') ?? []
  } catch {
    return []
  }
}

function firstLine(command: string): string {
  const { status, stdout } = spawnSync('bash', ['-c', command], { encoding: 'utf8' })
  return status === 0 ? (stdout.split('\n')[0] ?? '') : `no ${command.split(' ')[0]}`
}
