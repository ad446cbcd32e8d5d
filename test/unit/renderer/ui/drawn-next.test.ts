import { expect, test } from 'vitest'
import { drawnNext, type RowKey } from '../../../../src/renderer/ui/drawn-next.ts'

const rows = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, at) => ({ key: `row ${first + at}`, size: 79 }))
const keys = (first: number, last: number): readonly string[] => rows(first, last).map(({ key }) => key)

test('A page of rows is drawn a few rows a turn, the first ones first, until all of them are', () => {
  const turns: number[] = []
  let drawn: ReadonlySet<RowKey> = new Set()
  while (drawn.size < 17) {
    drawn = drawnNext(rows(0, 16), drawn, 200)
    turns.push(drawn.size)
  }
  expect(turns).toEqual([3, 6, 9, 12, 15, 17])
  expect([...drawn]).toEqual(keys(0, 16))
})

test('A leap over many rows keeps what is still in view and drops what is not', () => {
  const drawn = drawnNext(rows(10, 26), new Set(keys(0, 16)), 200)
  expect([...drawn]).toEqual(keys(10, 19))
})

test('One row that comes into view is drawn at once, however high it is', () => {
  const drawn = drawnNext([{ key: 'long', size: 5_000 }], new Set(), 200)
  expect([...drawn]).toEqual(['long'])
})

test('Rows that are drawn stay drawn where nothing else comes into view', () => {
  expect([...drawnNext(rows(0, 16), new Set(keys(0, 16)), 200)]).toEqual(keys(0, 16))
})
