import { createRouterClient } from '@orpc/server'
import { expect, test } from 'vitest'
import { createSettingsHandlers } from '../../../../src/main/handlers/settings.ts'
import type { Policy } from '../../../../src/shared/contract/policy.ts'
import type { Change } from '../../../../src/shared/contract/host.ts'
import { memoryAuditLog } from '../../../fakes/audit-log.ts'
import { memoryDeskState } from '../../../fakes/desk-state.ts'
import { memoryLog } from '../../../fakes/memory-log.ts'

function openClient(state = memoryDeskState(), policy: Policy | null = null) {
  const audit = memoryAuditLog({ now: () => 0 })
  const published: Change[] = []
  const anchored: string[] = []
  const handlers = createSettingsHandlers(state, {
    policy,
    audit,
    publish: (change) => published.push(change),
    anchoring: { now: async () => void anchored.push('now') },
  })
  const context = { shell: 'browser', log: memoryLog() } as const
  return { client: createRouterClient(handlers, { context }), state, audit, published, anchored }
}

test('A change of settings is audited with what it was and becomes, saved, and told to every window', async () => {
  const { client, state, audit, published } = openClient()
  expect(await client.set({ theme: 'dark', workers: 4, singleKeys: true })).toMatchObject({ theme: 'dark' })
  expect(state.settings.get()).toMatchObject({ theme: 'dark', workers: 4, lookEveryMinutes: 15 })
  expect(await client.get()).toEqual(state.settings.get())
  expect(audit.entries).toMatchObject([
    {
      action: 'settings.changed',
      facts: [
        { name: 'theme', value: 'system → dark' },
        { name: 'workers', value: 'null → 4' },
      ],
    },
  ])
  expect(published).toEqual([{ topic: 'settings' }])
})

test('Settings that are as they were are neither audited nor told', async () => {
  const { client, audit, published } = openClient()
  await client.set({ theme: 'system' })
  expect(audit.entries).toEqual([])
  expect(published).toEqual([])
})

test('Two windows that change different settings at once both get theirs', async () => {
  const { client, state } = openClient()
  await Promise.all([client.set({ theme: 'light' }), client.set({ contrast: 'more' })])
  expect(state.settings.get()).toMatchObject({ theme: 'light', contrast: 'more' })
})

test('A change that cannot be audited, or saved, is not made', async () => {
  const { client, state, audit } = openClient()
  audit.refuse('The chain is broken.')
  await expect(client.set({ theme: 'dark' })).rejects.toMatchObject({ data: { code: 'audit.cannotWrite' } })
  expect(state.settings.get().theme).toBe('system')
  const reader = openClient(memoryDeskState({ readOnlyBecause: 'It is held by process 7.' }))
  await expect(reader.client.set({ theme: 'dark' })).rejects.toMatchObject({
    data: { code: 'state.readOnly' },
  })
  expect(reader.published).toEqual([])
})

const anchor = {
  address: 's3://audit/holdfast?endpoint=https://s3.example.org',
  access: {
    credential: { source: 'environment' as const },
    caFile: null,
    allowHttp: false,
    sshKeyFiles: [],
    hostKey: null,
    maxBytesPerSecond: null,
  },
  everyEntries: 50,
  everyMinutes: 10,
  keepDays: 365,
}

test('A place for anchors is kept in its one spelling, audited, and anchored to at once', async () => {
  const { client, audit, anchored } = openClient()
  const { auditAnchor } = await client.set({ auditAnchor: anchor })
  expect(auditAnchor?.address).toBe('s3://audit/holdfast/?endpoint=https%3A%2F%2Fs3.example.org')
  expect(audit.entries[0]?.facts[0]?.value).toMatch(/^null → {"address":"s3:/)
  expect(anchored).toEqual(['now'])
  await client.set({ auditAnchor: anchor })
  await client.set({ theme: 'dark' })
  expect(anchored).toEqual(['now'])
  expect((await client.set({ auditAnchor: null })).auditAnchor).toBeNull()
})

test('A place that can keep no anchor is refused, and the setting stays', async () => {
  const { client, state } = openClient()
  const vault = { source: 'vault' as const, id: 'nobody' }
  for (const [change, code] of [
    [{ address: 'file:///srv/anchors' }, 'repository.badAddress'],
    [{ address: 'somewhere' }, 'repository.badAddress'],
    [{ access: { ...anchor.access, credential: vault } }, 'credential.notFound'],
  ] as const) {
    await expect(client.set({ auditAnchor: { ...anchor, ...change } })).rejects.toMatchObject({
      data: { code },
    })
  }
  expect(state.settings.get().auditAnchor).toBeNull()
})

test('A setting that the administrator has locked is not set, and nothing is audited', async () => {
  const { client, state, audit } = openClient(memoryDeskState(), {
    file: '/etc/holdfast/policy.json',
    settings: { autoLockMinutes: 5 },
    leastMode: 'normal',
    refuse: [],
  })
  await expect(client.set({ drillAfterDays: 9, autoLockMinutes: 60 })).rejects.toMatchObject({
    data: { code: 'policy.refused' },
  })
  expect(state.settings.get().drillAfterDays).not.toBe(9)
  expect(audit.entries).toEqual([])
})
