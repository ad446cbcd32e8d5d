import { describe, expect, test } from 'vitest'
import { isHoldfastError } from '../../../../src/shared/domain/error.ts'
import { parseTarget, targetBase } from '../../../../src/shared/domain/target-address.ts'

describe('The address of a target', () => {
  test.each([
    ['/srv/restore', { kind: 'local', dir: '/srv/restore' }],
    ['ssh://ops@db1/srv/x', { kind: 'ssh', login: 'ops@db1', asRoot: false, dir: '/srv/x' }],
    ['ssh://db1:2222/', { kind: 'ssh', login: 'db1:2222', asRoot: false, dir: '/' }],
    ['ssh://ops@db1:22/a b%20', { kind: 'ssh', login: 'ops@db1', asRoot: false, dir: '/a b%20' }],
    ['ssh+sudo://o@[fe80::1]:23/x', { kind: 'ssh', login: 'o@[fe80::1]:23', asRoot: true, dir: '/x' }],
  ])('%s is read as it is meant', (text, address) => {
    expect(parseTarget(text)).toEqual(address)
  })

  test.each([
    '',
    'srv/x',
    'ssh://',
    'ssh://host',
    'ssh:///x',
    's3://b/x',
    'ssh://-oProxy/x',
    'ssh://a b/x',
    '/a\0',
  ])('%j is refused', (text) => {
    expect(() => parseTarget(text)).toThrow(expect.objectContaining({ code: 'target.refused' }))
  })

  test('with a password in it is refused without the password being repeated', () => {
    try {
      parseTarget('ssh://ops:hunter2@db1/x')
      expect.unreachable()
    } catch (error) {
      expect(isHoldfastError(error, 'target.refused')).toBe(true)
      expect(String(error)).not.toContain('hunter2')
    }
  })

  test('has one text for the same place', () => {
    const address = parseTarget('ssh+sudo://ops@db1:22/srv/x')
    expect(address.kind === 'ssh' && `${targetBase(address)}${address.dir}`).toBe('ssh+sudo://ops@db1/srv/x')
  })
})
