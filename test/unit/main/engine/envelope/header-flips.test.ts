import { expect, test } from 'vitest'
import { createKeyRing } from '../../../../../src/main/engine/envelope/key-ring.ts'
import { inspectObject } from '../../../../../src/main/engine/envelope/inspect-object.ts'
import { readEnvelopeStart } from '../../../../../src/shared/domain/envelope-start.ts'
import { installationSecret, masterKey, piecesOf, sealedObject } from '../../../../support/envelopes.ts'

/**
 * Beside a good object of the same cluster: a flip that the parser lets pass either fails at the unwrap with the very
 * salt and iterations that this key has opened (so it is the header), or is found by the first segment, or has changed
 * salt or iterations, which nothing in this run has opened: there only the recorded hash tells.
 */
test('every changed byte of a header is refused, or fails to unwrap, or is found at the first segment', async () => {
  const object = await sealedObject(100)
  const { header, headerBytes } = object.opening
  const ring = createKeyRing([masterKey('correct horse')], { installationSecret })
  expect((await ring.tryOpen(header, headerBytes)).outcome).toBe('opened')

  const seen = new Map<string, number>()
  for (let at = 0; at < headerBytes.byteLength; at += 1) {
    for (const bit of [1, 2, 4, 32]) {
      const bytes = new Uint8Array(object.bytes)
      bytes[at] = (bytes[at] ?? 0) ^ bit
      const outcome = await outcomeOf(bytes)
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1)
    }
  }
  ring.close()
  expect([...seen.keys()].sort()).toEqual([
    'headerInvalid',
    'noKeyFits beside a good sibling',
    'notDerived',
    'salt or iterations never opened',
    'tampered',
    'truncated',
    'unknown',
  ])
  // Four pairs are derived in a run; the good one is one of them.
  expect(seen.get('salt or iterations never opened')).toBe(3)

  async function outcomeOf(bytes: Uint8Array): Promise<string> {
    const start = readEnvelopeStart(bytes, true)
    if (start.outcome !== 'header') return start.outcome
    const attempt = await ring.tryOpen(start.header, start.headerBytes)
    if (attempt.outcome === 'noKeyFits') {
      return ring.hasOpened(start.header.kdf)
        ? 'noKeyFits beside a good sibling'
        : 'salt or iterations never opened'
    }
    if (attempt.outcome !== 'opened') return attempt.outcome
    const task = { opening: attempt.openingKey, walk: null }
    return (await inspectObject(piecesOf(bytes, 1000), task, new Map())).body?.outcome ?? 'not read'
  }
})
