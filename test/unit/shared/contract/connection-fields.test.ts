import { expect, test } from 'vitest'
import * as z from 'zod'
import * as fields from '../../../../src/shared/contract/connection-fields.ts'

const schema = z.strictObject({
  masters: fields.origins({ label: 'Masters', help: '', example: 'https://m1:8080' }, 1),
  zone: fields.text({ label: 'Zone', help: '', example: 'UTC' }, 'UTC'),
  kind: fields.choice({ label: 'Kind', help: '' }, [
    { value: 'a', label: 'A' },
    { value: 'b', label: 'B' },
  ]),
  login: fields.credential({ label: 'Login', help: '', of: 'login' }),
  tls: fields.tls({ label: 'TLS', help: '' }),
  ssh: fields.ssh({ label: 'SSH', help: '' }),
})

test('A form is drawn from the schema: every field in its order, with what is asked for', () => {
  expect(fields.describeFields(schema).map(({ name, kind, required }) => [name, kind, required])).toEqual([
    ['masters', 'origins', true],
    ['zone', 'text', false],
    ['kind', 'choice', false],
    ['login', 'credential', false],
    ['tls', 'tls', false],
    ['ssh', 'ssh', false],
  ])
  expect(fields.describeFields(schema)[2]).toMatchObject({
    choices: [
      { value: 'a', label: 'A' },
      { value: 'b', label: 'B' },
    ],
  })
})

test('What is left out stands for its usual value, and an origin has one text', () => {
  expect(schema.parse({ masters: ['HTTPS://M1:8080/', 'http://[::1]:80'] })).toEqual({
    masters: ['https://m1:8080', 'http://[::1]'],
    zone: 'UTC',
    kind: 'a',
    login: null,
    tls: {
      caFile: null,
      pin: null,
      serverName: null,
      clientCertFile: null,
      clientKeyFile: null,
      clientKeyCredential: null,
      unverifiedBecause: null,
    },
    ssh: { keyFiles: [], keyCredential: null, sudoCredential: null, hostKeys: [] },
  })
})

test.each([
  ['a path', 'https://m1:8080/admin'],
  ['a login', 'https://u:p@m1:8080'],
  ['a query', 'https://m1:8080?a=b'],
  ['another scheme', 'ftp://m1'],
  ['no URL', 'm1:8080'],
])('An address with %s is refused, not cut', (_, address) => {
  expect(schema.safeParse({ masters: [address] }).success).toBe(false)
})

test.each([
  ['no master at all', {}],
  ['a field nobody knows', { masters: ['https://m1'], extra: 1 }],
  ['belief without a reason', { masters: ['https://m1'], tls: { unverifiedBecause: ' ' } }],
  ['a pin that is none', { masters: ['https://m1'], tls: { pin: 'sha256/abc' } }],
  ['a control character', { masters: ['https://m1'], zone: 'a\nb' }],
])('Refused: %s', (_, values) => {
  expect(schema.safeParse(values).success).toBe(false)
})

test('A host that would be read as an option is refused', () => {
  const hosts = fields.hosts({ label: 'Hosts', help: '' }, 1)
  expect(hosts.safeParse(['-oProxyCommand=sh']).success).toBe(false)
  expect(hosts.safeParse(['root@db-1:2222', 'db-2']).success).toBe(true)
})

test('An entry that no form can ask for is a fault of the schema', () => {
  expect(() => fields.describeFields(z.strictObject({ other: z.string() }))).toThrow('other is no field')
})

test('A saved connection leaves as it was saved, an SSH field with its accepted host keys', () => {
  const saved = schema.parse({
    masters: ['https://m1'],
    login: 'login-1',
    tls: { caFile: '/etc/ca.pem' },
    ssh: {
      keyFiles: ['~/.ssh/id'],
      sudoCredential: 'sudo-1',
      hostKeys: [{ host: 'm1', fingerprint: `SHA256:${'a'.repeat(43)}` }],
    },
  })
  const shown = Object.entries(saved).map(([name, value]) => fields.connectionValue.parse({ name, value }))
  expect(fields.valuesByName(shown)).toEqual(saved)
  expect(fields.connectionValue.safeParse({ name: 'other', value: { secret: 'x' } }).success).toBe(false)
})

test('A program with a port of its own has it where none is written, and one that is written stays', () => {
  const armada = z.strictObject({
    servers: fields.origins({ label: 'Servers', help: '', example: 'https://a:8443' }, 1, 8443),
  })
  const servers = [
    ['https://armada-1.example', 'https://armada-1.example:8443'],
    ['HTTP://Armada-1.example/', 'http://armada-1.example:8443'],
    ['https://armada-1.example:443', 'https://armada-1.example:443'],
    ['http://armada-1.example:80/', 'http://armada-1.example:80'],
    ['https://[::1]', 'https://[::1]:8443'],
    ['https://[::1]:9000', 'https://[::1]:9000'],
  ] as const
  expect(armada.parse({ servers: servers.map(([typed]) => typed) }).servers).toEqual(
    servers.map(([, read]) => read),
  )
  // Read once more it says the same.
  expect(armada.parse({ servers: servers.map(([, read]) => read) }).servers).toEqual(
    servers.map(([, read]) => read),
  )
})
