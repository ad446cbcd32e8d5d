import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LabHost } from '../../lab/runbooks/hosts.ts'
import { fillDisk } from '../../lab/small-disk.ts'
import type { FaultyHost } from './lab.ts'

/**
 * Files below its tree say that something runs there. After a reboot those of `ends` are gone, and those of `begins` are there: units
 * that systemd starts by itself.
 */
export function faultyHost(
  { sshd, tree, disk }: LabHost,
  { ends = [], begins = [] }: { readonly ends?: readonly string[]; readonly begins?: readonly string[] },
): FaultyHost {
  return {
    killSessions: () => sshd.killSessions(),
    started: () => sshd.started(),
    fill: disk === null ? null : () => fillDisk(disk),
    async reboot() {
      sshd.killStarted()
      endAll(pidFilesIn(tree))
      sshd.killSessions()
      for (const mark of ends) rmSync(join(tree, mark), { force: true })
      for (const mark of begins) writeFileSync(join(tree, mark), '')
      return Promise.resolve()
    },
  }
}

function pidFilesIn(tree: string): readonly number[] {
  return readdirSync(tree, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.pid'))
    .map((name) => Number(readFileSync(join(tree, name), 'utf8')))
}

function endAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      if (pid > 1) process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended already.
    }
  }
}
