import { expect, test } from 'vitest'
import { scenesOf } from '../../faults/runbooks/scenes.ts'
import { tryRunbook, undisturbed } from '../../faults/runbooks/try-runbook.ts'

/** The whole matrix is docs/faults.md; here one runbook meets two faults anew. */
test('KS-7 whose SSH sessions are killed in each action, or whom somebody else gets in the way of, sends nothing twice and ends', async (context) => {
  const scene = scenesOf({ rgw: null, canMount: false }).find(({ name }) => name === 'KS-7')
  if (scene === undefined) throw new Error('there is no KS-7')
  const baseline = await undisturbed(scene)
  if ('skip' in baseline) return context.skip(baseline.skip)
  const cutAt = new Map([...baseline.commands.keys()].map((step) => [step, 1]))
  const cut = await tryRunbook(scene, 'SSH cut', baseline, { wants: () => true, cutAt })
  expect(cut).toMatchObject({ end: 'new', sentTwice: 0, stuckAt: null })
  expect(cut?.struck.map(({ step, said }) => [step, said])).toEqual(
    baseline.actions.map((step) => [step, 'unknown']),
  )
  const second = await tryRunbook(scene, 'second operator', baseline, { wants: () => true })
  expect(second).toMatchObject({ end: 'new', sentTwice: 0, stuckAt: null })
  const said = second?.struck.slice(1).map((each) => each.said)
  expect(new Set(said)).toEqual(new Set(['runbook.refused, locked']))
}, 240_000)
