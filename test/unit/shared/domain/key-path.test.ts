import fc from 'fast-check'
import { posix } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  isTemporaryName,
  keyParts,
  nameWithoutColon,
  partOfName,
  temporaryNameOf,
} from '../../../../src/shared/domain/key-path.ts'
import { tries } from '../../../support/tries.ts'

/** Pieces of which hostile keys are made. */
const hostile = fc.constantFrom(
  '/', '//', '..', '.', './', '../', '\\', '\0', '\r', '\n', ':', '%3A', '%3a', '%', '3A', 'a', 'A', '__proto__',
  'CON', '\u202e', 'é', 'e\u0301', '\u{1f600}', '\ud800', '\udc00', ' ', '~', '-rf', 'x'.repeat(130), '*', '$(id)',
) // prettier-ignore
const keys = fc.oneof(
  fc.array(hostile, { maxLength: 8 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 12 }),
)

describe('keys as paths', () => {
  test('no generated key leads outside, none is another one’s path, and each is read back as itself', () => {
    const ofPath = new Map<string, string>()
    let kept = 0
    fc.assert(
      fc.property(keys, (key) => {
        const parts = keyParts(key)
        if (parts === null) return
        kept += 1
        const path = posix.join('/root', ...parts)
        expect(posix.normalize(`/root/${key}`)).toBe(path)
        expect(path.startsWith('/root/') && Buffer.from(path, 'utf8').toString('utf8') === path).toBe(true)
        for (const name of parts) {
          expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255)
          expect(partOfName(name)).toBe(name)
          if (Buffer.byteLength(nameWithoutColon(name)) <= 255)
            expect(partOfName(nameWithoutColon(name))).toBe(name)
        }
        const escaped = parts.map(nameWithoutColon).join('/')
        for (const written of [parts.join('/'), escaped]) {
          expect(ofPath.get(written) ?? key, 'two keys share a path').toBe(key)
          ofPath.set(written, key)
        }
      }),
      { numRuns: tries(100_000), seed: 7 },
    )
    expect(kept).toBeGreaterThan(30_000)
  })

  test.each([
    ['', 'an empty key'],
    ['/a', 'a leading slash'],
    ['a/', 'a trailing slash'],
    ['a//b', 'an empty part'],
    ['./a', 'a dot'],
    ['a/../b', 'two dots'],
    ['a\0b', 'NUL'],
    ['a%3Ab', 'a %3A that would be read back as a colon'],
    ['\ud83d', 'half a character'],
    ['x'.repeat(256), 'a part over 255 bytes'],
    ['é'.repeat(128), 'a part of 256 bytes in 128 characters'],
    [`.holdfast-${'0'.repeat(32)}.part`, 'the name of an unfinished write'],
  ])('no folder holds %j: %s', (key) => {
    expect(keyParts(key)).toBeNull()
    expect(keyParts(`ok/${key}`)).toBeNull()
  })

  test('a key has at most 1024 bytes, as in a bucket', () => {
    expect(keyParts(`${'dir/'.repeat(255)}1234`)).toHaveLength(256)
    expect(keyParts(`${'dir/'.repeat(255)}12345`)).toBeNull()
  })

  test('a name with %3A stands for the part with a colon', () => {
    expect(partOfName('2026-11-20T02%3A00%3A00Z')).toBe('2026-11-20T02:00:00Z')
    expect(partOfName('a%3ab')).toBe('a%3ab')
    expect(nameWithoutColon('02:00')).toBe('02%3A00')
  })

  test('the name of an unfinished write stands for no key', () => {
    const name = temporaryNameOf(new Uint8Array(16).fill(171))
    expect(name).toBe(`.holdfast-${'ab'.repeat(16)}.part`)
    expect(isTemporaryName(name)).toBe(true)
    expect(partOfName(name)).toBeNull()
  })
})

test('what the file system keeps for itself at the top of a disk is no key', () => {
  expect([partOfName('lost+found'), keyParts('lost+found/x'), keyParts('lost/found')]).toEqual([
    null,
    null,
    ['lost', 'found'],
  ])
})
