import { gzipSync } from 'node:zlib'
import {
  newerParts,
  olderParts,
  packed,
  seal,
  sha256,
  tar,
  writeInto,
  writeKiseki,
  type Fields,
  type TarPart,
} from '../../../lab/another-hand.ts'
import { bad, flipped, row, sound, type Row, type Said } from './row.ts'

const olderName = 'chango-2026-05-30T02-00-00Z-0f0e0d0c-0b0a-4908-8706-050403020100'
const newerName = '20260808T024859-59e9eb89'

function archive(parts: readonly TarPart[] | Buffer, name = olderName): (folder: string) => void {
  return (folder) => writeInto(folder, `${name}.tar.gz`, Buffer.isBuffer(parts) ? parts : packed(parts))
}

/** The stores of an archive are judged with it. */
function ofArchive(
  code: string,
  level = 'present',
  stores: readonly string[] = ['kms', 'iam', 'metadata'],
): Said {
  return { ...bad, findings: [code], stores: Object.fromEntries(stores.map((name) => [name, level])) }
}

function withFiles(edit: (files: Fields[]) => readonly Fields[] = (files) => files): readonly TarPart[] {
  const parts = olderParts().filter(([name]) => name !== 'manifest.json')
  const files = parts
    .filter(([name]) => !name.endsWith('/'))
    .map(([path, contents]) => ({ path, size: Buffer.byteLength(contents), sha256: sha256(contents) }))
  return [...parts, ['manifest.json', JSON.stringify({ files: edit(files) })]]
}

function plus(...more: readonly TarPart[]): readonly TarPart[] {
  return [...olderParts(), ...more]
}

function less(...names: readonly string[]): readonly TarPart[] {
  return olderParts().filter(([name]) => !names.includes(name))
}

const whole = packed(olderParts())

export const changoRows: readonly Row[] = [
  row('the older dialect', 'chango', archive(olderParts()), sound),
  row('the newer dialect', 'chango', archive(newerParts(newerName), newerName), sound),
  row(
    'the newer dialect with leading slashes',
    'chango',
    archive(
      newerParts(newerName).map(([name, ...rest]) => [`/${name}`, ...rest]),
      newerName,
    ),
    sound,
  ),
  row('its files listed', 'chango', archive(withFiles()), sound),
  row('zeros behind the member', 'chango', archive(Buffer.concat([whole, Buffer.alloc(700)])), sound),
  row(
    'an object without bytes',
    'chango',
    archive(Buffer.alloc(0)),
    ofArchive('archive.truncated E', 'present'),
  ),
  row('an archive that is cut', 'chango', archive(whole.subarray(0, -40)), ofArchive('archive.truncated E')),
  row(
    'a tar without its end',
    'chango',
    archive(gzipSync(tar(olderParts()).subarray(0, -1024))),
    ofArchive('archive.truncated E'),
  ),
  row(
    'a wrong checksum',
    'chango',
    archive(flipped(whole, whole.byteLength - 6)),
    ofArchive('archive.malformed E'),
  ),
  row('a second member', 'chango', archive(Buffer.concat([whole, whole])), ofArchive('archive.malformed E')),
  row(
    'a file twice',
    'chango',
    archive(plus(['kms/CURRENT', 'MANIFEST-000005\n'])),
    ofArchive('archive.malformed E'),
  ),
  row(
    'bytes behind the two zero blocks',
    'chango',
    archive(gzipSync(Buffer.concat([tar(olderParts()), tar([['evil', 'x']])]))),
    ofArchive('archive.malformed E'),
  ),
  row(
    'a CURRENT that leads elsewhere',
    'chango',
    archive([...less('iam/CURRENT'), ['iam/CURRENT', '../kms/MANIFEST-000005\n']]),
    { ...bad, stores: { iam: 'present, archive.malformed E' } },
  ),
  row(
    '.. in a name',
    'chango',
    archive(plus(['kms/../../etc/passwd', 'x'])),
    ofArchive('archive.unsafePath E'),
  ),
  row(
    'an absolute name in the older dialect',
    'chango',
    archive(plus(['/kms/x', 'x'])),
    ofArchive('archive.unsafePath E'),
  ),
  row(
    'a file beside the recorded roots',
    'chango',
    archive([...newerParts(newerName), ['etc/passwd', 'x']], newerName),
    ofArchive('archive.unsafePath E'),
  ),
  row('a link', 'chango', archive(plus(['kms/link', '', '2'])), {
    ...bad,
    stores: { kms: 'present, archive.unsafeEntry E' },
  }),
  row('a device', 'chango', archive(plus(['kms/device', '', '3'])), {
    ...bad,
    stores: { kms: 'present, archive.unsafeEntry E' },
  }),
  row(
    'a zookeeper folder',
    'chango',
    archive(plus(['zookeeper/myid', '1'])),
    ofArchive('archive.unexpectedEntry E'),
  ),
  row('a file that is not listed', 'chango', archive([...withFiles(), ['iam/extra', 'x']]), {
    ...bad,
    stores: { iam: 'matches, archive.unexpectedEntry E' },
  }),
  row(
    'a listed file that is missing',
    'chango',
    archive(withFiles((files) => [...files, { path: 'iam/gone', sha256: '0'.repeat(64) }])),
    { ...bad, stores: { iam: 'matches, archive.missingPart E' } },
  ),
  row(
    'a listed file that differs',
    'chango',
    archive(
      withFiles((files) =>
        files.map((file) =>
          file['path'] === 'iam/OPTIONS-000007' ? { ...file, sha256: '0'.repeat(64) } : file,
        ),
      ),
    ),
    { ...bad, stores: { iam: 'present, plain.hashMismatch E' } },
  ),
  row(
    'a store that is missing',
    'chango',
    archive(less('kms/', 'kms/CURRENT', 'kms/MANIFEST-000005', 'kms/OPTIONS-000007')),
    { ...bad, stores: { kms: 'present, archive.missingPart E' } },
  ),
  row('no manifest', 'chango', archive(less('manifest.json')), ofArchive('archive.missingPart E')),
  row('patches that are promised', 'chango', archive(olderParts({ patchesIncluded: true })), {
    ...bad,
    stores: { patches: 'present, archive.missingPart E' },
  }),
  row(
    'a manifest that cannot be read',
    'chango',
    archive([...less('manifest.json'), ['manifest.json', '{']]),
    ofArchive('manifest.unreadable E'),
  ),
  row(
    'a sidecar of another object',
    'chango',
    (folder) => {
      archive(olderParts())(folder)
      writeInto(folder, `${olderName}.tar.gz.sha256`, `${sha256(whole)}  elsewhere.tar.gz\n`)
    },
    { ...bad, findings: ['manifest.unreadable E'] },
  ),
  row(
    'a sidecar with another hash',
    'chango',
    (folder) => {
      archive(olderParts())(folder)
      writeInto(folder, `${olderName}.tar.gz.sha256`, `${'0'.repeat(64)}  ${olderName}.tar.gz\n`)
    },
    ofArchive('object.hashMismatch E'),
  ),
  row(
    'another name',
    'chango',
    archive(newerParts(newerName), '20260808T024859-00000000'),
    ofArchive('manifest.idMismatch E'),
  ),
  row(
    'another key’s fingerprint',
    'chango',
    archive(newerParts(newerName), newerName),
    { ...bad, findings: ['key.mismatch E'] },
    { key: 'another' },
  ),
  row('a fingerprint and no key', 'chango', archive(newerParts(newerName), newerName), sound, { key: null }),
  row(
    'a name over 4 KiB',
    'chango',
    archive(plus(['././@LongLink', `kms/${'n'.repeat(4096)}`, 'L'], ['kms/n', 'x'])),
    ofArchive('archive.tooLarge E'),
  ),
  row(
    'an object of no known kind',
    'chango',
    archive(Buffer.from('PK\u0003\u0004')),
    ofArchive('envelope.unknown E', 'present'),
  ),
  row('a sealed archive', 'chango', archive(seal(whole, 'archive', olderName).bytes), sound),
  row('a sealed archive of another name', 'chango', archive(seal(whole, 'archive', 'another').bytes), {
    ...bad,
    findings: ['envelope.misplaced E'],
  }),
  row(
    'a sealed archive under another key',
    'chango',
    archive(seal(whole, 'archive', olderName).bytes),
    ofArchive('envelope.wrongKey E', 'present'),
    { key: 'another' },
  ),
  row(
    'a sealed archive and no key',
    'chango',
    archive(seal(whole, 'archive', olderName).bytes),
    {
      status: 0,
      verdict: 'unknown',
      findings: ['key.missing W'],
      stores: { kms: 'present', iam: 'present', metadata: 'present' },
    },
    { key: null },
  ),
  row('an archive that was changed since', 'chango', archive(olderParts()), ofArchive('object.changed E'), {
    meanwhile: archive(packed([...less('kms/OPTIONS-000007'), ['kms/OPTIONS-000007', 'other']])),
  }),
]

const snapshot = '2026-05-04T12:34:56Z-8a6e0804-2bd0-4672-b79d-d97027f9071a'
const shards: readonly TarPart[] = [
  ['shard-1.meta.json', '{"v":1}', '\0'],
  ['shard-2.meta.json', '{"v":2}', '\0'],
  ['shard-2.data', 'chunk-data', '\0'],
]

export const kisekiRows: readonly Row[] = [
  row(
    'nothing wrong',
    'kiseki',
    (folder) => writeKiseki(folder, snapshot, shards, { shards: 2, metadataBytes: 14, dataBytes: 10 }),
    sound,
  ),
  row(
    'counts that are not those of the tar',
    'kiseki',
    (folder) => writeKiseki(folder, snapshot, shards, { shards: 2, metadataBytes: 14, dataBytes: 11 }),
    { ...bad, findings: ['manifest.disagrees E'], stores: { shards: 'present' } },
  ),
  row(
    'nothing in it',
    'kiseki',
    (folder) => writeKiseki(folder, snapshot, [], { shards: 0, metadataBytes: 0, dataBytes: 0 }),
    { ...sound, verdict: 'warning', findings: ['backup.empty W'] },
  ),
  row(
    'a manifest with spaces',
    'kiseki',
    (folder) =>
      writeKiseki(folder, snapshot, shards, { shards: 2, metadataBytes: 14, dataBytes: 10 }, (text) =>
        text
          .replaceAll(':', ': ')
          .replaceAll(/(\d\d): (\d\d)/g, '$1:$2')
          .replaceAll(/(\d\d): (\d\d)/g, '$1:$2'),
      ),
    { ...sound, verdict: 'warning', findings: ['format.unusual W'] },
  ),
]
