import { describe, expect, test } from 'vitest'
import { aliasesOf, type Mount } from '../../../../../src/main/adapters/target-rules/mount-aliases.ts'

const disk = (root: string, point: string): Mount => ({ device: '8:1', root, point })
const own = [disk('/', '/'), { device: '8:2', root: '/', point: '/srv' }]

describe('The other names of a folder', () => {
  test('are those of a volume that holds it, and of one that is a part of it', () => {
    const theirs = [{ device: '0:50', root: '/', point: '/' }, disk('/var/lib/kiok', '/app/data')]
    expect(aliasesOf('/var/lib/kiok/kms', own, theirs)).toEqual(['/app/data/kms'])
    expect(aliasesOf('/var/lib', own, theirs)).toEqual(['/app/data'])
    expect(aliasesOf('/var/lib/chango', own, theirs)).toEqual([])
  })

  test('are of the file system that it lies on, not of one with the same paths', () => {
    expect(aliasesOf('/srv/kiok', own, [disk('/kiok', '/a')])).toEqual([])
    expect(aliasesOf('/srv/kiok', own, [{ device: '8:2', root: '/kiok', point: '/a' }])).toEqual(['/a'])
    expect(aliasesOf('/srv', own, [{ device: '8:2', root: '/', point: '/b' }])).toEqual(['/b'])
  })

  test('are of what covers a place, not of what is covered', () => {
    const covered = [disk('/', '/'), disk('/old', '/data'), disk('/new', '/data')]
    expect(aliasesOf('/data/kms', covered, [disk('/old', '/a'), disk('/new', '/b')])).toEqual(['/b/kms'])
  })
})
