import { done, notYet } from '../../../../src/main/engine/runbook/outcomes.ts'
import { action, check } from '../../../../src/main/engine/runbook/steps.ts'
import type { Outcome, Runbook, Step } from '../../../../src/main/ports/runbook.ts'

export const setting = {
  cluster: { name: 'lab-1', system: 'kiok' as const, connection: null },
  inputs: {},
}

export function book(...steps: readonly Step[]): Runbook {
  return {
    id: 'T-1',
    system: null,
    title: 'Recover the lab',
    when: 'The lab is gone.',
    costs: [],
    inputs: [],
    steps: () => steps,
  }
}

export const seen = (id: string, outcome: Outcome = done('It is so.'), more: object = {}) =>
  check({ id, section: 'before', title: id, why: 'It has to be so.', look: async () => outcome, ...more })

/** A thing in the world that one step moves once, and that remembers how often it was asked to. */
export function world() {
  const state = { moved: 0, asked: 0 }
  const move = (more: Partial<Parameters<typeof action>[0]> = {}) =>
    action({
      id: 'move',
      section: 'restore',
      title: 'Move it',
      why: 'It has to move.',
      touches: 'It.',
      damage: 2,
      act: async () => {
        state.asked += 1
        state.moved += 1
        return done('It is moved.')
      },
      look: async () => (state.moved > 0 ? done('It stands there.') : notYet('It has not moved.')),
      takeBack: async () => {
        state.moved = 0
        return done('It is back.')
      },
      ...more,
    })
  return { state, move }
}
