import { expect, test } from 'vitest'
import { inTurn } from '../../../../src/shared/domain/in-turn.ts'

test('each work begins when the one before it has ended, also where that one failed', async () => {
  const turn = inTurn()
  const log: string[] = []
  const work = (name: string, fails: boolean) => async () => {
    log.push(`${name} begins`)
    await new Promise((resolve) => setImmediate(resolve))
    log.push(`${name} ends`)
    if (fails) throw new Error(name)
    return name
  }
  const all = await Promise.allSettled([
    turn(work('a', false)),
    turn(work('b', true)),
    turn(work('c', false)),
  ])
  expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
})
