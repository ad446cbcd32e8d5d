import { copyFileSync, existsSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest'
import { startSshd, type Sshd } from '../../lab/sshd.ts'
import { keyFile, kiokFolder, storeSizes, type RepositoryFixture } from './fixture.ts'
import { runCli, temporaryFolder } from './run-cli.ts'

const home = temporaryFolder()
let sshd: Sshd | { readonly skip: string }
let kiok: RepositoryFixture

beforeAll(async () => {
  sshd = await startSshd({
    users: [{ name: 'lab-operator', password: 'the password', sudo: '(root) PASSWD: ALL' }],
  })
  kiok = await kiokFolder(home, 'kiok')
  if ('skip' in sshd) return
  mkdirSync(join(home, '.ssh'), { mode: 0o700 })
  copyFileSync(sshd.knownHostsFile, join(home, '.ssh', 'known_hosts'))
  mkdirSync(join(home, 'host'))
})
afterAll(async () => {
  if ('stop' in sshd) await sshd.stop()
})

function over(scheme: string, user: string, { skip }: TestContext, name: string) {
  if ('skip' in sshd) return skip(sshd.skip)
  const dir = join(home, 'host', name)
  const target = `${scheme}://${user}@${sshd.host}:${sshd.port}${dir}`
  return { dir, target, flags: ['--target', target, '--ssh-key', sshd.keyFile, '--json'], server: sshd }
}

const backup = ['20261112']
const confirmed = ['--confirm', 'kiok-prod']

describe('A target on a host', () => {
  test('is planned, restored into, and rolled back over SSH; on the host itself it is rolled back as well', async (context) => {
    const { dir, target, flags } = over('ssh', 'root', context, 'export')
    const keys = ['--master-key-file', keyFile(home)]
    mkdirSync(dir)
    writeFileSync(join(dir, 'iam'), 'what stood there')
    const planned = await runCli(home, ['plan', ...backup, ...kiok.flags, ...keys, ...flags])
    const { plan, planHash } = JSON.parse(planned.stdout)
    expect(plan).toMatchObject({ targetDir: target, replaces: [{ name: 'iam', kind: 'file' }] })
    const args = ['restore', ...backup, ...kiok.flags, ...keys, ...flags, ...confirmed, '--plan', planHash]
    const restored = await runCli(home, args)
    expect(JSON.parse(restored.stdout)).toMatchObject({ restored: true, target, planHash })
    for (const [name, sizeBytes] of Object.entries(storeSizes)) {
      expect(lstatSync(join(dir, name)).size).toBe(sizeBytes)
    }
    const back = await runCli(home, ['restore', '--rollback', ...flags])
    expect(JSON.parse(back.stdout)).toMatchObject({ rolledBack: true, target, returned: ['iam'] })
    expect(lstatSync(join(dir, 'iam')).size).toBe('what stood there'.length)
    const again = await runCli(home, ['plan', ...backup, ...kiok.flags, ...keys, ...flags])
    const second = ['restore', ...backup, ...kiok.flags, ...keys, ...flags, ...confirmed]
    expect(JSON.parse(again.stdout).planHash).not.toBe('')
    expect(JSON.parse((await runCli(home, second)).stdout).restored).toBe(true)
    const onHost = await runCli(home, ['restore', '--rollback', '--target', dir, '--json'])
    expect(JSON.parse(onHost.stdout)).toMatchObject({ rolledBack: true, target: dir, returned: ['iam'] })
  })

  test('is worked on as root through sudo, whose password comes from a file of the operator alone', async (context) => {
    const { dir, flags } = over('ssh+sudo', 'lab-operator', context, 'sudo')
    const keys = ['--master-key-file', keyFile(home)]
    const args = ['restore', ...backup, ...kiok.flags, ...keys, ...flags, ...confirmed]
    const without = await runCli(home, args)
    expect([without.status, JSON.parse(without.stdout).error.code]).toEqual([3, 'host.sudo'])
    expect(existsSync(dir)).toBe(false)
    const passwordFile = join(home, 'sudo-password')
    writeFileSync(passwordFile, 'the password\n', { mode: 0o600 })
    const restored = await runCli(home, [...args, '--sudo-password-file', passwordFile])
    expect(JSON.parse(restored.stdout)).toMatchObject({ restored: true })
    expect(lstatSync(join(dir, 'iam')).uid).toBe(0)
    expect(readdirSync(join(dir, '.holdfast')).filter((name) => name.startsWith('lock'))).toEqual([])
  })

  test('whose key nobody vouches for is refused with its fingerprint before anything is sent', async (context) => {
    const { flags } = over('ssh', 'root', context, 'unknown')
    const own = temporaryFolder()
    const keys = ['--master-key-file', keyFile(home)]
    const { status, stdout } = await runCli(own, ['plan', ...backup, ...kiok.flags, ...keys, ...flags])
    const { error } = JSON.parse(stdout)
    expect([status, error.code]).toEqual([3, 'host.unknownKey'])
    const fingerprint = /SHA256:[A-Za-z0-9+/]{43}/.exec(error.message)?.[0] ?? ''
    const accepted = ['plan', ...backup, ...kiok.flags, ...keys, ...flags, '--host-key', fingerprint]
    expect((await runCli(own, accepted)).status).toBe(0)
  })
})
