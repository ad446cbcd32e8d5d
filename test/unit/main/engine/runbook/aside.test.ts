import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lookAside, moveAside, moveBack, type Aside } from '../../../../../src/main/engine/runbook/aside.ts'
import type { RemoteHost } from '../../../../../src/main/ports/remote-host.ts'
import type { StepContext } from '../../../../../src/main/ports/runbook.ts'
import { shellHost } from '../../../../lab/shell-host.ts'
import { deathsAt, dyingHost } from '../../../../support/dying-host.ts'
import { plant, scratch, shapeOf } from '../restore/fixture.ts'

/** This machine with a `sync` that says in `log` what stands in a folder when it is called. */
function listeningHost(above: string, folder: string, log: string): RemoteHost {
  const bin = join(above, 'bin')
  mkdirSync(bin)
  writeFileSync(
    join(bin, 'sync'),
    `#!/bin/sh\nfind ${folder} -mindepth 1 -printf '%P ' >>${log}\necho >>${log}\n`,
  )
  chmodSync(join(bin, 'sync'), 0o755)
  const host = shellHost()
  const environment = { PATH: `${bin}:${process.env['PATH'] ?? ''}` }
  return { ...host, run: (command, signal) => host.run({ ...command, environment }, signal) }
}

test('What is moved aside, and back, is on the disk before it is called done', async () => {
  using above = scratch()
  const folder = join(above.path, 'data')
  const log = join(above.path, 'log')
  plant(folder, { 'kms/CURRENT': 'old' })
  const host = listeningHost(above.path, folder, log)
  const session = { signal: new AbortController().signal, host: async () => host }
  const context = { session, runId: 'run-1' } as unknown as StepContext
  const ssh = { keyFiles: [], keyCredential: null, sudoCredential: null, hostKeys: [] }
  const aside: Aside = { host: { address: 'host-1', ssh }, folder, names: ['kms', 'iam'] }

  expect(await moveAside(aside, context)).toMatchObject({ state: 'done' })
  expect(readdirSync(join(folder, 'before-run-1')).sort()).toEqual(['complete', 'kms'])
  expect(readFileSync(log, 'utf8')).toContain('before-run-1/complete')
  rmSync(log)

  expect(await moveBack(aside, context)).toMatchObject({ state: 'done' })
  expect(shapeOf(folder)).toEqual({ 'kms/': '', 'kms/CURRENT': 'old' })
  expect(readFileSync(log, 'utf8').trim().split(' ').sort()).toEqual(['kms', 'kms/CURRENT'])
})

test('What is moved aside gets there, and comes back, whatever rename the first call died at', async () => {
  const ssh = { keyFiles: [], keyCredential: null, sudoCredential: null, hostKeys: [] }
  for (const death of deathsAt(4)) {
    using above = scratch()
    const folder = join(above.path, 'data')
    plant(folder, { 'kms/CURRENT': 'old', 'iam/CURRENT': 'old' })
    const before = shapeOf(folder)
    const { host, dieAt, hasDied } = dyingHost(join(above.path, 'host'))
    const session = { signal: new AbortController().signal, host: async () => host }
    const context = { session, runId: 'run-1' } as unknown as StepContext
    const aside: Aside = { host: { address: 'host-1', ssh }, folder, names: ['kms', 'iam', 'metadata'] }

    dieAt(death)
    const first = await moveAside(aside, context).catch(() => null)
    const died = hasDied()
    expect([first === null, (await lookAside(aside, context)).state]).toEqual([
      died,
      died ? 'notYet' : 'done',
    ])
    expect(await moveAside(aside, context)).toMatchObject({ state: 'done' })
    expect(shapeOf(folder)).toMatchObject({
      'before-run-1/kms/CURRENT': 'old',
      'before-run-1/iam/CURRENT': 'old',
    })
    // Of a name that had nothing in its place, nothing is taken back: who has put it there does that.
    plant(folder, { 'kms/CURRENT': 'new', 'metadata/CURRENT': 'new' })
    dieAt(death)
    await moveBack(aside, context).catch(() => null)
    hasDied()
    expect(await moveBack(aside, context)).toMatchObject({ state: 'done' })
    expect(shapeOf(folder)).toEqual({
      ...before,
      'metadata/': '',
      'metadata/CURRENT': 'new',
      'before-run-1.replaced/': '',
      'before-run-1.replaced/kms/': '',
      'before-run-1.replaced/kms/CURRENT': 'new',
    })
  }
})
