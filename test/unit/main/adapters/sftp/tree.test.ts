import { describe, expect, test } from 'vitest'
import { readEntries } from '../../../../../src/main/adapters/sftp/tree.ts'
import type { FileFacts, NamedFacts, Session } from '../../../../../src/main/adapters/sftp/session.ts'
import { failure } from '../../../../conformance/store-helpers.ts'

const file: FileFacts = { kind: 'file', sizeBytes: 1, modifiedSeconds: 0, mode: 0o600, uid: 0 }

/** A server that lists whatever the batches say. */
function listing(batches: Iterable<readonly NamedFacts[]>): { session: Session; closed: () => number } {
  const next = batches[Symbol.iterator]()
  let closed = 0
  const none = async (): Promise<never> => {
    throw new Error('not expected here')
  }
  const session: Session = {
    isOpen: true,
    openFolder: async () => Buffer.from('handle'),
    readFolder: async () => {
      const { done, value } = next.next()
      return done === true ? null : value
    },
    closeHandle: async () => {
      closed += 1
    },
    realPath: none, lstat: none, stat: none, openFile: none, fstat: none, read: none, write: none, sync: none,
    rename: none, replace: none, remove: none, makeFolder: none, removeFolder: none, space: none,
    close: () => undefined,
  } // prettier-ignore
  return { session, closed: () => closed }
}

describe('names from an SFTP server', () => {
  test.each(['../x', '/etc/passwd', 'a/b', 'nul\0', ''])('%j is refused as a bad answer', async (name) => {
    const { session, closed } = listing([[{ name: 'good', facts: file }], [{ name, facts: file }]])
    await failure(readEntries({ session, root: '/r', swept: new Set() }, '/r'), 'repository.badAnswer')
    expect(closed()).toBe(1)
  })

  test('without end are given up', async () => {
    let sent = 0
    function* endless(): Generator<readonly NamedFacts[]> {
      for (;;) {
        sent += 50_000
        yield Array.from({ length: 50_000 }, (_, index) => ({ name: `${sent}-${index}`, facts: file }))
      }
    }
    const { session, closed } = listing(endless())
    await failure(readEntries({ session, root: '/r', swept: new Set() }, '/r'), 'repository.badAnswer')
    expect(sent).toBeLessThan(400_000)
    expect(closed()).toBe(1)
  })

  test('that never come, in one answer after another, are given up too', async () => {
    function* nameless(): Generator<readonly NamedFacts[]> {
      for (let answers = 0; answers < 400_000; answers += 1) yield []
    }
    const { session, closed } = listing(nameless())
    await failure(readEntries({ session, root: '/r', swept: new Set() }, '/r'), 'repository.badAnswer')
    expect(closed()).toBe(1)
  })

  test('that are no UTF-8, no objects or unfinished writes stand for no key', async () => {
    const { session } = listing([
      [
        { name: 'b', facts: file },
        { name: 'x\ufffd', facts: file },
        { name: 'pipe', facts: { ...file, kind: 'other' } },
        { name: '..', facts: { ...file, kind: 'folder' } },
        { name: `.holdfast-${'0'.repeat(32)}.part`, facts: file },
        { name: 'a', facts: { ...file, kind: 'folder' } },
        { name: 'a-', facts: file },
      ],
    ])
    const entries = await readEntries({ session, root: '/r', swept: new Set() }, '/r')
    expect(entries.map(({ part }) => part)).toEqual(['a-', 'a', 'b'])
  })
})
