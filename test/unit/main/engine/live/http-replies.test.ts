import { expect, test } from 'vitest'
import { demandDone, demandSuccess } from '../../../../../src/main/engine/live/http-replies.ts'
import type { HttpReply } from '../../../../../src/main/ports/http-client.ts'
import { isHoldfastError } from '../../../../../src/shared/domain/error.ts'

function reply(status: number, text: string): HttpReply {
  return { status, text, header: () => null, origin: 'https://master' }
}

function codeOf(work: () => void): string {
  try {
    work()
    return 'done'
  } catch (error) {
    if (!isHoldfastError(error)) throw error
    expect(error.text.what).toContain('https://master')
    return error.code
  }
}

const page = '\n<!DOCTYPE html><title>Log in</title>'

test.each([
  [200, '{}', 'done', 'done'],
  [204, '', 'done', 'done'],
  [200, page, 'master.badAnswer', 'master.outcomeUnknown'],
  [401, '{}', 'master.refusedLogin', 'master.refusedLogin'],
  [404, page, 'master.notOffered', 'master.notOffered'],
  [409, '{}', 'master.busy', 'master.busy'],
  [421, '{}', 'master.notLeader', 'master.notLeader'],
  [501, '{}', 'master.notOffered', 'master.notOffered'],
  [503, '{}', 'master.notReady', 'master.notReady'],
  [500, '{"error":"no"}', 'master.refused', 'master.outcomeUnknown'],
  [502, page, 'master.refused', 'master.outcomeUnknown'],
  [504, '', 'master.refused', 'master.outcomeUnknown'],
  [101, '', 'master.refused', 'master.outcomeUnknown'],
])('A reply %i %j means %s to a question and %s to a change', (status, text, asked, changed) => {
  expect(codeOf(() => demandSuccess(reply(status, text), 'It is not told.'))).toBe(asked)
  const what = { refused: 'It is not done.', unknown: 'Whether it is done is not known' }
  expect(codeOf(() => demandDone(reply(status, text), what))).toBe(changed)
})

test('A run that is refused because of another one says that the reply is all that is known of who and since when', () => {
  const said = '{"message":"backup started by ops at 02:00 is running"}'
  expect(() => demandDone(reply(409, said), { refused: 'No backup was begun.', unknown: '' })).toThrow(
    /No backup was begun\. https:\/\/master answers 409\..*Who began it and since when.*or is not told\. It says: .*started by ops at 02:00/s,
  )
})
