import { expect, test } from 'vitest'
import { refuseBelow, refuseLocked, underPolicy } from '../../../../src/main/desk/under-policy.ts'
import type { Policy } from '../../../../src/shared/contract/policy.ts'
import { memoryDeskState } from '../../../fakes/desk-state.ts'
import { savedClusterOf } from '../../../support/saved-cluster.ts'

const policy: Policy = {
  file: '/etc/holdfast/policy.json',
  settings: { autoLockMinutes: 5, workers: null },
  leastMode: 'protected',
  refuse: [],
}

test('Without a policy the saved state is as it is', () => {
  const state = memoryDeskState()
  expect(underPolicy(state, null)).toBe(state)
})

test('A locked setting has the policy’s value, and what was chosen stays saved beneath it', async () => {
  const state = memoryDeskState()
  await state.settings.set({ ...state.settings.get(), workers: 3, autoLockMinutes: 60 })
  const { settings } = underPolicy(state, policy)
  expect(settings.get()).toMatchObject({ workers: null, autoLockMinutes: 5 })
  await settings.set({ ...settings.get(), drillAfterDays: 7 })
  expect(settings.get()).toMatchObject({ workers: null, drillAfterDays: 7 })
  expect(state.settings.get()).toMatchObject({ workers: 3, autoLockMinutes: 60, drillAfterDays: 7 })
})

test('A cluster is guarded as the policy says at least, however it is read, and its own kind stays saved beneath', async () => {
  const state = memoryDeskState()
  await state.clusters.put(savedClusterOf({ id: 'free' }))
  await state.clusters.put(savedClusterOf({ id: 'closed', mode: 'readOnly' }))
  const { clusters } = underPolicy(state, policy)
  expect(clusters.list().map(({ id, mode }) => [id, mode])).toEqual([
    ['free', 'protected'],
    ['closed', 'readOnly'],
  ])
  expect(clusters.get('nobody')).toBeNull()
  const free = clusters.get('free')
  if (free === null) throw new Error('It is not there.')
  await clusters.put({ ...free, name: 'renamed' })
  expect(state.clusters.get('free')).toMatchObject({ name: 'renamed', mode: 'normal' })
  const seen = await clusters.change('free', (now) => ({ ...now, name: `${now.mode} now` }))
  expect(seen).toMatchObject({ name: 'protected now', mode: 'protected' })
  expect(state.clusters.get('free')).toMatchObject({ name: 'protected now', mode: 'normal' })
  expect(await clusters.change('nobody', (now) => now)).toBeNull()
  await clusters.putAll([{ ...free, mode: 'readOnly' }])
  expect(state.clusters.get('free')).toMatchObject({ mode: 'readOnly' })
  await clusters.remove('free')
  expect(state.clusters.get('free')).toBeNull()
})

test.each([
  [{ autoLockMinutes: 60 }, 'The setting autoLockMinutes is locked on this machine to 5.'],
  [{ workers: 2 }, 'The setting workers is locked on this machine to none.'],
])('To set %j is refused, and whose word it is is told', (given, what) => {
  expect(() => refuseLocked(given, policy)).toThrow(
    expect.objectContaining({
      code: 'policy.refused',
      text: expect.objectContaining({ what, why: expect.stringContaining(policy.file) }),
    }),
  )
})

test('What is locked may be said as it is, and what is not locked is free', () => {
  refuseLocked({ autoLockMinutes: 5, workers: null, drillAfterDays: 9 }, policy)
  refuseLocked({ autoLockMinutes: 60 }, null)
})

test('A cluster is given no kind below the policy’s', () => {
  expect(() => refuseBelow('normal', policy)).toThrow('at least protected')
  expect(() => refuseBelow('protected', { ...policy, leastMode: 'readOnly' })).toThrow('at least read-only')
  refuseBelow('protected', policy)
  refuseBelow('readOnly', policy)
  refuseBelow('normal', null)
})
