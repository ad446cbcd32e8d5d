import { expect, test } from 'vitest'
import { withRepository } from '../../../../src/main/operations/open-repository.ts'
import { fakeClock } from '../../../fakes/fake-clock.ts'

function repository() {
  const begun: string[] = []
  const closed: string[] = []
  const ports = {
    clock: fakeClock(),
    random: { bytes: (length: number) => Buffer.alloc(length) },
    openStore: async () => ({ close: async () => void closed.push('store') }),
    openCatalog: async () => {
      throw new Error('there is no home')
    },
    async openByteWork() {
      const name = `workers ${begun.push('workers')}`
      await new Promise((resolve) => setImmediate(resolve))
      return {
        async close() {
          closed.push(name)
          throw new Error('a worker did not end')
        },
      }
    },
  }
  const request = {
    system: { readInventory: async () => ({}) },
    address: { kind: 'folder', path: '/srv/backups' },
    access: {},
    masterKeys: [],
    workers: null,
  }
  const given = [request, ports, { note: () => undefined }] as never as [never, never, never]
  return { given, begun, closed }
}

test('Whoever needs workers at once shares them, and all is closed, also where they end badly', async () => {
  const { given, begun, closed } = repository()
  const work = withRepository(...given, async (opened) => {
    const [one, other] = await Promise.all([opened.byteWork(), opened.byteWork()])
    expect(one).toBe(other)
  })
  await expect(work).rejects.toThrow('a worker did not end')
  expect(begun).toHaveLength(1)
  expect(closed).toEqual(['workers 1', 'store'])
})
