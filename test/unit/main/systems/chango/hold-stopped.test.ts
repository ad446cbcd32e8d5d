import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { holdStopped } from '../../../../../src/main/systems/chango/live/hold-stopped.ts'
import type { MasterHost } from '../../../../../src/main/systems/chango/live/on-host.ts'
import { shellHost } from '../../../../lab/shell-host.ts'
import { plant, scratch } from '../../engine/restore/fixture.ts'

/** An installation whose scripts write down what they were asked for, a process that stands for its master, and a slow `setsid`. */
async function openMaster(folder: string) {
  const home = join(folder, 'home')
  const bin = join(folder, 'bin')
  const said = join(folder, 'said')
  const master = spawn('/bin/sh', ['-c', 'while :; do sleep 1; done'], {
    stdio: 'ignore',
    env: { PATH: '/usr/bin:/bin', CHANGO_MASTER_KEY: 'a key' },
  })
  await once(master, 'spawn')
  plant(home, {
    'bin/stop-master.sh': `#!/bin/sh\necho stop >>${said}\nkill ${master.pid}\n`,
    'bin/start-master.sh': `#!/bin/sh\necho "start $CHANGO_MASTER_KEY" >>${said}\n`,
  })
  plant(bin, {
    setsid: `#!/bin/sh\n: >${folder}/waits\nwhile [ ! -e ${folder}/go ]; do sleep 0.02; done\nexec /usr/bin/setsid "$@"\n`,
  })
  for (const file of [
    join(home, 'bin/stop-master.sh'),
    join(home, 'bin/start-master.sh'),
    join(bin, 'setsid'),
  ])
    chmodSync(file, 0o755)
  const shell = shellHost()
  const environment = { PATH: `${bin}:${process.env['PATH'] ?? ''}` }
  const host: MasterHost = {
    name: shell.name,
    as: {},
    run: async (argv, signal) => shell.run({ argv, deadlineMs: 60_000, environment }, signal),
    start: async (command, signal) => shell.start({ ...command, environment }, signal),
  }
  return {
    host,
    home,
    running: { pid: String(master.pid), startArguments: [] },
    said: () => (existsSync(said) ? readFileSync(said, 'utf8') : ''),
    waits: () => existsSync(join(folder, 'waits')),
    go: () => writeFileSync(join(folder, 'go'), ''),
    cut: async () => shell.close(),
    isAlive: () => master.exitCode === null && master.signalCode === null,
    [Symbol.dispose]: () => void master.kill('SIGKILL'),
  }
}

test('Nothing is stopped before what starts it again is out of reach of the connection', async () => {
  using folder = scratch()
  using master = await openMaster(folder.path)
  const holding = holdStopped(master.host, master.home, master.running)
  const lost = expect(holding).rejects.toMatchObject({ code: 'host.lost' })
  await vi.waitFor(() => expect(master.waits()).toBe(true), { timeout: 60_000 })
  // A program that stopped it already would do so at about this time.
  await vi.waitFor(() => expect(master.said()).toContain('stop'), { timeout: 500 }).catch(() => undefined)
  await master.cut()
  await lost
  master.go()
  expect(master.said()).toBe('')
  expect(master.isAlive()).toBe(true)
})

test('It is stopped, held, and started again with its key', async () => {
  using folder = scratch()
  using master = await openMaster(folder.path)
  master.go()
  const stopped = await holdStopped(master.host, master.home, master.running)
  expect(master.said()).toBe('stop\n')
  expect(await stopped.startAgain()).toBeNull()
  expect(master.said()).toBe('stop\nstart a key\n')
})
