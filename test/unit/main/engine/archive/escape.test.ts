import { describe, expect, test } from 'vitest'
import { ArchiveFault } from '../../../../../src/main/engine/archive/archive-fault.ts'
import { usableEntries } from '../../../../../src/main/engine/archive/usable-entries.ts'
import { endOfTar, gnuLong, gzipped, inPieces, paxHeader, rawFile } from '../../../../lab/raw-tar.ts'

/** What may be used of an archive, and the codes of what may not, in order. */
async function read(...parts: readonly Uint8Array[]): Promise<{ usable: string[]; codes: string[] }> {
  const usable: string[] = []
  const codes: string[] = []
  try {
    const pieces = inPieces(gzipped(...parts, endOfTar))
    for await (const entry of usableEntries(pieces, ({ code }) => codes.push(code))) usable.push(entry.path)
  } catch (error) {
    if (!(error instanceof ArchiveFault)) throw error
    codes.push(error.code)
  }
  return { usable, codes }
}

function named(name: string): Uint8Array {
  return rawFile({ name }, 'evil')
}

function byPax(name: string): Uint8Array {
  return Buffer.concat([paxHeader([['path', name]]), named('harmless')])
}

function link(type: string, name: string, target = '../../etc'): Uint8Array {
  return rawFile({ name, type, patch: { 157: target } })
}

const rows: readonly (readonly [string, Uint8Array, string])[] = [
  ['..', named('..'), 'archive.unsafePath'],
  ['../x', named('../x'), 'archive.unsafePath'],
  ['kms/../../x', named('kms/../../x'), 'archive.unsafePath'],
  ['kms/..', named('kms/..'), 'archive.unsafePath'],
  ['./../x', named('./../x'), 'archive.unsafePath'],
  ['/../x', named('/../x'), 'archive.unsafePath'],
  ['kms/./../../x', named('kms/./../../x'), 'archive.unsafePath'],
  ['kms//..//x', named('kms//..//x'), 'archive.unsafePath'],
  ['a folder ../x/', rawFile({ name: '../x/', type: '5' }), 'archive.unsafePath'],
  ['a V7 folder ../x/', rawFile({ name: '../x/', type: '\0' }), 'archive.unsafePath'],
  ['..\\x', named('..\\x'), 'archive.unsafePath'],
  ['kms\\x', named('kms\\x'), 'archive.unsafePath'],
  ['\\\\host\\share\\x', named('\\\\host\\share\\x'), 'archive.unsafePath'],
  ['C:x', named('C:x'), 'archive.unsafePath'],
  ['C:/x', named('C:/x'), 'archive.unsafePath'],
  ['c:..', named('c:..'), 'archive.unsafePath'],
  ['./C:x', named('./C:x'), 'archive.unsafePath'],
  ['kms/D:x', named('kms/D:x'), 'archive.unsafePath'],
  ['an empty name', named(''), 'archive.unsafePath'],
  ['a NUL within the name field', named('kms/x\0/../../y'), 'archive.unsafePath'],
  [
    'a NUL within the prefix',
    rawFile({ name: 'x', patch: { 345: 'kms\0..' } }, 'evil'),
    'archive.unsafePath',
  ],
  ['a prefix of ..', rawFile({ name: 'x', patch: { 345: '..' } }, 'evil'), 'archive.unsafePath'],
  ['pax: ../x', byPax('../x'), 'archive.unsafePath'],
  ['pax: an empty path', byPax(''), 'archive.unsafePath'],
  ['pax: a NUL', byPax('kms/x\0y'), 'archive.unsafePath'],
  ['pax: a backslash', byPax('kms\\..\\x'), 'archive.unsafePath'],
  ['pax: a drive', byPax('Z:/x'), 'archive.unsafePath'],
  [
    'global pax: ../x',
    Buffer.concat([paxHeader([['path', '../x']], 'g'), named('harmless')]),
    'archive.unsafePath',
  ],
  [
    'global pax: another name',
    Buffer.concat([paxHeader([['path', 'kms/y']], 'g'), named('x')]),
    'archive.malformed',
  ],
  [
    'global pax: another size',
    Buffer.concat([paxHeader([['size', '4']], 'g'), named('x')]),
    'archive.malformed',
  ],
  ['long name: ../x', Buffer.concat([gnuLong('../x'), named('harmless')]), 'archive.unsafePath'],
  ['long name: a NUL within', Buffer.concat([gnuLong('kms/x\0/y'), named('harmless')]), 'archive.unsafePath'],
  ['long name: empty', Buffer.concat([gnuLong(''), named('harmless')]), 'archive.unsafePath'],
  ['a symbolic link', link('2', 'kms/x'), 'archive.unsafeEntry'],
  ['a hard link', link('1', 'kms/x'), 'archive.unsafeEntry'],
  ['a character device', link('3', 'kms/x'), 'archive.unsafeEntry'],
  ['a block device', link('4', 'kms/x'), 'archive.unsafeEntry'],
  ['a pipe', link('6', 'kms/x'), 'archive.unsafeEntry'],
  ['an unknown type', rawFile({ name: 'kms/x', type: 'Z' }, 'evil'), 'archive.unsafeEntry'],
  [
    'a sparse file',
    rawFile({ name: 'kms/x', type: 'S', patch: { 257: 'ustar  \0' } }),
    'archive.unsafeEntry',
  ],
  ['a volume label', rawFile({ name: 'kms/x', type: 'V' }), 'archive.unsafeEntry'],
  ['a file in the place of the root', named('./.'), 'archive.malformed'],
]

describe('nothing leads out of the folder it is unpacked into', () => {
  test.each(rows)('%s', async (_, bytes, code) => {
    expect(await read(bytes)).toEqual({ usable: [], codes: [code] })
  })

  test('a link and then a file through it', async () => {
    expect(await read(link('2', 'kms/x'), named('kms/x/authorized_keys'))).toEqual({
      usable: ['kms/x/authorized_keys'],
      codes: ['archive.unsafeEntry'],
    })
  })

  test('a chain of links', async () => {
    const chain = await read(
      link('2', 'kms/a', '.'),
      link('2', 'kms/a/b', '..'),
      link('1', 'kms/c', 'kms/a/b/../x'),
    )
    expect(chain).toEqual({ usable: [], codes: Array.from({ length: 3 }, () => 'archive.unsafeEntry') })
  })

  test('absolute names are told apart, so that their format can refuse them', async () => {
    const found: boolean[] = []
    const archive = gzipped(named('/etc/passwd'), named('etc/shadow'), endOfTar)
    for await (const entry of usableEntries(inPieces(archive), () => {})) found.push(entry.absolute)
    expect(found).toEqual([true, false])
  })

  test('names with dots that are no parts of their own are ordinary', async () => {
    const names = ['kms/..x', 'kms/x..', 'kms/...', './kms/.hidden', 'kms/ab:c']
    expect((await read(...names.map(named))).codes).toEqual([])
  })
})
