import { expect, test } from 'vitest'
import { createWeightedSlots } from '../../../../src/shared/streams/weighted-slots.ts'

const never = new AbortController().signal
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('All places of a taker are taken at once, in the order in which they were asked for', async () => {
  const slots = createWeightedSlots(4)
  const entered: string[] = []
  const take = async (name: string, weight: number): Promise<{ free(): void }> => {
    const taken = await slots.take(weight, never)
    entered.push(name)
    return taken
  }
  const first = await take('three', 3)
  const second = take('two', 2)
  const third = take('one', 1)
  await turn()
  // The one that would fit waits behind the one that does not: nobody is passed over for ever.
  expect(entered).toEqual(['three'])
  first.free()
  first.free()
  await Promise.all([second, third])
  expect(entered).toEqual(['three', 'two', 'one'])
  ;(await second).free()
  ;(await third).free()
  await expect(take('four', 4)).resolves.toBeDefined()
})

test('More places than there are count as all of them', async () => {
  const slots = createWeightedSlots(2)
  const all = await slots.take(50, never)
  all.free()
  await expect(slots.take(2, never)).resolves.toBeDefined()
})

test('One that gives up leaves its turn to those behind it', async () => {
  const slots = createWeightedSlots(2)
  const held = await slots.take(1, never)
  const leaving = new AbortController()
  const big = slots.take(2, leaving.signal)
  const small = slots.take(1, never)
  leaving.abort()
  await expect(big).rejects.toMatchObject({ code: 'cancelled' })
  await expect(small).resolves.toBeDefined()
  held.free()
  await expect(slots.take(1, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' })
})
