import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { expect, vi } from 'vitest'

const waits = { timeout: 60_000 }

export interface Unreaped extends Disposable {
  /** Has ended, and is not waited for. */
  readonly pid: string
  /** Lives, and waits for nobody. */
  readonly parent: string
}

/** A process that has ended under a parent that does not wait for it: a shell that has become `sleep` meanwhile. */
export async function unreaped(): Promise<Unreaped> {
  const script = 'exec 3<&0; cat <&3 >/dev/null & echo "$!"; exec sleep 3600 <&- 3<&-'
  const parent = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'pipe', 'ignore'] })
  const [pid = ''] = (await once(createInterface({ input: parent.stdout }), 'line')) as string[]
  const told = (file: string): string => readFileSync(`/proc/${file}`, 'utf8')
  await vi.waitFor(() => expect(told(`${parent.pid}/comm`)).toBe('sleep\n'), waits)
  parent.stdin.end()
  await vi.waitFor(() => expect(told(`${pid}/status`)).toMatch(/^State:\s*Z/m), waits)
  return { pid, parent: `${parent.pid}`, [Symbol.dispose]: () => void parent.kill('SIGKILL') }
}
