import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemSecretService } from '../../../../../src/main/adapters/keychain/secret-service.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-bus-'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

test.skipIf(process.platform !== 'linux')(
  'The program that asks the bus is given what it needs to find it, and no secret of this process',
  async () => {
    const said = join(folder, 'said')
    writeFileSync(
      join(folder, 'dbus-send'),
      `#!/bin/sh\ntr '\\0' '\\n' </proc/$$/environ >>${said}\nexit 1\n`,
    )
    chmodSync(join(folder, 'dbus-send'), 0o755)
    for (const name of ['HOLDFAST_MASTER_KEY', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, 'canary')
    vi.stubEnv('PATH', `${folder}:${process.env['PATH'] ?? ''}`)
    vi.stubEnv('DBUS_SESSION_BUS_ADDRESS', 'unix:path=/run/a-bus')
    expect(await systemSecretService.find('holdfast', 'one')).toBeNull()
    expect(await systemSecretService.name()).toBeNull()
    const environment = readFileSync(said, 'utf8')
    expect(environment).toContain('DBUS_SESSION_BUS_ADDRESS=unix:path=/run/a-bus')
    expect(environment).not.toContain('canary')
  },
)
