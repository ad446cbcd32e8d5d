import { expect, test } from 'vitest'
import { objectState } from '../../../../src/main/operations/chain.ts'
import type { StoreReport } from '../../../../src/main/ports/backup-system.ts'
import { errorFinding, type Finding } from '../../../../src/shared/domain/finding.ts'

const stateOf = (...findings: readonly Finding[]) =>
  objectState({
    store: 'kms',
    holder: 'b1',
    object: 'kms.enc',
    key: 'b1/kms.enc',
    levelReached: 'intact',
    failedAt: 'decrypts',
    notProvable: [],
    stoppedShort: false,
    verifiedAt: '2026-11-21T02:00:00Z',
    findings,
  } satisfies StoreReport)

test('an object that no given key opens, or of an unknown format, is not called damaged', () => {
  const wrongKey = errorFinding('envelope.wrongKey', 'None of the given master keys opens kms.')
  expect(stateOf(wrongKey)).toBe('notOpened')
  expect(stateOf(errorFinding('envelope.unknown', 'kms begins with no known envelope.'))).toBe('notOpened')
  expect(stateOf(wrongKey, errorFinding('object.hashMismatch', 'The bytes are not the recorded ones.'))).toBe(
    'damaged',
  )
})
