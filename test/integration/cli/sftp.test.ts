import { createHash } from 'node:crypto'
import { mkdirSync, copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest'
import { startSshd, type Sshd } from '../../lab/sshd.ts'
import { keyFile, kiokFolder, type RepositoryFixture } from './fixture.ts'
import { runCli, temporaryFolder } from './run-cli.ts'

const home = temporaryFolder()
let sshd: Sshd | { readonly skip: string }
let kiok: RepositoryFixture

beforeAll(async () => {
  sshd = await startSshd()
  kiok = await kiokFolder(home, 'kiok')
})
afterAll(async () => {
  if ('stop' in sshd) await sshd.stop()
})

/** Flags for the repository as the server shows it; what is known of the host is in the home's `.ssh`. */
function overSftp({ skip }: TestContext): { readonly flags: readonly string[]; readonly server: Sshd } {
  if ('skip' in sshd) return skip(sshd.skip)
  const address = `sftp://${sshd.user}@${sshd.host}:${sshd.port}${kiok.folder}`
  const flags = [
    '--repository',
    address,
    '--system',
    'kiok',
    '--ssh-key',
    sshd.keyFile,
    '--master-key-file',
    keyFile(home),
  ]
  return { flags, server: sshd }
}

test('A host that nobody vouches for is refused with its fingerprint, and accepted by it', async (context) => {
  const { flags, server } = overSftp(context)
  const fingerprints = Object.values(server.hostKeys).map((line) => {
    const key = Buffer.from(line.split(' ')[1] ?? '', 'base64')
    return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
  })
  const refused = await runCli(home, ['verify', '--all', '--json', ...flags])
  expect(refused.status).toBe(3)
  const { error } = JSON.parse(refused.stdout)
  expect(error.code).toBe('host.unknownKey')
  const shown = /SHA256:[A-Za-z0-9+/]{43}/.exec(error.message)?.[0] ?? ''
  expect(fingerprints).toContain(shown)
  expect(error.message).toContain('--host-key')
  const accepted = await runCli(home, ['verify', '--all', '--json', ...flags, '--host-key', shown])
  expect(JSON.parse(accepted.stdout).summary.good).toBe(3)
})

test('A repository on another host is proved over SFTP, where the host is known', async (context) => {
  const { flags, server } = overSftp(context)
  const own = temporaryFolder()
  mkdirSync(join(own, '.ssh'), { mode: 0o700 })
  copyFileSync(server.knownHostsFile, join(own, '.ssh', 'known_hosts'))
  const { status, stdout } = await runCli(own, ['verify', '--all', '--json', ...flags])
  expect([status, JSON.parse(stdout).summary.good]).toEqual([0, 3])
})
