import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatAddress, parseAddress } from '../../../../src/shared/domain/address.ts'
import { tries } from '../../../support/tries.ts'

describe('A repository address', () => {
  test.each([
    [
      's3://bucket/backups/?endpoint=https://s3.example.org:9000&region=eu-1&style=path',
      {
        kind: 's3',
        bucket: 'bucket',
        prefix: 'backups/',
        endpoint: 'https://s3.example.org:9000',
        region: 'eu-1',
        style: 'path',
      },
    ],
    [
      's3://bucket',
      { kind: 's3', bucket: 'bucket', prefix: '', endpoint: null, region: null, style: 'virtual' },
    ],
    [
      's3://b1/prod-',
      { kind: 's3', bucket: 'b1', prefix: 'prod-', endpoint: null, region: null, style: 'virtual' },
    ],
    [
      's3://b1/a%20b%2Fc/',
      { kind: 's3', bucket: 'b1', prefix: 'a b/c/', endpoint: null, region: null, style: 'virtual' },
    ],
    ['file:///srv/my%20backups/', { kind: 'file', folder: '/srv/my backups' }],
    [
      'sftp://op@host:2222/srv/backups',
      { kind: 'sftp', user: 'op', host: 'host', port: 2222, folder: '/srv/backups' },
    ],
    ['sftp://[::1]/x', { kind: 'sftp', user: null, host: '::1', port: 22, folder: '/x' }],
  ])('%s says where it is', (text, address) => {
    expect(parseAddress(text)).toEqual(address)
  })

  test('has one canonical text, which is read back as the same place', () => {
    const part = fc
      .stringMatching(/^[ -~äö#?%:]{1,12}$/)
      .filter((text) => !text.includes('/') && !/^\.{1,2}$/.test(text))
    fc.assert(
      fc.property(
        fc.oneof(
          fc.record({
            kind: fc.constant('file' as const),
            folder: fc.array(part, { minLength: 1 }).map((parts) => `/${parts.join('/')}`),
          }),
          fc.record({
            kind: fc.constant('s3' as const),
            bucket: fc.stringMatching(/^[a-z0-9][a-z0-9-]{2,20}$/),
            prefix: fc.array(part).map((parts) => parts.join('/')),
            endpoint: fc.constantFrom(null, 'https://s3.example.org', 'http://127.0.0.1:9000'),
            region: fc.constantFrom(null, 'eu-central-1'),
            style: fc.constantFrom('path' as const, 'virtual' as const),
          }),
        ),
        (address) => {
          const text = formatAddress(address)
          expect(parseAddress(text)).toEqual(address)
          expect(formatAddress(parseAddress(text))).toBe(text)
        },
      ),
      { numRuns: tries(300) },
    )
  })

  test.each([
    's3://AKIA:hunter2@bucket/',
    's3://user@bucket/',
    'sftp://op:hunter2@host/',
    'file://user:hunter2@host/x',
    's3://bucket/?endpoint=https://k:hunter2@host',
  ])('that carries a credential is refused, and the credential is not repeated: %s', (text) => {
    expect(() => parseAddress(text)).toThrow(expect.objectContaining({ code: 'repository.badAddress' }))
    expect(() => parseAddress(text)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('hunter2') }),
    )
  })

  test.each([
    'backups',
    '/srv/backups',
    'https://bucket/',
    'file://host/share',
    'file:x',
    'file:/x',
    's3:bucket',
    'file:///x?y=z',
    'file:///x#y',
    'file:///%00',
    'file:///%ff',
    's3:///prefix',
    's3://bucket:9000/',
    's3://bucket/?endpoint=ftp://x',
    's3://bucket/?endpoint=nonsense',
    's3://bucket/?style=odd',
    's3://bucket/?secret=x',
    's3://bucket/?region=a&region=b',
    'sftp:///srv',
    'sftp://%ff@host/srv',
    'sftp://o%00p@host/srv',
  ])('%s is refused', (text) => {
    expect(() => parseAddress(text)).toThrow(expect.objectContaining({ code: 'repository.badAddress' }))
  })
})
