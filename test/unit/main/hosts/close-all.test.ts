import { expect, test } from 'vitest'
import { closeAll } from '../../../../src/main/hosts/close-all.ts'

test('each part is closed in its turn whatever becomes of those before it, and the first failure is told', async () => {
  const closed: string[] = []
  const part = (name: string, failure?: string) => async () => {
    await Promise.resolve()
    closed.push(name)
    if (failure !== undefined) throw new Error(failure)
  }
  const all = closeAll([part('views'), part('jobs', 'full'), part('vault', 'gone'), part('lock')])
  await expect(all).rejects.toThrow('full')
  expect(closed).toEqual(['views', 'jobs', 'vault', 'lock'])
  await closeAll([part('again')])
})
