import { expect, test } from 'vitest'
import { comparisons, type HostFiles } from '../../../../../src/main/systems/kindling/live/host-files.ts'

const key = (hash: string, sizeBytes = 32) => ({ hash, sizeBytes })

function files(...masterKeys: readonly HostFiles['masterKey'][]): readonly HostFiles[] {
  return masterKeys.map((masterKey, place) => ({
    host: `host-${place + 1}`,
    dsn: { hash: 'd', isLoopback: false },
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
