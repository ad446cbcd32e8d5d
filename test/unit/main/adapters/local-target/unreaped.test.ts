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
    // The shell starts a program and then becomes another one, which never asks after its child. The child ends only
    // after that: the shell itself might still have asked.
    const parent = spawn('sh', ['-c', 'cat <&3 & echo $!; exec sleep 600'], {
      stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
    })
    const [, stdout, , end] = parent.stdio
    if (!stdout || !end) throw new Error('There is no pipe to the child.')
    try {
      const [line] = (await once(stdout, 'data')) as [Buffer]
      const pid = Number(line.toString().trim())
      while (readFileSync(`/proc/${parent.pid}/comm`, 'utf8') !== 'sleep\n') await setImmediate()
      end.destroy()
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
