import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { defineAlive } from '../../../../../src/main/engine/runbook/alive.ts'
import { stoppedOn } from '../../../../../src/main/systems/chango/runbooks/masters-stopped.ts'
import { pidsOn } from '../../../../../src/main/systems/chango/runbooks/master-process.ts'
import type { Site } from '../../../../../src/main/systems/chango/runbooks/site.ts'
import { lookAt } from '../../../../../src/main/systems/kiok/runbooks/role-process.ts'
import type { KiokSite } from '../../../../../src/main/systems/kiok/runbooks/site.ts'
import { dyingHost, stepOn } from '../../../../support/dying-host.ts'
import { unreaped } from '../../../../support/unreaped.ts'
import { scratch } from '../restore/fixture.ts'

const ssh = { keyFiles: [], keyCredential: null, sudoCredential: null, hostKeys: [] }
const first = { address: 'host-1', ssh }

test('A process that has ended is not alive, waited for or not', async () => {
  using gone = await unreaped()
  const alive = (pid: string): boolean =>
    spawnSync('/bin/sh', ['-c', `${defineAlive}alive "$1"`, 'sh', pid]).status === 0
  expect([alive(gone.parent), alive(gone.pid), alive('4194999'), alive('')]).toEqual([
    true,
    false,
    false,
    false,
  ])
})

test('A master whose process has ended, and is not waited for, does not run', async () => {
  using gone = await unreaped()
  using folder = scratch()
  const home = folder.path
  mkdirSync(join(home, 'bin'))
  const file = join(home, 'bin/master-8080.pid')
  const { host } = dyingHost(join(home, 'host'))
  const context = stepOn(host, {})
  const site = { hosts: [first], user: 'root', home, ports: [] } as unknown as Site
  const kiok = { masters: [first], installFolder: home, osUser: 'root' } as unknown as KiokSite
  const seen = async (pid: string) => {
    writeFileSync(file, `${pid}\n`)
    return [
      await pidsOn(first, 'master', site, context),
      (await stoppedOn(first, site, context)).state,
      (await lookAt({ id: 'look', role: 'master', host: first, site: kiok }, context)).alive,
    ]
  }
  expect(await seen(gone.parent)).toEqual([[gone.parent], 'failed', [gone.parent]])
  expect(await seen(gone.pid)).toEqual([[], 'done', []])
})
