import { describe, expect, test } from 'vitest'
import type { ConnectionField } from '../../../../../src/shared/contract/connection-fields.ts'
import {
  askedHost,
  draftOf,
  missingIn,
  trusting,
  valuesOf,
  type Draft,
} from '../../../../../src/renderer/areas/masters/model/connection-draft.ts'
import { connectionFacts } from '../../../../../src/renderer/areas/masters/model/connection-facts.ts'

const base = { help: 'Help.', required: false }
const fields: readonly ConnectionField[] = [
  { ...base, kind: 'origins', name: 'masters', label: 'Masters', required: true, example: 'https://m1:8080' },
  { ...base, kind: 'hosts', name: 'nodes', label: 'Nodes' },
  { ...base, kind: 'text', name: 'proxy', label: 'Proxy', example: '', usual: '' },
  { ...base, kind: 'switch', name: 'plaintext', label: 'Send the login over http:' },
  {
    ...base,
    kind: 'choice',
    name: 'loginKind',
    label: 'Log in with',
    choices: [
      { value: 'password', label: 'User and password' },
      { value: 'accessKey', label: 'Access key' },
    ],
  },
  { ...base, kind: 'credential', name: 'login', label: 'Login', of: 'login' },
  { ...base, kind: 'tls', name: 'tls', label: 'TLS' },
  { ...base, kind: 'ssh', name: 'ssh', label: 'SSH' },
]
const fingerprint = `SHA256:${'a'.repeat(43)}`
const noTls = {
  caFile: null,
  pin: null,
  serverName: null,
  clientCertFile: null,
  clientKeyFile: null,
  clientKeyCredential: null,
  unverifiedBecause: null,
}
const noSsh = { keyFiles: [], keyCredential: null, sudoCredential: null, hostKeys: [] }

function typed(change: Draft): Draft {
  return { ...draftOf(fields, null), ...change }
}

describe('The form of a connection', () => {
  test('begins with what is usual of each kind of field', () => {
    expect(valuesOf(draftOf(fields, null))).toEqual({
      masters: [],
      nodes: [],
      proxy: '',
      plaintext: false,
      loginKind: 'password',
      login: null,
      tls: noTls,
      ssh: noSsh,
    })
  })

  test('gives a saved connection back as it was', () => {
    const saved = {
      masters: ['https://m1:8080', 'https://m2:8080'],
      nodes: ['ops@n1:2222'],
      proxy: 'http://proxy:3128',
      plaintext: true,
      loginKind: 'accessKey',
      login: 'cred-1',
      tls: { ...noTls, caFile: '/etc/ca.pem', unverifiedBecause: 'a lab without names' },
      ssh: { ...noSsh, keyFiles: ['~/.ssh/id'], hostKeys: [{ host: 'ops@n1:2222', fingerprint }] },
    }
    expect(valuesOf(draftOf(fields, saved))).toEqual(saved)
  })

  test('what cannot be understood of a saved connection stands for what is usual', () => {
    expect(
      valuesOf(draftOf(fields, { masters: 'https://m1', tls: { pin: 'short' }, ssh: 7, login: false })),
    ).toEqual(valuesOf(draftOf(fields, null)))
  })

  test('sends no blanks around what was typed and no empty lines', () => {
    const values = valuesOf(typed({ masters: { kind: 'lines', lines: [' https://m1:8080 ', '', '  '] } }))
    expect(values['masters']).toEqual(['https://m1:8080'])
  })

  test('says what is missing before it can be tested', () => {
    expect(missingIn(fields, typed({ masters: { kind: 'lines', lines: ['  '] } }))).toEqual([
      'Masters: at least one is needed.',
    ])
    expect(missingIn(fields, typed({ masters: { kind: 'lines', lines: ['https://m1'] } }))).toEqual([])
  })

  test('a certificate without its key, and any certificate without a reason, are not tested', () => {
    const { tls } = draftOf(fields, null)
    if (tls?.kind !== 'tls') throw new Error('no tls')
    const masters = { kind: 'lines', lines: ['https://m1'] } as const
    const of = (change: Partial<typeof tls.tls>): readonly string[] =>
      missingIn(fields, typed({ masters, tls: { kind: 'tls', tls: { ...tls.tls, ...change } } }))
    expect(of({ clientCertFile: '/c.pem' })).toEqual(['The client certificate lacks its key file.'])
    expect(of({ clientKeyFile: '/k.pem' })).toEqual(['The client key lacks its certificate file.'])
    expect(of({ isUnverified: true, unverifiedBecause: '  ' })).toEqual([
      'Why any certificate is believed has to be said.',
    ])
    expect(of({ clientCertFile: '/c.pem', clientKeyFile: '/k.pem' })).toEqual([])
  })

  test('a reason for believing any certificate is dropped once it is not believed any more', () => {
    const { tls } = draftOf(fields, { tls: { unverifiedBecause: 'a lab' } })
    if (tls?.kind !== 'tls') throw new Error('no tls')
    const values = valuesOf(typed({ tls: { kind: 'tls', tls: { ...tls.tls, isUnverified: false } } }))
    expect(values['tls']).toMatchObject({ unverifiedBecause: null })
  })
})

describe('An unknown host key', () => {
  const draft = typed({ nodes: { kind: 'lines', lines: ['ops@n1:2222', 'n2'] } })

  test('belongs to the address that was typed, told by its host alone', () => {
    expect(askedHost(draft, { group: 'n2' })).toBe('n2')
    expect(askedHost(draft, { group: 'n1' })).toBe('ops@n1:2222')
    expect(askedHost(draft, { group: 'another' })).toBeNull()
    expect(askedHost(typed({ nodes: { kind: 'lines', lines: ['n2'] } }), { group: 'kiseki-lab' })).toBe('n2')
  })

  test('is kept once for each host when it is trusted', () => {
    const once = trusting(draft, 'n2', fingerprint)
    const other = `SHA256:${'b'.repeat(43)}`
    expect(valuesOf(trusting(once, 'n2', other))['ssh']).toEqual({
      ...noSsh,
      hostKeys: [{ host: 'n2', fingerprint: other }],
    })
  })
})

test('A saved connection is told without what was left as it usually is, and an unchecked certificate as bad', () => {
  const facts = connectionFacts(fields, {
    masters: ['https://m1:8080'],
    login: 'cred-1',
    tls: { unverifiedBecause: 'a lab' },
  })
  expect(facts.map(({ label, of }) => [label, of.kind === 'text' ? of.text : of.kind])).toEqual([
    ['Masters', 'lines'],
    ['Log in with', 'User and password'],
    ['Login', 'credential'],
    ['Certificates', 'Any is believed: whoever is on the way can pose as a master. Because: a lab'],
    ['SSH keys', 'The agent and your SSH settings'],
  ])
  expect(facts.filter(({ of }) => of.kind === 'text' && of.isBad === true)).toHaveLength(1)
})
