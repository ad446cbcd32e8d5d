import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

const thread = new URL('../../../../../src/main/adapters/byte-work/worker-thread.ts', import.meta.url)

/** A program of its own, since a process that has nothing to wait for ends, whatever its promises wait for. */
test('the end of a thread is waited for, also where the call that it was busy with ends meanwhile', () => {
  const program = `
    import { startThread } from ${JSON.stringify(thread.href)}
    const thread = startThread(new URL('data:text/javascript,setInterval(() => {}, 1000)'))
    thread.setBusy(true)
    const ended = thread.terminate()
    thread.setBusy(false)
    await ended
    console.log(thread.isAlive() ? 'alive' : 'ended')`
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
  })
  expect({ status, stdout }, stderr).toEqual({ status: 0, stdout: 'ended\n' })
})
