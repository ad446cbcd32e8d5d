import { expect, test } from 'vitest'
import { accessFor, isPlainHttp, readAddress } from '../../../../../src/renderer/areas/access/access-draft.ts'
import { noAccess } from '../../../../../src/shared/contract/repositories.ts'

function addressOf(text: string) {
  const read = readAddress(text)
  if (read.kind !== 'good') throw new Error(`${text} is ${read.kind}`)
  return read.address
}

test('an address is said back in words, and a bad one tells why', () => {
  expect(readAddress(' ')).toEqual({ kind: 'empty' })
  expect(readAddress('/srv/backups')).toEqual({
    kind: 'bad',
    why: 'It is a path: write it as file:///FOLDER.',
  })
  expect(readAddress('kiok backups')).toEqual({ kind: 'bad', why: 'It is not a URL.' })
  expect(readAddress('s3://b-1/backups/?endpoint=https://s3.example&style=path')).toMatchObject({
    help: 'Bucket b-1 at https://s3.example, path style, keys that begin with “backups/”',
  })
  expect(readAddress('file:///srv/backups')).toMatchObject({ help: 'Folder /srv/backups on this computer' })
})

test('a credential in an address is refused and not repeated', () => {
  const read = readAddress('s3://key:hunter2@bucket/')
  expect(read.kind).toBe('bad')
  expect(JSON.stringify(read)).not.toContain('hunter2')
})

test('what belongs to another kind of place does not go along', () => {
  const typed = {
    ...noAccess,
    credential: { source: 'vault', id: 's1' },
    sshKeyFiles: ['/k', ' '],
    hostKey: null,
    allowHttp: true,
  } as const
  const access = { ...typed, sshKeyFiles: [...typed.sshKeyFiles] }
  expect(accessFor(addressOf('file:///srv'), access)).toEqual(noAccess)
  expect(accessFor(addressOf('sftp://ops@host/srv'), access)).toEqual({ ...noAccess, sshKeyFiles: ['/k'] })
  expect(accessFor(addressOf('s3://bucket/'), access)).toEqual({
    ...noAccess,
    credential: { source: 'vault', id: 's1' },
    allowHttp: true,
  })
})

test('a bucket without a chosen credential takes that of the environment', () => {
  expect(accessFor(addressOf('s3://bucket/'), noAccess).credential).toEqual({ source: 'environment' })
})

test('plain HTTP is known by the endpoint', () => {
  expect(isPlainHttp(addressOf('s3://bucket/?endpoint=http://10.0.0.1:9000'))).toBe(true)
  expect(isPlainHttp(addressOf('s3://bucket/?endpoint=https://s3.example'))).toBe(false)
})
