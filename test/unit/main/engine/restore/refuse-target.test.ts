import { describe, expect, test } from 'vitest'
import { refuseTarget } from '../../../../../src/main/engine/restore/refuse-target.ts'
import type { TargetEntry } from '../../../../../src/main/ports/restore-target.ts'

const kms: TargetEntry = {
  name: 'kms',
  kind: 'folder',
  owner: { uid: 0, gid: 0 },
  identity: '1:2',
  holdsMount: false,
}
const user = { pid: 7, command: 'java', path: '/t/kms/LOCK' }

describe('what a restore would replace', () => {
  test('is named where it is a file or a folder that nobody uses', () => {
    const standing = [kms, { ...kms, name: 'report.json', kind: 'file' } as const]
    expect(refuseTarget({ dir: '/t', standing, usedBy: [] })).toEqual([
      { name: 'kms', kind: 'folder' },
      { name: 'report.json', kind: 'file' },
    ])
  })

  test.each<[string, Partial<TargetEntry>, readonly (typeof user)[], string]>([
    ['is a link', { kind: 'link' }, [], 'It is a link.'],
    ['is a pipe or a device', { kind: 'other' }, [], 'neither a file nor a folder'],
    ['holds a mount', { holdsMount: true }, [], 'A file system is mounted on it or below it.'],
    ['is in use', {}, [user], 'Process 7 (java) is using /t/kms/LOCK.'],
  ])('is refused where it %s', (_, change, usedBy, why) => {
    const standing = [{ ...kms, ...change }]
    expect(() => refuseTarget({ dir: '/t', standing, usedBy })).toThrow(
      expect.objectContaining({
        code: 'target.refused',
        text: expect.objectContaining({ why: expect.stringContaining(why) }),
      }),
    )
  })
})
