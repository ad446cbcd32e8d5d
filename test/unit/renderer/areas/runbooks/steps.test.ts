import { describe, expect, test } from 'vitest'
import {
  isAnswerable,
  isHarmless,
  maySkip,
  mayTakeBack,
  offerOf,
} from '../../../../../src/renderer/areas/runbooks/model/offers.ts'
import {
  expectedWhy,
  partsOf,
  sectionsOf,
  stepTone,
  stepWord,
  timeWords,
  undoWords,
} from '../../../../../src/renderer/areas/runbooks/model/step-words.ts'
import { stepState } from '../../../../../src/shared/contract/runbooks.ts'
import { aRun, aStep } from './a-run.ts'

const nowMs = Date.parse('2026-11-21T02:10:00.000Z')
const at = (ago: number): string => new Date(nowMs - ago * 1000).toISOString()

describe('The one thing that a step at hand offers', () => {
  test('is to look for what only reads, and to look again once it was looked at', () => {
    const step = { kind: 'check', damage: 0 } as const
    expect(offerOf({ ...step, state: 'todo' })).toMatchObject({ kind: 'go', label: 'Look' })
    expect(offerOf({ ...step, state: 'failed' })).toMatchObject({ kind: 'go', label: 'Look again' })
    expect(offerOf({ ...step, kind: 'wait', state: 'failed' })).toMatchObject({ label: 'Wait again' })
  })

  test('is never to ask again for an action of which nobody knows what came of it', () => {
    const step = { kind: 'action', damage: 2 } as const
    expect(offerOf({ ...step, state: 'unknown' })).toMatchObject({ label: 'Look what came of it' })
    expect(offerOf({ ...step, state: 'todo' })).toMatchObject({
      label: 'Do this step',
      says: 'It replaces what can be taken back.',
    })
    expect(offerOf({ ...step, state: 'takenBack' })).toMatchObject({ label: 'Do this step again' })
  })

  test('is a choice, a confirmation or a word of who did it, by its kind', () => {
    const kinds = (['choice', 'confirm', 'manual'] as const).map(
      (kind) => offerOf({ kind, damage: 0, state: 'todo' }).kind,
    )
    expect(kinds).toEqual(['choose', 'confirm', 'did'])
  })

  test('stops looking and waiting, and leaves an action that was begun alone', () => {
    const running = { damage: 0, state: 'running' } as const
    expect(offerOf({ ...running, kind: 'wait' })).toMatchObject({ stop: 'Stop waiting' })
    expect(offerOf({ ...running, kind: 'check' })).toMatchObject({ stop: 'Stop looking' })
    expect(offerOf({ ...running, kind: 'action' })).toMatchObject({ kind: 'running', stop: null })
  })
})

test('only what reads has its button under the Enter key at once', () => {
  expect(isHarmless({ kind: 'check', damage: 0 })).toBe(true)
  expect(isHarmless({ kind: 'wait', damage: 0 })).toBe(true)
  expect(isHarmless({ kind: 'action', damage: 0 })).toBe(false)
  expect(isHarmless({ kind: 'confirm', damage: 0 })).toBe(false)
})

describe('Taking a step back', () => {
  const done = aStep({ id: 'swap', kind: 'action', state: 'done', canTakeBack: true, undo: 'Swap back.' })
  const next = aStep({ id: 'start', kind: 'action' })

  test('is offered for what was done and can be undone from here', () => {
    expect(mayTakeBack(aRun([done, next]), done)).toBe(true)
    expect(mayTakeBack(aRun([done, next]), next)).toBe(false)
    expect(mayTakeBack(aRun([done, next]), { ...done, canTakeBack: false })).toBe(false)
  })

  test('is not offered while a step runs, to somebody else, after the sheet is signed or the run is closed', () => {
    const running = { ...next, state: 'running' as const }
    expect(mayTakeBack(aRun([done, running]), done)).toBe(false)
    expect(mayTakeBack(aRun([done, next], { isOurs: false }), done)).toBe(false)
    const acceptance = { green: 1, excepted: 0, all: 1, signedAt: at(1) }
    expect(mayTakeBack(aRun([done, next], { acceptance }), done)).toBe(false)
    expect(mayTakeBack(aRun([done, next], { state: 'abandoned' }), done)).toBe(false)
  })
})

test('a step is passed over only where it may be, and not while it runs', () => {
  expect(maySkip({ canSkip: true, state: 'failed' })).toBe(true)
  expect(maySkip({ canSkip: true, state: 'running' })).toBe(false)
  expect(maySkip({ canSkip: false, state: 'todo' })).toBe(false)
})

test('rows of the acceptance sheet are answered in any order, other steps in theirs', () => {
  const rows = [
    aStep({ id: 'serves', section: 'accept', state: 'failed' }),
    aStep({ id: 'login', section: 'accept', kind: 'manual' }),
  ]
  const after = aStep({ id: 'schedules', section: 'after', kind: 'action' })
  const run = aRun([...rows, after])
  expect(rows.map((row) => isAnswerable(run, row))).toEqual([true, true])
  expect(isAnswerable(run, after)).toBe(false)
  const earlier = aRun([aStep({ id: 'start', kind: 'action', section: 'restore' }), ...rows])
  expect(rows.map((row) => isAnswerable(earlier, row))).toEqual([false, false])
  expect(rows.map((row) => isAnswerable(aRun(rows, { isOurs: false }), row))).toEqual([false, false])
})

describe('The time of a step', () => {
  const times = { startedAt: null, endedAt: null, expectedMs: null, atMostMs: null }

  test('is told in advance, and where that is known from', () => {
    expect(timeWords({ ...times, state: 'todo', expectedMs: 120_000 }, nowMs)).toBe('about 2\u00a0m')
    expect(timeWords({ ...times, state: 'todo', atMostMs: 600_000 }, nowMs)).toBe('at most 10\u00a0m')
    expect(timeWords({ ...times, state: 'todo' }, nowMs)).toBe('')
    expect(expectedWhy({ expectedFrom: 'assumed' })).toBe('assumed: never measured here')
    expect(expectedWhy({ expectedFrom: null })).toBeNull()
  })

  test('runs against its limit, or against what is expected', () => {
    const running = { ...times, state: 'running' as const, startedAt: at(41) }
    expect(timeWords({ ...running, atMostMs: 120_000 }, nowMs)).toBe('41\u00a0s of at most 2\u00a0m')
    expect(timeWords({ ...running, expectedMs: 60_000 }, nowMs)).toBe('41\u00a0s of about 1\u00a0m')
    expect(timeWords(running, nowMs)).toBe('41\u00a0s')
  })

  test('is what it took once it has ended', () => {
    const ended = { ...times, startedAt: at(60), endedAt: at(13) }
    expect(timeWords({ ...ended, state: 'done' }, nowMs)).toBe('47\u00a0s')
    expect(timeWords({ ...ended, state: 'done', endedAt: at(60) }, nowMs)).toBe('under 1\u00a0s')
    expect(timeWords({ ...ended, state: 'skipped' }, nowMs)).toBe('')
  })
})

test('steps are numbered through, under the heading of their section', () => {
  const sections = sectionsOf([
    aStep({ id: 'a', section: 'before' }),
    aStep({ id: 'b', section: 'before' }),
    aStep({ id: 'c', section: 'restore' }),
    aStep({ id: 'd', section: 'accept' }),
  ])
  expect(
    sections.map(({ section, steps }) => `${section} ${steps.map(({ number }) => number).join(' ')}`),
  ).toEqual(['before 1 2', 'restore 3', 'accept 4'])
})

test('no two states of a step that mean different things look and read alike', () => {
  const words = stepState.options.map(stepWord)
  expect(new Set(words).size).toBe(words.length)
  expect(stepTone('unknown')).not.toBe(stepTone('failed'))
  expect(stepTone('skipped')).not.toBe(stepTone('done'))
})

test('what cannot be taken back says so', () => {
  expect(undoWords({ undo: 'Swap back.', damage: 2 })).toBe('Swap back.')
  expect(undoWords({ undo: null, damage: 3 })).toBe('It cannot be taken back.')
  expect(undoWords({ undo: null, damage: 0 })).toBe('Nothing to take back.')
})

test('steps in a row that are not needed are told in one line, every other one by itself', () => {
  const states = ['done', 'notNeeded', 'notNeeded', 'todo', 'notNeeded'] as const
  const [section] = sectionsOf(states.map((state, place) => aStep({ id: `step-${place + 1}`, state })))
  const numbers = partsOf(section?.steps ?? []).map((part) => part.map(({ number }) => number))
  expect(numbers).toEqual([[1], [2, 3], [4], [5]])
})
