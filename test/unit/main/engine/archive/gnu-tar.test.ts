import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { ArchiveFault } from '../../../../../src/main/engine/archive/archive-fault.ts'
import { gunzip } from '../../../../../src/main/engine/archive/gunzip.ts'
import { readTar } from '../../../../../src/main/engine/archive/tar-reader.ts'
import { usableEntries } from '../../../../../src/main/engine/archive/usable-entries.ts'
import { walkArchive } from '../../../../../src/main/systems/chango/walk.ts'
import { endOfTar, gnuLong, inPieces, paxHeader, rawFile, withChecksum } from '../../../../lab/raw-tar.ts'
import { seededNumber, seededRandom } from '../../../../lab/seeded.ts'
import { tries } from '../../../../support/tries.ts'

const version = spawnSync('tar', ['--version'], { encoding: 'utf8' }).stdout ?? ''
const hasGnuTar = version.includes('GNU tar')
if (!hasGnuTar) console.log('GNU tar is not installed: what it makes and what it lists is not compared with.')

const scratch = mkdtempSync(join(tmpdir(), 'holdfast-tar-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const deepName = `${'folder-with-a-name/'.repeat(9)}${'é'.repeat(60)}.jar`

function makeTree(): string {
  const root = join(scratch, 'tree')
  for (const store of ['kms', 'iam', 'metadata']) {
    mkdirSync(join(root, store), { recursive: true })
    writeFileSync(join(root, store, 'CURRENT'), 'MANIFEST-000005\n')
    writeFileSync(join(root, store, 'MANIFEST-000005'), 'x'.repeat(700))
  }
  writeFileSync(join(root, 'manifest.json'), '{"timestamp":"2026-05-30T02:00:00Z","patchesIncluded":true}')
  const patches = join(root, 'data/master/patches')
  mkdirSync(join(patches, deepName, '..'), { recursive: true })
  writeFileSync(join(patches, 'p.jar'), 'patch')
  return root
}

/** The names that GNU tar lists. */
function listedByTar(archive: Uint8Array): readonly string[] {
  const path = join(scratch, 'listed.tar.gz')
  writeFileSync(path, archive)
  const run = spawnSync('tar', ['--quoting-style=literal', '-tzf', path], {
    encoding: 'latin1',
    env: { ...process.env, LC_ALL: 'C' },
  })
  return run.stdout.split('\n').slice(0, -1)
}

/** Names as we read them, or null where we refuse the archive. */
async function listedByUs(archive: Uint8Array): Promise<readonly string[] | null> {
  const names: string[] = []
  let flaws = 0
  try {
    for await (const { name } of readTar(gunzip(inPieces(archive))))
      names.push(Buffer.from(name).toString('latin1'))
    for await (const { path } of usableEntries(inPieces(archive), () => (flaws += 1)))
      expect(path).toBeDefined()
  } catch (error) {
    if (error instanceof ArchiveFault) return null
    throw error
  }
  return flaws === 0 ? names : null
}

describe.skipIf(!hasGnuTar)('what GNU tar makes', () => {
  const root = hasGnuTar ? makeTree() : ''

  test.each(['v7', 'ustar', 'oldgnu', 'gnu', 'pax'])('in the format %s has no findings', async (format) => {
    if (format === 'gnu' || format === 'pax' || format === 'oldgnu') {
      writeFileSync(join(root, 'data/master/patches', deepName), 'deep')
    }
    const names = ['kms', 'iam', 'metadata', 'data/master/patches', 'manifest.json']
    const skipped = format === 'v7' || format === 'ustar' ? ['--exclude=folder-with-a-name'] : []
    for (const prefix of ['', './']) {
      const archive = execFileSync(
        'tar',
        [`--format=${format}`, '-C', root, ...skipped, '-czf', '-', ...names.map((name) => prefix + name)],
        { maxBuffer: 1 << 26 },
      )
      const facts = await walkArchive(inPieces(archive))
      expect(facts.findings).toEqual([])
      expect(facts.parts.map(({ files }) => files)).toEqual([2, 2, 2, skipped.length > 0 ? 1 : 2])
      expect(await listedByUs(archive)).toEqual(listedByTar(archive))
    }
  })

  test('with a name and a time in the gzip header, or without folder entries, has none either', async () => {
    const plain = execFileSync('tar', [
      '--no-recursion',
      '-C',
      root,
      '-cf',
      '-',
      'manifest.json',
      ...storeFiles(),
    ])
    const path = join(scratch, 'named.tar')
    writeFileSync(path, plain)
    execFileSync('gzip', ['-N', '-f', path])
    const archive = execFileSync('cat', [`${path}.gz`])
    const facts = await walkArchive(inPieces(archive))
    expect(facts.findings.map(({ part }) => part)).toEqual(['patches'])
  })
})

function storeFiles(): string[] {
  return ['kms', 'iam', 'metadata'].flatMap((store) => [`${store}/CURRENT`, `${store}/MANIFEST-000005`])
}

describe.skipIf(!hasGnuTar)('what readers are known to disagree about', () => {
  const ordinary = rawFile({ name: 'kms/CURRENT' }, 'MANIFEST-000005\n')
  test.each([
    ['entries after the end', Buffer.concat([ordinary, endOfTar, rawFile({ name: 'evil' }, 'x'), endOfTar])],
    ['a global path', Buffer.concat([paxHeader([['path', 'evil']], 'g'), ordinary, endOfTar])],
    ['a NUL in a path', Buffer.concat([paxHeader([['path', 'kms/CURRENT\0evil']]), ordinary, endOfTar])],
  ])('is refused: %s', async (_, bytes) => {
    expect(await listedByUs(gzipSync(bytes))).toBeNull()
  })

  test('of hundreds of bent archives each is refused, or read as GNU tar reads it', async () => {
    const random = seededRandom('mutants')
    let accepted = 0
    for (let round = 0; round < tries(400); round += 1) {
      const archive = gzipSync(mutant(random), { level: 1 })
      const ours = await listedByUs(archive)
      if (ours === null) continue
      accepted += 1
      // Joined: a name may itself have a line feed.
      expect([round, ours.join('\n')]).toEqual([round, listedByTar(archive).join('\n')])
    }
    // Else nothing was compared.
    expect(accepted).toBeGreaterThan(tries(40))
  })
})

/** A small archive with one to three bytes changed, mostly in its headers, whose checksums then fit again. */
function mutant(random: ReturnType<typeof seededRandom>): Uint8Array {
  const bytes = Buffer.concat([
    rawFile({ name: 'kms/', type: '5' }),
    rawFile({ name: 'kms/CURRENT' }, 'MANIFEST-000005\n'),
    paxHeader([
      ['mtime', '1.5'],
      ['path', 'iam/é'],
    ]),
    rawFile({ name: 'iam/x' }, 'x'.repeat(600)),
    gnuLong('metadata/long'),
    rawFile({ name: 'metadata/cut', patch: { 257: 'ustar  \0' } }, 'y'),
    rawFile({ name: 'old', patch: { 257: '\0'.repeat(8) } }, 'z'),
    rawFile({ name: 'split', patch: { 345: 'prefix' } }, 'w'),
    Buffer.alloc(2048),
  ])
  const interesting = [0, 1, 99, 100, 124, 134, 135, 136, 156, 157, 257, 262, 263, 345, 346, 499]
  const values = [0, 0x20, 0x2f, 0x30, 0x31, 0x35, 0x37, 0x4c, 0x53, 0x67, 0x78, 0x80, 0xff]
  const changes = 1 + seededNumber(random, 3)
  for (let change = 0; change < changes; change += 1) {
    const block = seededNumber(random, bytes.byteLength / 512)
    const isUsual = seededNumber(random, 3) > 0
    const offset = isUsual
      ? (interesting[seededNumber(random, interesting.length)] ?? 0)
      : seededNumber(random, 512)
    bytes[block * 512 + offset] = isUsual
      ? (values[seededNumber(random, values.length)] ?? 0)
      : seededNumber(random, 256)
    const header = bytes.subarray(block * 512, block * 512 + 512)
    const looksLikeHeader = /^[0-7]{6}\0 $/.test(header.subarray(148, 156).toString('latin1'))
    if (looksLikeHeader && seededNumber(random, 8) > 0) header.set(withChecksum(header))
  }
  return bytes
}
