import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { traces } from '../support/canary.ts'

const child = join(import.meta.dirname, '../support/secrets-child.ts')
const canaries = {
  passphrase: 'canary 4d1f passphrase',
  secretAccessKey: 'canary/4d1f+secretAccessKey',
  sessionToken: 'canary.4d1f.sessionToken',
  masterKey: 'canary-4d1f-masterKey',
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
      files: ['(no folder)'],
    })
    expect(chosen).toMatchObject({ state: 'open', backend: 'sealedFile', autoLockMinutes: 15 })
    expect(files).toEqual(['vault.sealed'])
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
