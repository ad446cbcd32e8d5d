import { createHmac } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  fingerprintOf,
  knownHosts,
  readKnownHosts,
} from '../../../../../src/main/adapters/ssh-login/known-hosts.ts'
import { failure } from '../../../../conformance/store-helpers.ts'

/** A public key as it goes over the wire: its type, then whatever tells it from others. */
function keyOf(type: string, rest: string): Buffer {
  const part = (text: string): Buffer => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(Buffer.byteLength(text))
    return Buffer.concat([length, Buffer.from(text)])
  }
  return Buffer.concat([part(type), part(rest)])
}
function line(names: string, key: Buffer, type = 'ssh-ed25519'): string {
  return `${names} ${type} ${key.toString('base64')} a comment`
}
function hashedName(name: string): string {
  const salt = Buffer.from('12345678901234567890')
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`
}

const key = keyOf('ssh-ed25519', 'one')
const other = keyOf('ssh-ed25519', 'two')
const rsa = keyOf('ssh-rsa', 'three')

describe('known hosts', () => {
  test.each([
    ['a plain name', 'backup.example', 'backup.example', 22],
    ['one of several names', 'a,backup.example,10.0.0.1', '10.0.0.1', 22],
    ['a name in other case', 'Backup.Example', 'BACKUP.example', 22],
    ['a name with its port', '[backup.example]:2222', 'backup.example', 2222],
    ['an IPv6 address with its port', '[::1]:2222', '::1', 2222],
    ['a wildcard', '*.example', 'backup.example', 22],
    ['a question mark', 'backup?.example', 'backup1.example', 22],
    ['a hashed name', hashedName('backup.example'), 'backup.example', 22],
    ['a hashed name with its port', hashedName('[backup.example]:2222'), 'backup.example', 2222],
  ])('%s is found', (_, names, host, port) => {
    const policy = knownHosts(`# comment\n\n${line(names, key)}\n`)
    expect(policy.judge(host, port, key)).toEqual({ kind: 'accepted' })
    expect(policy.judge(host, port, other)).toEqual({ kind: 'changed', known: [fingerprintOf(key)] })
    expect(policy.knownTypes(host, port)).toEqual(['ssh-ed25519'])
    expect(policy.judge('elsewhere', port, key)).toEqual({ kind: 'unknown' })
  })

  test.each([
    ['the name without its port', 'backup.example', 'backup.example', 2222],
    ['the name with another port', '[backup.example]:2222', 'backup.example', 22],
    ['a dot that is no wildcard', 'backup.example', 'backupXexample', 22],
    ['a negated name', '*.example,!backup.example', 'backup.example', 22],
    ['the hash of another name', hashedName('other.example'), 'backup.example', 22],
  ])('%s is unknown', (_, names, host, port) => {
    expect(knownHosts(line(names, key)).judge(host, port, key)).toEqual({ kind: 'unknown' })
  })

  test('a key of another type for a known host is a changed key', () => {
    const policy = knownHosts(line('h', key))
    expect(policy.judge('h', 22, rsa)).toEqual({ kind: 'changed', known: [fingerprintOf(key)] })
  })

  test('a host may have several keys', () => {
    const policy = knownHosts([line('h', key), line('h', rsa, 'ssh-rsa')].join('\r\n'))
    expect(policy.judge('h', 22, rsa)).toEqual({ kind: 'accepted' })
    expect(policy.knownTypes('h', 22)).toEqual(['ssh-ed25519', 'ssh-rsa'])
  })

  test('a revoked key is refused, also where it is listed or accepted besides', () => {
    const text = [line('h', key), `@revoked ${line('*', key)}`].join('\n')
    expect(knownHosts(text).judge('h', 22, key)).toEqual({ kind: 'revoked' })
    expect(knownHosts(text, fingerprintOf(key)).judge('h', 22, key)).toEqual({ kind: 'revoked' })
    expect(knownHosts(text).judge('elsewhere', 22, other)).toEqual({ kind: 'unknown' })
  })

  test('an explicitly accepted fingerprint is believed, for an unknown host and in place of a changed key', () => {
    const accepted = fingerprintOf(other)
    expect(knownHosts('', accepted).judge('h', 22, other)).toEqual({ kind: 'accepted' })
    expect(knownHosts('', accepted).judge('h', 22, key)).toEqual({ kind: 'changed', known: [accepted] })
    expect(knownHosts(line('h', key), accepted).judge('h', 22, other)).toEqual({ kind: 'accepted' })
    expect(knownHosts(line('h', key), accepted).judge('h', 22, rsa).kind).toBe('changed')
  })

  test('lines that say nothing are passed over', () => {
    const text = [
      'h',
      'h ssh-ed25519',
      'h ssh-ed25519 AAAA',
      line('h', rsa),
      `@cert-authority ${line('h', key)}`,
      '@ h',
    ]
    expect(knownHosts(text.join('\n')).judge('h', 22, key)).toEqual({ kind: 'unknown' })
  })

  test('a file that is not there knows no host; one that cannot be read is an error', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-known-'))
    try {
      await writeFile(join(folder, 'known'), line('h', key))
      const policy = await readKnownHosts([join(folder, 'none'), join(folder, 'known')])
      expect(policy.judge('h', 22, key)).toEqual({ kind: 'accepted' })
      await failure(readKnownHosts([folder]), 'host.unknownKey')
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
