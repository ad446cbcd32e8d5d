import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findLogins, isEncrypted } from '../../../../../src/main/adapters/ssh-login/credentials.ts'
import { failure } from '../../../../conformance/store-helpers.ts'

let folder: string
const path = (name: string): string => join(folder, name)
const account = { user: 'u', host: 'backup.example', port: 2222 }
const places = { sshFolder: '/nowhere', identityFiles: null, identitiesOnly: false }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-keys-'))
  for (const [name, passphrase, ...format] of [
    ['plain', ''],
    ['sealed', 'secret words'],
    ['plain-pem', '', '-m', 'PEM'],
    ['sealed-pem', 'secret words', '-m', 'PEM'],
  ]) {
    const args = ['-q', '-t', 'ecdsa', '-N', passphrase ?? '', '-f', path(name ?? ''), ...format]
    execFileSync('ssh-keygen', args)
  }
})
afterAll(() => rm(folder, { recursive: true }))

describe('credentials for SSH', () => {
  test('an encrypted key is told from a plain one, in both formats', async () => {
    for (const [name, sealed] of [
      ['plain', false],
      ['sealed', true],
      ['plain-pem', false],
      ['sealed-pem', true],
    ] as const) {
      expect(isEncrypted(await readFile(path(name), 'utf8')), name).toBe(sealed)
    }
    expect(isEncrypted('no key at all')).toBe(false)
  })

  test('a named key file that is encrypted, without a passphrase, says so', async () => {
    const error = await failure(
      findLogins(account, { agentSocket: null, keyFiles: [path('sealed')] }, places),
      'host.authentication',
    )
    expect(error.message).toContain('is encrypted, and no passphrase was given')
    expect(error.text).toMatchObject({
      what: 'The login as u to backup.example port 2222 over SSH failed.',
      unchanged: 'Nothing was done there.',
    })
    const logins = await findLogins(
      account,
      {
        agentSocket: null,
        keyFiles: [path('sealed')],
        passphrase: 'secret words',
      },
      places,
    )
    expect(logins.methods).toMatchObject([{ type: 'publickey', passphrase: 'secret words' }])
    expect(logins.notes.join(' ')).not.toContain('secret words')
  })

  test('a named key file that is not there, or no credential at all, says so', async () => {
    const missing = await failure(
      findLogins(account, { agentSocket: null, keyFiles: [path('none')] }, places),
      'host.authentication',
    )
    expect(missing.message).toContain(path('none'))
    await failure(findLogins(account, { agentSocket: null, keyFiles: [] }, places), 'host.authentication')
  })

  test('an agent that does not answer is left out and mentioned', async () => {
    await writeFile(path('stale.sock'), '')
    const logins = await findLogins(
      account,
      { agentSocket: path('stale.sock'), keyFiles: [path('plain')] },
      places,
    )
    expect(logins.methods.map(({ type }) => type)).toEqual(['publickey'])
    expect(logins.notes.join(' ')).toContain('No ssh-agent answers')
  })

  test('named key files are tried before the agent', async () => {
    const agent = createServer((socket) => socket.destroy())
    await new Promise<void>((resolve) => agent.listen(path('agent.sock'), resolve))
    try {
      const logins = await findLogins(
        account,
        { agentSocket: path('agent.sock'), keyFiles: [path('plain')] },
        places,
      )
      expect(logins.methods.map(({ type }) => type)).toEqual(['publickey', 'agent'])
    } finally {
      await new Promise((resolve) => agent.close(resolve))
    }
  })
})
