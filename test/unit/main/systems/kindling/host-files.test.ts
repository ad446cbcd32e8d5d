import { expect, test } from 'vitest'
import { comparisons, type HostFiles } from '../../../../../src/main/systems/kindling/live/host-files.ts'

const dsn = (hash: string, more: Partial<NonNullable<HostFiles['dsn']>> = {}): HostFiles['dsn'] => ({
  hash,
  isLoopback: false,
  isPooled: false,
  ...more,
})
const key = (hash: string, sizeBytes = 32) => ({ hash, sizeBytes })

function files(...masterKeys: readonly HostFiles['masterKey'][]): readonly HostFiles[] {
  return masterKeys.map((masterKey, place) => ({
    host: `host-${place + 1}`,
    dsn: dsn('d'),
    replicationDsn: null,
    masterKey,
    serverId: `id-${place + 1}`,
  }))
}

test.each<[string, readonly HostFiles[], string, RegExp]>([
  [
    'of two hosts that differ',
    files(key('a'), key('b'), key('a')),
    'bad',
    /^They differ: host-1, host-3 against host-2\. One of them cannot read/,
  ],
  ['that one host lacks', files(key('a'), null), 'warning', /none that can be read on host-2/],
  ['that one host has cut', files(key('a'), key('a', 31)), 'bad', /not have 32 bytes on host-2\./],
  ['that are the same', files(key('a'), key('a')), 'ok', /^It is the same on all 2 hosts that answer\./],
  ['of one host', files(key('a')), 'ok', /^It is there\./],
])('Master keys %s are told as that, with what to do', (_, of, state, answer) => {
  const said = comparisons.find(({ id }) => id === 'masterKey')?.answer(of)
  expect(said?.state).toBe(state)
  expect(said?.answer).toMatch(answer)
  if (state !== 'ok') expect(said?.next).toMatch(/\.$/)
})

function replicating(
  ...hosts: readonly (readonly [main: HostFiles['dsn'], replication: HostFiles['dsn']])[]
): readonly HostFiles[] {
  return hosts.map(([main, replicationDsn], place) => ({
    host: `host-${place + 1}`,
    dsn: main,
    replicationDsn,
    masterKey: key('a'),
    serverId: `id-${place + 1}`,
  }))
}

test.each<[string, readonly HostFiles[], string, RegExp]>([
  [
    'that are the same',
    replicating([dsn('d'), dsn('r')], [dsn('d'), dsn('r')]),
    'ok',
    /^It is the same on all 2/,
  ],
  [
    'that no host has',
    replicating([dsn('d'), null], [dsn('d'), null]),
    'ok',
    /^There is none: the DSN of postgres\.dsn counts\.$/,
  ],
  [
    'that differ',
    replicating([dsn('d'), dsn('r')], [dsn('d'), dsn('s')]),
    'bad',
    /^They differ: host-1 against host-2\.$/,
  ],
  [
    'that one host lacks, where the other DSN is another one',
    replicating([dsn('d'), dsn('r')], [dsn('d'), null]),
    'bad',
    /^They differ: host-1 against host-2\. There is none on host-2: the DSN of postgres\.dsn counts there\.$/,
  ],
  [
    'that one host lacks, where the other DSN is the same',
    replicating([dsn('d'), dsn('d')], [dsn('d'), null]),
    'ok',
    /^It is the same on all 2/,
  ],
  [
    'that name the host itself',
    replicating([dsn('d'), dsn('r', { isLoopback: true })], [dsn('d'), dsn('r', { isLoopback: true })]),
    'bad',
    /It names the host itself/,
  ],
  [
    'through the port of a pooler',
    replicating([dsn('d'), dsn('r', { isPooled: true })], [dsn('d'), dsn('r', { isPooled: true })]),
    'warning',
    /port 6432/,
  ],
  [
    'that fall back to the port of a pooler',
    replicating([dsn('d', { isPooled: true }), null]),
    'warning',
    /^There is none: .* port 6432/,
  ],
  [
    'on a host that has neither',
    replicating([dsn('d'), null], [null, null]),
    'warning',
    /neither it nor another DSN on host-2/,
  ],
])('Replication DSNs %s are told as that, with what to do', (_, of, state, answer) => {
  const said = comparisons.find(({ id }) => id === 'replicationDsn')?.answer(of)
  expect(said?.state).toBe(state)
  expect(said?.answer).toMatch(answer)
  if (state !== 'ok') expect(said?.next).toMatch(/\.$/)
})
