import { chmod, copyFile, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { heldUnits, holdUnits, releaseUnits, unheldUnits } from '../../src/main/engine/runbook/held-units.ts'
import type { HostAccess } from '../../src/main/engine/runbook/on-host.ts'
import type { RemoteHost } from '../../src/main/ports/remote-host.ts'
import { fakeSession } from '../fakes/session.ts'
import { kindlingSystemctl } from '../lab/masters/kindling-systemctl.ts'
import { shellHost } from '../lab/shell-host.ts'

const units = ['kindling@api.service', 'kindling@worker.service']
const access: HostAccess = {
  address: 'root@kindling-1',
  ssh: { keyFiles: [], keyCredential: null, sudoCredential: null, hostKeys: [] },
}

// A folder of this test stands at /etc/systemd/system, for each command alone.
describe.skipIf(process.getuid?.() !== 0)('units that are held back on a host', () => {
  let folder: string
  let etc: string
  const systemctl = (): string => join(folder, 'systemctl')

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hf-held-'))
    etc = join(folder, 'etc')
    await mkdir(etc)
    for (const unit of ['api', 'worker', 'edge'])
      await writeFile(join(folder, `kindling@${unit}.service`), 'inactive\n')
    await writeFile(
      systemctl(),
      kindlingSystemctl({ folder, etc, dataFolder: '/nowhere', hasPostgres: false }),
      { mode: 0o755 },
    )
  })
  afterEach(async () => rm(folder, { recursive: true }))

  function host(): RemoteHost {
    const shell = shellHost()
    const begin = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c'] as const
    const script = `mount --bind '${etc}' /etc/systemd/system && export PATH='${folder}':$PATH && exec "$@"`
    return {
      ...shell,
      run: async (command, signal) =>
        shell.run({ ...command, argv: [...begin, script, 'sh', ...command.argv] }, signal),
    }
  }
  function of(runId: string, name = 'eu 1') {
    const session = fakeSession({ name, system: 'kindling' }, new AbortController().signal, {
      host: async () => Promise.resolve(host()),
    })
    return { runId, session }
  }
  const told = async (...argv: readonly [string, ...string[]]) =>
    host().run({ argv: ['systemctl', ...argv], deadlineMs: 5_000 })
  const filesThere = async (): Promise<readonly string[]> =>
    (await readdir(etc, { recursive: true })).filter((name) => !name.endsWith('.d')).sort()

  test('start neither at boot nor when they are asked to, and start again once they are given back', async () => {
    expect(await unheldUnits(access, units, of('run-1'))).toEqual(units)
    await holdUnits(access, units, of('run-1'))
    await holdUnits(access, units, of('run-1'))
    expect(await unheldUnits(access, units, of('run-1'))).toEqual([])
    expect(await told('start', ...units)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Assertion failed on job for kindling@worker.service.'),
    })
    await told('boot')
    expect(await readFile(join(folder, 'kindling@worker.service'), 'utf8')).toBe('inactive\n')

    await releaseUnits(access, await heldUnits(access, of('run-1')), of('run-1'))
    expect(await filesThere()).toEqual([])
    expect(await told('start', ...units)).toMatchObject({ code: 0 })
    expect(await readFile(join(folder, 'kindling@worker.service'), 'utf8')).toBe('active\n')
  })

  test('are found to be neither held nor given back where systemd was not told, and a second try ends it', async () => {
    await chmod(systemctl(), 0o644)
    await expect(holdUnits(access, units, of('run-1'))).rejects.toMatchObject({ code: 'host.commandFailed' })
    await chmod(systemctl(), 0o755)
    expect(await unheldUnits(access, units, of('run-1'))).toEqual(units)
    await holdUnits(access, units, of('run-1'))

    await chmod(systemctl(), 0o644)
    const held = await heldUnits(access, of('run-1'))
    await expect(releaseUnits(access, held, of('run-1'))).rejects.toMatchObject({
      code: 'host.commandFailed',
    })
    await chmod(systemctl(), 0o755)
    expect(await told('start', ...units)).toMatchObject({ code: 1 })
    const left = await heldUnits(access, of('run-1'))
    expect(left.map(({ unit }) => unit)).toEqual(units)
    await releaseUnits(access, left, of('run-1'))
    expect(await heldUnits(access, of('run-1'))).toEqual([])
    expect(await told('start', ...units)).toMatchObject({ code: 0 })
  })

  test('of another run, another cluster and what the site has put there are left as they are', async () => {
    await mkdir(join(etc, 'kindling@api.service.d'))
    await writeFile(join(etc, 'kindling@api.service.d', 'limits.conf'), '[Service]\nLimitNOFILE=9\n')
    await holdUnits(access, units, of('run-1'))
    await holdUnits(access, units, of('run-2'))
    await holdUnits(access, units, of('run-3', 'us'))
    // One that was cut short while it was written.
    const written = join(etc, 'kindling@api.service.d', 'zz-holdfast-run-2')
    await copyFile(`${written}.conf`, `${written}.new`)
    const own = (await heldUnits(access, of('run-2'))).filter(({ run }) => run === 'run-2')
    await releaseUnits(access, own, of('run-2'))
    expect(await heldUnits(access, of('run-2'))).toEqual(
      units.map((unit) => ({
        unit,
        run: 'run-1',
        file: `/etc/systemd/system/${unit}.d/zz-holdfast-run-1.conf`,
      })),
    )
    expect(await filesThere()).toEqual([
      'kindling@api.service.d/limits.conf',
      'kindling@api.service.d/zz-holdfast-run-1.conf',
      'kindling@api.service.d/zz-holdfast-run-3.conf',
      'kindling@worker.service.d/zz-holdfast-run-1.conf',
      'kindling@worker.service.d/zz-holdfast-run-3.conf',
    ])
  })
})
