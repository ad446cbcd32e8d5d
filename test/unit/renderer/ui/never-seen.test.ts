import { expect, test } from 'vitest'
import { isNeverSeen } from '../../../../src/renderer/ui/never-seen.ts'
import type { Cluster } from '../../../../src/shared/contract/clusters.ts'

type Look = NonNullable<Cluster['look']>
const failure: Look['failure'] = { code: 'repository.notFound', what: 'There is no such folder.' }
const look = (fields: Pick<Look, 'failure' | 'days'>): Look => fields as Look
const days: Look['days'] = [{ day: '2026-11-21', outcome: 'none', backups: 0 }]

test('nothing is known of a repository that no look has reached yet; what was seen before a failure stays known', () => {
  expect(isNeverSeen(null)).toBe(true)
  expect(isNeverSeen(look({ failure, days: [] }))).toBe(true)
  expect(isNeverSeen(look({ failure, days }))).toBe(false)
  expect(isNeverSeen(look({ failure: null, days }))).toBe(false)
})
