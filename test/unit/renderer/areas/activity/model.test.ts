import { expect, test } from 'vitest'
import type { Job } from '../../../../../src/shared/contract/jobs.ts'
import {
  closingWords,
  cutGroups,
  doneShare,
  groupJobs,
  lineOf,
  ranMs,
  rightOf,
  stateWord,
  toneOf,
} from '../../../../../src/renderer/areas/activity/model.ts'

const job = (id: string, over: Partial<Job> = {}): Job => ({
  id,
  kind: 'verify',
  clusterId: 'kiok-prod',
  subject: 'kiok-prod',
  detail: 'all backups',
  state: 'done',
  phases: [],
  phase: null,
  doneBytes: 0,
  totalBytes: null,
  bytesPerSecond: null,
  leftMs: null,
  createdAt: '2026-11-21T01:00:00Z',
  startedAt: '2026-11-21T01:00:00Z',
  finishedAt: '2026-11-21T01:01:00Z',
  outcome: '24 backups good.',
  tone: 'good',
  failure: null,
  result: null,
  cancel: null,
  canResume: false,
  lastEvent: 1,
  ...over,
})

test('Jobs stand in groups: what needs an answer, what runs, what waits, then what ended, day by day, newest first', () => {
  const groups = groupJobs(
    [
      job('old', { finishedAt: '2026-11-19T01:00:00Z' }),
      job('early'),
      job('late', { finishedAt: '2026-11-21T02:00:00Z' }),
      job('running', { state: 'running', finishedAt: null }),
      job('waiting', { state: 'waiting', finishedAt: null }),
      job('cut', { state: 'interrupted', finishedAt: null }),
    ],
    Date.parse('2026-11-21T03:00:00Z'),
  )
  expect(groups.map(({ title, jobs }) => [title, ...jobs.map(({ id }) => id)])).toEqual([
    ['Needs an answer', 'cut'],
    ['Running', 'running'],
    ['Waiting', 'waiting'],
    ['Finished today', 'late', 'early'],
    ['Finished 19 Nov', 'old'],
  ])
})

test('A job that is done with bad news is not shown as good', () => {
  expect(toneOf(job('a', { tone: 'bad' }))).toBe('bad')
  expect(toneOf(job('a', { state: 'failed', tone: null }))).toBe('bad')
  expect(toneOf(job('a', { state: 'cancelled', tone: null }))).toBe('none')
})

test('A running job says its phase and what is left, an ended one what it came to and when', () => {
  const running = job('a', {
    state: 'running',
    phase: 'Read objects',
    leftMs: 8_000,
    finishedAt: null,
    outcome: null,
  })
  expect([lineOf(running), rightOf(running).replace('\u00a0', ' ')]).toEqual(['Read objects', '8 s left'])
  expect([lineOf(job('a')), rightOf(job('a'))]).toEqual(['24 backups good.', '01:01'])
})

test('How much is done is told only where the whole is known', () => {
  expect(doneShare({ doneBytes: 1, totalBytes: null })).toBeNull()
  expect(doneShare({ doneBytes: 0, totalBytes: 0 })).toBeNull()
  expect(doneShare({ doneBytes: 25, totalBytes: 100 })).toBe(25)
})

test('A long list of jobs is cut after its newest ones, and its groups keep their counts', () => {
  const groups = [
    { title: 'Running', jobs: [job('a'), job('b')] },
    { title: 'Finished today', jobs: [job('c'), job('d'), job('e')] },
    { title: 'Finished 19 Nov', jobs: [job('f')] },
  ]
  expect(cutGroups(groups, 4).map(({ title, jobs, count }) => [title, jobs.length, count])).toEqual([
    ['Running', 2, 2],
    ['Finished today', 2, 3],
  ])
  expect(cutGroups(groups, 100).flatMap(({ jobs }) => jobs)).toHaveLength(6)
})

test('A verification that ran to its end and found damage does not just say “Done”', () => {
  expect(stateWord(job('a', { tone: 'bad' }))).toBe('Done, with bad news')
  expect(stateWord(job('a', { tone: 'attention' }))).toBe('Done, look at it')
  expect(stateWord(job('a'))).toBe('Done')
  expect(stateWord(job('a', { state: 'running', phase: 'Read and hash' }))).toBe('Read and hash')
})

test('only where Holdfast does not end with its window it is said that the window may be closed', () => {
  expect(closingWords('browser')).toContain('You can close this window')
  expect(closingWords('electron')).toContain('Closing it ends Holdfast, and asks first')
})

test('What an interrupted job took ends with its last sign of life, also once it is dismissed', () => {
  const phase = (name: string, tookMs: number | null) => ({ name, state: 'done', tookMs }) as const
  const dismissed = job('cut', {
    state: 'cancelled',
    phases: [phase('List', 2_000), phase('Read', 40_000), phase('Record', null)],
    finishedAt: '2026-11-23T01:00:00Z',
  })
  expect(ranMs(dismissed)).toBe(42_000)
  expect(ranMs(job('no phases'))).toBe(60_000)
  expect(ranMs(job('never begun', { startedAt: null, finishedAt: null }))).toBe(0)
})
