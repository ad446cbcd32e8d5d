import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { systemProcesses } from '../../../../../src/main/adapters/local-target/processes.ts'

function fieldsOf(pid: number): readonly string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

test.skipIf(!existsSync('/proc/self/stat'))(
  'A process that was killed and that nobody has asked after yet is dead (skipped where there is no /proc)',
  async () => {
    // The shell starts a program and then becomes another one, which never asks after its child.
    const parent = spawn('sh', ['-c', 'true & echo $!; exec sleep 600'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    try {
      const [line] = (await once(parent.stdout, 'data')) as [Buffer]
      const pid = Number(line.toString().trim())
      while (fieldsOf(pid)[0] !== 'Z') await setImmediate()
      const self = await systemProcesses.self()
      expect(await systemProcesses.judge({ ...self, pid, startTicks: fieldsOf(pid)[19] ?? null })).toBe(
        'dead',
      )
    } finally {
      parent.kill()
    }
  },
)
