import { describe, expect, test } from 'vitest'
import {
  answered,
  answerOf,
  chosenScenario,
  inputOf,
  isOverruled,
  missingInputs,
  newStart,
  notBegunBecause,
  overruledCount,
  startRail,
} from '../../../../../src/renderer/areas/runbooks/model/start-draft.ts'
import {
  draftFor,
  dropDraft,
  keepDraft,
} from '../../../../../src/renderer/areas/runbooks/model/kept-draft.ts'
import { aQuestion, aScenario } from './a-run.ts'

const nowMs = Date.parse('2026-11-21T02:10:00.000Z')
const found = { choice: 'no', because: 'master-1 refused.', at: '2026-11-21T02:09:46.000Z' }
const alive = aQuestion({ id: 'alive', found, answer: null })

describe('A question', () => {
  test('is answered by what was found until the operator knows better', () => {
    const draft = newStart('chango-core')
    expect(answerOf(draft, alive)).toBe('no')
    expect(isOverruled(draft, alive)).toBe(false)
    const other = answered(draft, alive, 'yes')
    expect(answerOf(other, alive)).toBe('yes')
    expect(isOverruled(other, alive)).toBe(true)
    expect(overruledCount(other, { questions: [alive], advice: null })).toBe(1)
  })

  test('that is answered as it was found is no answer of the operator', () => {
    const back = answered(answered(newStart('chango-core'), alive, 'yes'), alive, 'no')
    expect(back.answers).toEqual({})
    expect(isOverruled(back, alive)).toBe(false)
  })

  test('that nobody can find is open until it is answered', () => {
    const question = aQuestion({ id: 'data' })
    expect(answerOf(newStart('chango-core'), question)).toBeNull()
    expect(isOverruled(answered(newStart('chango-core'), question, 'yes'), question)).toBe(false)
  })
})

describe('The runbook', () => {
  const scenarios = [aScenario(), aScenario({ id: 'CH-1', title: 'Bring one master back' })]

  test('is the advised one unless another is chosen', () => {
    expect(chosenScenario({ scenario: null }, 'CH-4', scenarios)?.id).toBe('CH-4')
    expect(chosenScenario({ scenario: 'CH-1' }, 'CH-4', scenarios)?.id).toBe('CH-1')
    expect(chosenScenario({ scenario: null }, null, scenarios)).toBeNull()
    expect(chosenScenario({ scenario: null }, 'KI-3', scenarios)).toBeNull()
  })

  test('that was chosen is forgotten when an answer changes', () => {
    const chosen = { ...newStart('chango-core'), scenario: 'CH-1' }
    expect(answered(chosen, alive, 'yes').scenario).toBeNull()
  })
})

const host = {
  name: 'host',
  label: 'First master',
  help: '',
  example: 'master-1',
  required: true,
  usual: '',
}

describe('What is asked before it begins', () => {
  test('has its usual value until something else is typed, even nothing', () => {
    const base = { ...host, name: 'base', usual: '/opt/chango' }
    expect(inputOf({ inputs: {} }, base)).toBe('/opt/chango')
    expect(inputOf({ inputs: { base: '' } }, base)).toBe('')
  })

  test('is missing while it is required and empty', () => {
    const scenario = aScenario({ inputs: [host, { ...host, name: 'port', label: 'Port', required: false }] })
    expect(missingInputs({ inputs: {} }, scenario)).toEqual(['First master'])
    expect(missingInputs({ inputs: { host: ' ' } }, scenario)).toEqual(['First master'])
    expect(missingInputs({ inputs: { host: 'master-1' } }, scenario)).toEqual([])
  })
})

describe('A run begins', () => {
  const rule = { scenario: aScenario(), isProtected: false, overruled: 0, nowMs }
  const draft = newStart('chango-core')

  test('without more on a normal cluster', () => {
    expect(notBegunBecause(draft, rule)).toBeNull()
  })

  test('with a reason where the cluster is protected or an answer overrules what was found', () => {
    expect(notBegunBecause(draft, { ...rule, isProtected: true })).toContain('protected')
    expect(notBegunBecause(draft, { ...rule, overruled: 1 })).toContain('overrules')
    expect(
      notBegunBecause({ ...draft, reason: 'INC-2291' }, { ...rule, isProtected: true, overruled: 1 }),
    ).toBeNull()
  })

  test('not without a runbook, what it asks for, or with a time that is none', () => {
    expect(notBegunBecause(draft, { ...rule, scenario: null })).toBe('No runbook is chosen.')
    expect(notBegunBecause(draft, { ...rule, scenario: aScenario({ inputs: [host] }) })).toBe(
      'Missing: First master.',
    )
    expect(notBegunBecause({ ...draft, failedAt: 'soon' }, rule)).toContain('put right')
  })
})

test('the rail tells what was said on the way, and warns of what was overruled', () => {
  const rail = startRail('runbook', { cluster: 'chango-core', situation: '4 questions' }, true)
  expect(rail.map(({ name, state }) => `${name} ${state}`)).toEqual([
    'Cluster done',
    'Situation done',
    'Runbook now',
    'Begin next',
  ])
  expect(rail[1]).toMatchObject({ said: '4 questions', warn: true })
})

test('leaving the wizard keeps what was said of that cluster, and of no other', () => {
  const draft = answered(newStart('chango-core'), alive, 'yes')
  keepDraft(draft)
  expect(draftFor('chango-core')).toBe(draft)
  expect(draftFor(null)).toBe(draft)
  expect(draftFor('kiok-prod')).toEqual(newStart('kiok-prod'))
  dropDraft()
  expect(draftFor(null)).toEqual(newStart(null))
})
