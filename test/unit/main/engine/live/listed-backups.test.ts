import { nameGap } from '../../../../../src/main/engine/live/first-offered.ts'
import { describe, expect, test } from 'vitest'
import { compareLists, listedIds } from '../../../../../src/main/engine/live/listed-backups.ts'
import type { HttpReply } from '../../../../../src/main/ports/http-client.ts'

const [first, second, third] = ['20261118T020000Z-aa', '20261119T020000Z-bb', '20261120T020000Z-cc'] as const
const found = (...ids: readonly string[]) => ids.map((id) => [id])
const compare = (listed: readonly string[], there: readonly (readonly string[])[]) =>
  compareLists(listed, there, 'evidence')

function reply(body: unknown): HttpReply {
  return { status: 200, origin: 'http://m', text: JSON.stringify(body), header: () => null }
}

describe('What the cluster lists against what its repository holds', () => {
  test('is in order where both have the same, or neither has anything', () => {
    expect(compare([first, second], found(first, second))).toMatchObject({
      state: 'ok',
      answer: 'The repository holds all 2\u00a0backups that the cluster lists.',
    })
    expect(compare([], [])).toMatchObject({ state: 'ok', answer: 'Neither has one.' })
  })

  test('names what the repository lacks', () => {
    expect(compare([first, second, third], found(first))).toMatchObject({
      state: 'warning',
      answer: `The cluster lists ${second} and 1 more, which this repository does not hold.`,
    })
  })

  test('names what the cluster does not list, but for what is older than its whole list', () => {
    expect(compare([second], found(second, third))).toMatchObject({
      state: 'warning',
      answer: `This repository holds ${third}, which the cluster does not list.`,
    })
    expect(compare([third], found(first, second, third))).toMatchObject({
      state: 'ok',
      answer: 'The repository holds the one backup that the cluster lists, and 2\u00a0older ones.',
    })
    expect(compare([], found(first))).toMatchObject({ state: 'warning' })
  })

  test('is another place where nothing that is listed is there', () => {
    expect(compare([first, second], found(third))).toMatchObject({
      state: 'warning',
      answer: expect.stringMatching(/^None of the 2.backups that the cluster lists is in this repository\.$/),
    })
  })

  test('takes a backup for the same by every name that it goes by', () => {
    expect(compare([second], [['chango-x', second]])).toMatchObject({ state: 'ok' })
  })
})

const gaps = {
  listFields: nameGap('', ['backups', 'history']),
  idFields: nameGap('', ['backupId', 'id', 'objectKey']),
  runFields: nameGap('', ['status']),
}

test('Of a history the runs that have failed are no backups', () => {
  const runs = [
    { id: first, status: 'SUCCESS' },
    { id: second, status: 'FAILED' },
    { id: third, status: 'cancelled' },
  ]
  expect(listedIds(reply({ history: runs }), gaps)).toEqual([first])
})

test('Ids are read from lists of texts and of objects, by the name of an object where only its key is told', () => {
  expect(
    listedIds(reply([first, { backupId: second }, { objectKey: `backups/${third}.tar.gz` }, {}, 7]), gaps),
  ).toEqual([first, second, third])
  expect(listedIds(reply({ backups: [{ id: first }] }), gaps)).toEqual([first])
  expect(() => listedIds(reply({ enabled: true }), gaps)).toThrow('The list of backups cannot be read')
})
