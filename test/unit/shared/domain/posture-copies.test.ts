import { expect, test } from 'vitest'
import {
  offlineCopy,
  type CopyPlace,
  type FoundCopies,
} from '../../../../src/shared/domain/posture-copies.ts'

const place = (name: string, behind: number | null, isWithinReach = false): CopyPlace => ({
  name,
  isWithinReach,
  seen: { told: true, behind },
})
const dead: CopyPlace = {
  name: 'dead',
  isWithinReach: false,
  seen: { told: false, why: 'The server cannot be reached.' },
}
const found = (...places: CopyPlace[]): FoundCopies => ({ backups: 5, places })

/** A figure and its noun stay on one line. */
const spaced = (text: string): string => text.replaceAll('\u00a0', ' ')

test.each([
  ['nobody looked', null, 'unknown', 'From here nobody sees'],
  ['no backup is there', { backups: 0, places: [] }, 'notApplicable', 'no backup that could be copied'],
  ['no other place is saved', found(), 'unknown', 'No other repository of this system is saved here'],
  [
    'none holds one',
    found(place('a', null), place('b', null)),
    'warning',
    'No other repository that is saved',
  ],
  ['one could not be looked into', found(place('a', null), dead), 'unknown', 'not every repository'],
  [
    'the newest is apart',
    found(place('a', 0, true), place('b', 0)),
    'good',
    'The newest backup also lies in b',
  ],
  [
    'an older one is apart',
    found(place('a', 0, true), place('b', 2)),
    'warning',
    'in b, is 2 backups behind',
  ],
  ['the best apart counts', found(place('a', 3), place('b', 1), dead), 'warning', 'in b, is 1 backup behind'],
  ['only what is within reach holds one', found(place('a', 0, true), dead), 'warning', 'lie in a alone'],
])('Where %s, that is what is told', (_what, copies, state, sentence) => {
  const check = offlineCopy(copies)
  expect([check.id, check.state]).toEqual(['offlineCopy', state])
  expect(spaced(check.sentence)).toContain(sentence)
  // Whoever is told of a fault is told what to do, and nobody else is.
  expect(check.next !== undefined).toBe(state === 'warning' || state === 'unknown')
})

test('What each place was found to hold is the evidence', () => {
  const { evidence } = offlineCopy(found(place('a', 0, true), place('b', 2), place('c', null), dead))
  expect(evidence.map(spaced)).toEqual([
    'a: the newest backup, within the same reach',
    'b: a backup that is 2 backups behind',
    'c: none of these backups',
    'dead: The server cannot be reached.',
  ])
})
