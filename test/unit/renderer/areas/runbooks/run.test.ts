import { describe, expect, test } from 'vitest'
import {
  acceptanceRows,
  meterOf,
  notSignedBecause,
} from '../../../../../src/renderer/areas/runbooks/model/acceptance.ts'
import { closeRule } from '../../../../../src/renderer/areas/runbooks/model/close-rule.ts'
import {
  acceptanceWords,
  evidenceOf,
  gateOf,
  lastDeeds,
  outcomeOf,
  runTitle,
  splitRuns,
} from '../../../../../src/renderer/areas/runbooks/model/run-words.ts'
import { aRun, aStep } from './a-run.ts'

const row = (id: string, state: 'todo' | 'done' | 'failed' | 'skipped' | 'notNeeded') =>
  aStep({ id, section: 'accept', state })
const signed = '2026-11-21T02:40:00.000Z'

describe('The gate', () => {
  test('stays closed until the sheet is signed, however green it is', () => {
    const two = gateOf(aRun([row('a', 'done'), row('b', 'failed'), row('c', 'skipped')]))
    expect(two).toMatchObject({ isOpen: false, lead: 'Not open to users yet.' })
    expect(two?.says).toBe(
      '1 of 3\u00a0acceptance rows is green, 1 excepted; the sheet is signed when all 3 are green or excepted.',
    )
    expect(gateOf(aRun([row('a', 'done'), row('b', 'notNeeded')]))).toMatchObject({
      isOpen: false,
      says: 'Every acceptance row is green or excepted: the sheet can be signed.',
    })
    const acceptance = { green: 2, excepted: 0, all: 2, signedAt: signed }
    expect(gateOf(aRun([row('a', 'done'), row('b', 'done')], { acceptance }))).toMatchObject({ isOpen: true })
  })

  test('does not open because a run was given up', () => {
    expect(gateOf(aRun([row('a', 'done')], { state: 'abandoned' }))).toMatchObject({ isOpen: false })
  })

  test('is not there where a runbook has no sheet', () => {
    expect(gateOf(aRun([aStep({ id: 'a' })]))).toBeNull()
  })
})

describe('The acceptance sheet', () => {
  test('shows each row by its state, in the meter as in words', () => {
    const rows = acceptanceRows(
      aRun([aStep({ id: 'x' }), row('a', 'done'), row('b', 'failed'), row('c', 'skipped'), row('d', 'todo')]),
    )
    expect(rows.map(({ word }) => word)).toEqual(['Green', 'Red', 'Excepted', 'Not looked at'])
    expect(meterOf(rows)).toEqual(['on', 'bad', 'excepted', 'off'])
  })

  test('is signed only when every row is green or excepted and nothing comes before', () => {
    const red = [row('a', 'done'), row('b', 'failed')]
    expect(notSignedBecause(aRun(red))).toBe('One row is neither green nor excepted.')
    expect(notSignedBecause(aRun([...red, row('c', 'todo')]))).toBe('2 rows are neither green nor excepted.')
    const green = [row('a', 'done'), row('b', 'skipped')]
    expect(notSignedBecause(aRun(green))).toBeNull()
    const start = aStep({
      id: 'start',
      section: 'restore',
      kind: 'action',
      title: 'Start it',
      state: 'unknown',
    })
    expect(notSignedBecause(aRun([start, ...green]))).toBe('“Start it” comes first.')
    expect(notSignedBecause(aRun(green, { state: 'finished' }))).toBe('The run is closed.')
    expect(notSignedBecause(aRun([]))).toBe('This runbook has no acceptance sheet.')
  })

  test('is told in a word in a list', () => {
    expect(acceptanceWords({ green: 2, excepted: 1, all: 9, signedAt: null })).toBe('2 of 9, 1 excepted')
    expect(acceptanceWords({ green: 9, excepted: 0, all: 9, signedAt: signed })).toBe('9 of 9, signed')
    expect(acceptanceWords({ green: 0, excepted: 0, all: 0, signedAt: null })).toBe('no sheet')
  })
})

describe('The end of a run', () => {
  test('is no finish while a step is to come or the sheet is not signed', () => {
    expect(closeRule(aRun([row('a', 'done'), row('b', 'todo')])).notFinishedBecause).toBe(
      '1\u00a0step is still to come.',
    )
    expect(closeRule(aRun([row('a', 'done')])).notFinishedBecause).toBe('The acceptance sheet is not signed.')
    const acceptance = { green: 1, excepted: 0, all: 1, signedAt: signed }
    expect(closeRule(aRun([row('a', 'done')], { acceptance })).notFinishedBecause).toBeNull()
  })

  test('says what giving it up leaves behind', () => {
    const swap = aStep({ id: 'swap', kind: 'action', state: 'done', damage: 2 })
    expect(closeRule(aRun([swap, row('a', 'todo')])).abandonSays).toContain('nothing of it is undone')
    expect(closeRule(aRun([row('a', 'todo')])).abandonSays).toBe('No step has changed anything yet.')
    expect(closeRule(aRun([{ ...swap, state: 'unknown' }])).abandonSays).toContain('nobody knows')
  })

  test('is good only where the sheet was signed', () => {
    const acceptance = { green: 1, excepted: 0, all: 1, signedAt: null }
    expect(outcomeOf({ state: 'finished', acceptance })).toMatchObject({ tone: 'unknown' })
    expect(outcomeOf({ state: 'finished', acceptance: { ...acceptance, signedAt: signed } }).tone).toBe(
      'good',
    )
    expect(outcomeOf({ state: 'abandoned', acceptance }).tone).toBe('warn')
  })
})

test('a run is named by its cluster and what it brings about', () => {
  expect(runTitle({ cluster: 'chango-core', title: 'Restore a fresh master' })).toBe(
    'Recover chango-core: restore a fresh master',
  )
  expect(runTitle({ cluster: 'kiok-prod', title: 'KMS lost' })).toBe('Recover kiok-prod: KMS lost')
})

test('open runs come apart, each group with its newest first', () => {
  const run = (id: string, startedAt: string, state: 'open' | 'finished') =>
    aRun([], { id, startedAt, state })
  const { open, closed } = splitRuns([
    run('old', '2026-11-20T00:00:00.000Z', 'open'),
    run('done', '2026-11-21T00:00:00.000Z', 'finished'),
    run('new', '2026-11-21T01:00:00.000Z', 'open'),
  ])
  expect(open.map(({ id }) => id)).toEqual(['new', 'old'])
  expect(closed.map(({ id }) => id)).toEqual(['done'])
})

const began = (id: string, minute: string, state: 'done' | 'running') =>
  aStep({
    id,
    state,
    startedAt: `2026-11-21T02:${minute}:00.000Z`,
    endedAt: state === 'done' ? `2026-11-21T02:${minute}:30.000Z` : null,
    by: 'lena@ops',
    evidence: [
      { name: `${id} first`, value: '1' },
      { name: `${id} second`, value: '2' },
    ],
  })

test('evidence stands newest first, and as it was told within a step', () => {
  const entries = evidenceOf(aRun([began('a', '09', 'done'), began('b', '05', 'done'), aStep({ id: 'c' })]))
  expect(entries.map(({ number, name }) => `${number} ${name}`)).toEqual([
    '1 a first',
    '1 a second',
    '2 b first',
    '2 b second',
  ])
})

test('“where were we” tells the last steps by when they were begun', () => {
  const list = [
    began('a', '01', 'done'),
    began('b', '09', 'done'),
    began('c', '03', 'done'),
    aStep({ id: 'd' }),
  ]
  expect(lastDeeds(aRun(list), 2).map(({ number, step }) => `${number} ${step.id}`)).toEqual(['3 c', '2 b'])
})
