import { describe, expect, test } from 'vitest'
import type { SwapName } from '../../../../../src/main/engine/restore/journal-record.ts'
import {
  afterMoves,
  freeStamp,
  isTouched,
  lostName,
  madeSince,
  movesBack,
  movesForward,
  type Move,
  type View,
} from '../../../../../src/main/engine/restore/swap.ts'
import type { Place, TargetEntry } from '../../../../../src/main/ports/restore-target.ts'

/** What can stand at a name: the old, the new, something of another program, nothing. */
type Standing = 'old' | 'new' | 'other' | '-'

const incoming: Place = { area: 'staging', run: 'r1', name: 'kms' }
const replaced: SwapName = { name: 'kms', aside: 'kms.aside', incoming, expect: null }
const brought: SwapName = { ...replaced, aside: null }
const gone: SwapName = { ...replaced, incoming: null }
const made: SwapName = { ...replaced, aside: null, incoming: null }

function entry(name: string, standing: Standing): readonly [string, TargetEntry][] {
  if (standing === '-') return []
  return [[name, { name, kind: 'folder', owner: { uid: 0, gid: 0 }, identity: standing, holdsMount: false }]]
}

/** Beside the name, at it, and in staging. */
function viewOf(aside: Standing, here: Standing, staged: Standing): View {
  return {
    target: new Map([...entry('kms.aside', aside), ...entry('kms', here)]),
    staging: new Map(entry('kms', staged)),
  }
}

function shown(moves: readonly Move[] | null): string | null {
  const nameOf = ({ area, name }: Place): string => (area === 'staging' ? 'staged' : name)
  return moves?.map(({ from, to }) => `${nameOf(from)} > ${nameOf(to)}`).join(', ') ?? null
}

const swapIn = 'staged > kms'
const aside = 'kms > kms.aside'
const other = 'kms > kms.set-aside-S'
const back = 'kms.aside > kms'

describe('the moves forward', () => {
  test.each<[SwapName, [Standing, Standing, Standing], string | null]>([
    // From the beginning, and from each step on.
    [replaced, ['-', 'old', 'new'], `${aside}, ${swapIn}`],
    [replaced, ['old', 'old', 'new'], `${aside}, ${swapIn}`],
    [replaced, ['old', '-', 'new'], swapIn],
    [replaced, ['old', 'new', 'new'], swapIn],
    [replaced, ['old', 'new', '-'], ''],
    [brought, ['-', '-', 'new'], swapIn],
    [brought, ['-', 'new', 'new'], swapIn],
    [brought, ['-', 'new', '-'], ''],
    [gone, ['-', 'old', '-'], aside],
    [gone, ['old', 'old', '-'], aside],
    [gone, ['old', '-', '-'], ''],
    // What another program put there is nobody's to replace.
    [replaced, ['old', 'other', 'new'], `${other}, ${swapIn}`],
    [brought, ['-', 'other', 'new'], `${other}, ${swapIn}`],
    [gone, ['old', 'other', '-'], other],
    [made, ['-', 'other', '-'], other],
    // Something that is needed is nowhere.
    [replaced, ['-', '-', 'new'], null],
    [replaced, ['-', 'old', '-'], null],
    [replaced, ['old', '-', '-'], null],
    [brought, ['-', '-', '-'], null],
    [gone, ['-', '-', '-'], null],
  ])('%o from %j', (name, standing, expected) => {
    expect(shown(movesForward([name], viewOf(...standing), 'S'))).toBe(expected)
  })

  test('cut short after any of them are continued to the same end', () => {
    for (const name of [replaced, brought, gone]) {
      const begun = viewOf('-', name.aside === null ? '-' : 'old', name.incoming === null ? '-' : 'new')
      const moves = movesForward([name], begun, 'S') ?? []
      const end = afterMoves(moves, begun)
      for (let done = 0; done <= moves.length; done += 1) {
        const cut = afterMoves(moves.slice(0, done), begun)
        expect(afterMoves(movesForward([name], cut, 'S') ?? [], cut)).toEqual(end)
        expect(afterMoves(movesBack([name], cut, new Set(), 'S'), cut)).toEqual(begun)
      }
    }
  })
})

describe('the moves back', () => {
  const out = 'kms > staged'
  test.each<[SwapName, [Standing, Standing, Standing], string]>([
    [replaced, ['-', 'old', 'new'], ''],
    [replaced, ['old', 'old', 'new'], back],
    [replaced, ['old', '-', 'new'], back],
    [replaced, ['old', 'new', 'new'], `${out}, ${back}`],
    [replaced, ['old', 'new', '-'], `${out}, ${back}`],
    [replaced, ['old', 'other', 'new'], `${other}, ${back}`],
    [brought, ['-', '-', 'new'], ''],
    [brought, ['-', 'new', '-'], out],
    [brought, ['-', 'other', 'new'], ''],
    [gone, ['-', 'old', '-'], ''],
    [gone, ['old', '-', '-'], back],
    [gone, ['old', 'other', '-'], `${other}, ${back}`],
    [made, ['-', 'other', '-'], ''],
  ])('%o from %j', (name, standing, expected) => {
    expect(shown(movesBack([name], viewOf(...standing), new Set(), 'S'))).toBe(expected)
  })

  test('set aside what is no longer what was put there', () => {
    const changed = new Set(['kms'])
    expect(shown(movesBack([replaced], viewOf('old', 'new', '-'), changed, 'S'))).toBe(`${other}, ${back}`)
    expect(shown(movesBack([brought], viewOf('-', 'new', '-'), changed, 'S'))).toBe(other)
  })
})

test('After the moves each thing stands where it was moved to, and nowhere else', () => {
  const moves = movesForward([replaced], viewOf('-', 'old', 'new'), 'S') ?? []
  expect(afterMoves(moves, viewOf('-', 'old', 'new'))).toEqual(viewOf('old', 'new', '-'))
})

test('A name is lost only where its old is neither in its place nor aside', () => {
  expect(lostName([replaced], viewOf('-', '-', 'new'))).toBe(replaced)
  expect(lostName([replaced], viewOf('old', '-', 'new'))).toBeNull()
  expect(lostName([replaced], viewOf('-', 'old', 'new'))).toBeNull()
  expect(lostName([brought, made], viewOf('-', '-', '-'))).toBeNull()
})

test('A swap has begun once an old is aside or a new is no longer staged', () => {
  expect(isTouched([replaced, gone], viewOf('-', 'old', 'new'))).toBe(false)
  expect(isTouched([gone], viewOf('-', 'old', '-'))).toBe(false)
  expect(isTouched([replaced], viewOf('old', '-', 'new'))).toBe(true)
  expect(isTouched([brought], viewOf('-', 'new', '-'))).toBe(true)
  expect(isTouched([brought, gone], viewOf('old', '-', 'new'))).toBe(true)
})

test('What was made since is what stands at managed names that the restore left alone', () => {
  const view = viewOf('-', 'other', '-')
  expect(madeSince(['kms', 'iam'], [], view)).toEqual([made])
  expect(madeSince(['kms'], [replaced], view)).toEqual([])
})

test('A stamp is counted up until it is free for every name', () => {
  const at = Date.UTC(2026, 10, 20, 2, 0, 0)
  const taken = { target: new Map(entry('iam.x-20261120T020000Z', 'other')), staging: new Map() }
  expect(freeStamp(['kms'], '.x-', taken, at)).toBe('20261120T020000Z')
  expect(freeStamp(['kms', 'iam'], '.x-', taken, at)).toBe('20261120T020000Z-2')
})
