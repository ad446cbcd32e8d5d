import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { Writable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { systemProcesses } from '../../../../../src/main/adapters/local-target/processes.ts'

function fieldsOf(pid: number): readonly string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

test.skipIf(!existsSync('/proc/self/stat'))(
  'A process that ended and that nobody has asked after yet is dead (skipped where there is no /proc)',
  async () => {
    // The shell starts a program, then becomes another one, which never asks after its child.
    const parent = spawn('sh', ['-c', 'cat <&3 & echo $!; exec 3<&-; exec sleep 600'], {
      stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
    })
    try {
      const line = await new Promise<string>((resolve) => {
        parent.stdio[1]?.once('data', (part: Buffer) => resolve(part.toString()))
      })
      const pid = Number(line.trim())
      while (readFileSync(`/proc/${parent.pid}/comm`, 'utf8').trim() !== 'sleep') await setImmediate()
      const input = parent.stdio[3]
      if (input instanceof Writable) input.end()
      while (fieldsOf(pid)[0] !== 'Z') await setImmediate()
      const self = await systemProcesses.self()
      const identity = { ...self, pid, startTicks: fieldsOf(pid)[19] ?? null }
      expect(await systemProcesses.judge(identity)).toBe('dead')
    } finally {
      parent.kill()
      await once(parent, 'close')
    }
  },
)
