import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openAuditLog } from '../../src/main/adapters/audit-file/open-audit-log.ts'
import { openCatalog } from '../../src/main/adapters/catalog-file/catalog-file.ts'
import { readKeyFile } from '../../src/main/adapters/key-file/read-key-file.ts'
import { openDeskState } from '../../src/main/adapters/saved-state/open-desk-state.ts'
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import { systemRandom } from '../../src/main/adapters/system/random.ts'
import { openVaultIn } from '../../src/main/hosts/open-vault.ts'
import { openSecrets } from '../../src/main/secrets/open-secrets.ts'
import { failure } from '../conformance/store-helpers.ts'
import { memoryLog } from '../fakes/memory-log.ts'
import { traces } from '../support/canary.ts'

const child = join(import.meta.dirname, '../support/secrets-child.ts')
const canaries = {
  passphrase: 'canary 4d1f passphrase',
  secretAccessKey: 'canary/4d1f+secretAccessKey',
  sessionToken: 'canary.4d1f.sessionToken',
  masterKey: 'canary-4d1f-masterKey',
}

test('an older vault put back between two runs is noticed, and the chain keeps it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-secrets-'))
  const file = join(folder, 'vault.sealed')
  const choice = { backend: 'sealedFile', passphrase: canaries.passphrase } as const
  const add = { kind: 'masterKey', key: canaries.masterKey } as const
  try {
    const first = await openHere(folder)
    await first.secrets.choose(choice)
    await first.secrets.add('one', add)
    const old = await readFile(file)
    const { id } = await first.secrets.add('two', add)
    await first.close()
    await writeFile(file, old)

    const next = await openHere(folder)
    expect(await next.secrets.unlock(choice.passphrase)).toMatchObject({
      state: 'open',
      reason: expect.stringContaining('saved 2 times, and the audit chain knows of 3'),
    })
    expect((await next.secrets.list()).map(({ label, isThere }) => [label, isThere])).toEqual([
      ['one', true],
      ['two', false],
    ])
    await failure(next.secrets.masterKey(id, { subject: 'kiok-prod', purpose: 'verify' }), 'vault.lost')
    const [entry] = (await next.audit.list({ limit: 1 })).entries
    expect(entry).toMatchObject({ action: 'vault.rolledBack', subject: file })
    expect((await next.audit.verify()).broken).toBeNull()
    await next.close()
  } finally {
    await rm(folder, { recursive: true })
  }
})

/** The service as a host builds it, over a state folder. */
async function openHere(folder: string) {
  const clock = systemClock
  const random = systemRandom
  const installationSecret = await openCatalog(folder).installationSecret()
  const desk = await openDeskState(folder, { clock })
  const audit = openAuditLog(folder, { clock, random, actor: 'the test' })
  const secrets = openSecrets({
    desk,
    audit,
    clock,
    random,
    log: memoryLog(),
    installationSecret,
    readKeyFile,
    openVault: openVaultIn({ desk, installationSecret, clock, random }),
    onChange: () => {},
  })
  const close = async (): Promise<void> => {
    await secrets.close()
    await desk.close()
  }
  return { secrets, audit, close }
}

/** On a machine without a desktop session, as a jump host is. */
describe('secrets where there is no keychain', () => {
  let home = ''
  let said = ''
  let proc = ''
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'holdfast-secrets-'))
    const running = spawn(process.execPath, [child, join(home, 'state')], {
      env: { PATH: process.env['PATH'], HOME: home },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const gone = once(running, 'exit')
    try {
      running.stdin.end(JSON.stringify(canaries))
      for await (const line of createInterface({ input: running.stdout })) {
        said = line
        for (const name of ['cmdline', 'environ']) {
          proc += await readFile(`/proc/${running.pid}/${name}`, 'latin1').catch(() => '')
        }
        running.kill('SIGKILL')
      }
    } finally {
      running.kill('SIGKILL')
      await gone
    }
  })
  afterAll(() => rm(home, { recursive: true }))

  test('no other place is taken instead of the keychain, and no file is made before it is chosen', () => {
    const { before, chosen, files } = JSON.parse(said) as Record<string, Record<string, unknown>>
    expect(before).toMatchObject({
      status: {
        state: 'none',
        choices: [
          { backend: 'keychain', usable: false, reason: expect.stringMatching(/does not answer.*bus/i) },
          { backend: 'sealedFile', usable: true, name: join(home, 'state', 'vault.sealed'), reason: null },
        ],
      },
      add: { code: 'vault.none' },
      keychain: { code: 'vault.unavailable' },
      short: { code: 'usage' },
      after: { state: 'none' },
      files: expect.not.arrayContaining(['vault.sealed']),
    })
    expect(chosen).toMatchObject({ state: 'open', backend: 'sealedFile', autoLockMinutes: 15 })
    expect(files).toContain('vault.sealed')
    expect(files).not.toContain('keychain.json')
  })

  test('no answer, entry, log line, file, argument or environment shows a secret in any form', async () => {
    const places = new Map([
      ['what it said', said],
      ['its arguments and environment', proc],
    ])
    for (const entry of await readdir(home, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      if (entry.isFile()) places.set(path, await readFile(path, 'latin1'))
    }
    expect([...places.keys()]).toContain(join(home, 'state', 'vault.sealed'))
    for (const [name, canary] of Object.entries(canaries)) {
      for (const [place, text] of places) expect(traces(canary, text), `${name} in ${place}`).toEqual([])
    }
  })

  test('the search would find a secret in each of its forms', () => {
    const canary = canaries.secretAccessKey
    const bytes = Buffer.from(canary)
    for (const shown of [
      canary,
      JSON.stringify(canary),
      encodeURIComponent(canary),
      bytes.toString('hex').toUpperCase(),
      bytes.toString('base64url'),
      Buffer.from(`x${canary}`).toString('base64'),
      Buffer.from(`user:${canary}`).toString('base64'),
    ]) {
      expect(traces(canary, `before ${shown} after`), shown).not.toEqual([])
    }
    expect(traces(canary, 'canary/4d1f+secret')).toEqual([])
  })
})
