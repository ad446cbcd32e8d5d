import { expect, test } from 'vitest'
import { hostOf } from '../../../../../src/main/systems/any/cluster-hosts.ts'

test.each([
  ['https://M1.example:8080', 'm1.example'],
  ['ops@kiok-1:2222', 'kiok-1'],
  ['kiok-ö', 'kiok-ö'],
  ['/srv/backups', null],
  ['100%', null],
  ['a%ff', null],
])('%s names the host %s', (text, host) => {
  expect(hostOf(text)).toBe(host)
})
