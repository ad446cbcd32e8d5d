import { mkdirSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { writeKiok, type Fields, type WrittenKiok } from '../../../lab/another-hand.ts'
import { older, newer, nights, rawManifest, manifestText, unreadable, kms, every } from './nights.ts'
import { bad, row, sound, type Row } from './row.ts'

export const manifestRows: readonly Row[] = [
  row('nothing wrong', 'kiok', nights(), sound),
  row(
    'a byte order mark',
    'kiok',
    manifestText((text) => `\ufeff${text}`),
    sound,
  ),
  row(
    'its stores as a list, other names for its fields, hashes in capitals',
    'kiok',
    manifestText((text) => {
      const manifest = JSON.parse(text)
      manifest.stores = Object.entries(manifest.stores as Record<string, Fields>).map(([name, entry]) => {
        const { sha256: hash, holder, object: _object, ...rest } = entry
        return { name, contentHash: String(hash).toUpperCase(), heldBy: holder, ...rest }
      })
      return JSON.stringify(manifest)
    }),
    sound,
  ),
  row(
    'no holder and no object named',
    'kiok',
    nights((stores) => {
      delete stores['kms']?.['holder']
      delete stores['kms']?.['object']
    }),
    sound,
  ),
  row(
    'a sixth store',
    'kiok',
    nights((stores) => {
      stores['audit'] = { ...stores['kms'], sha256: '0'.repeat(64) }
    }),
    { ...bad, stores: { audit: 'decrypts, envelope.misplaced E' } },
  ),
  row(
    'neither format nor id',
    'kiok',
    nights(undefined, {}, { format: undefined, backupId: undefined }),
    sound,
  ),

  row(
    'a manifest that is cut',
    'kiok',
    manifestText((text) => text.slice(0, -3)),
    unreadable,
  ),
  row('a manifest of 50 MB', 'kiok', rawManifest(Buffer.alloc(50_000_000, 32)), unreadable),
  row(
    'a manifest 4 MiB and a byte long',
    'kiok',
    manifestText((text) => text + ' '.repeat(4 * 1024 * 1024 + 1 - text.length)),
    unreadable,
  ),
  row(
    'a manifest of exactly 4 MiB',
    'kiok',
    manifestText((text) => text + ' '.repeat(4 * 1024 * 1024 - text.length)),
    sound,
  ),
  row(
    'a manifest 100 000 deep',
    'kiok',
    rawManifest('{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000)),
    unreadable,
  ),
  row(
    'a manifest 64 deep',
    'kiok',
    manifestText((text) => `{"x":${'['.repeat(63)}${']'.repeat(63)},${text.slice(1)}`),
    sound,
  ),
  row(
    'a manifest 65 deep',
    'kiok',
    manifestText((text) => `{"x":${'['.repeat(64)}${']'.repeat(64)},${text.slice(1)}`),
    unreadable,
  ),
  row(
    'a manifest that is no UTF-8',
    'kiok',
    manifestText((text) => Buffer.from(text.replace('kiok-prod', 'ki\xf6k'), 'latin1')),
    unreadable,
  ),
  row('a manifest that is a list', 'kiok', rawManifest('[]'), unreadable),
  row('a manifest without stores', 'kiok', nights(undefined, {}, { stores: undefined }), unreadable),
  row(
    'a name twice, once escaped',
    'kiok',
    manifestText((text) => text.replace('"cluster"', '"\\u0063luster":"x","cluster"')),
    unreadable,
  ),
  row(
    'a store twice in a list',
    'kiok',
    nights(undefined, {}, { stores: [{ name: 'kms' }, { name: 'kms' }] }),
    unreadable,
  ),
  row('an entry that is no object', 'kiok', nights(undefined, {}, { stores: { kms: 'x' } }), unreadable),
  row(
    'a hash of 63 digits',
    'kiok',
    nights((stores) => void Object.assign(stores['kms'] ?? {}, { objectSha256: 'a'.repeat(63) })),
    unreadable,
  ),
  row(
    'a size of one and a half',
    'kiok',
    nights((stores) => void Object.assign(stores['kms'] ?? {}, { objectSize: 1.5 })),
    unreadable,
  ),
  row(
    'a size as text',
    'kiok',
    nights((stores) => void Object.assign(stores['kms'] ?? {}, { size: '7' })),
    unreadable,
  ),

  row('another format', 'kiok', nights(undefined, {}, { format: 'kiok/9' }), {
    ...sound,
    verdict: 'unknown',
    findings: ['format.unknown W'],
  }),
  row(
    'no iam',
    'kiok',
    nights((stores) => void delete stores['iam']),
    { ...bad, findings: ['manifest.incomplete E'] },
  ),
  row('another id', 'kiok', nights(undefined, {}, { backupId: older }), {
    ...bad,
    findings: ['manifest.idMismatch E'],
  }),
  row('an id that leads elsewhere', 'kiok', nights(undefined, {}, { backupId: '../x' }), {
    ...bad,
    findings: ['manifest.unsafePath E'],
  }),
  ...['../x', '/etc', '.', '..', '', 'a/b', 'a\\b', 'a\0b', 'x'.repeat(256), 'é'.repeat(128)].flatMap(
    (name) =>
      ['holder', 'object'].map((field) =>
        row(
          `${JSON.stringify(name.slice(0, 20))} as ${field}`,
          'kiok',
          nights((stores) => void Object.assign(stores['kms'] ?? {}, { [field]: name })),
          kms('listed, manifest.unsafePath E'),
        ),
      ),
  ),
  row(
    'a holder that nobody has',
    'kiok',
    nights((stores) => void Object.assign(stores['kms'] ?? {}, { holder: '20261119T000000Z-00000000' })),
    kms('listed, chain.holderMissing E'),
  ),
  row(
    'an object that is gone',
    'kiok',
    (folder) => {
      nights()(folder)
      unlinkSync(join(folder, newer, 'kms.enc'))
    },
    kms('listed, chain.objectMissing E'),
  ),
  row(
    'a folder in the place of an object',
    'kiok',
    (folder) => {
      nights()(folder)
      unlinkSync(join(folder, newer, 'kms.enc'))
      mkdirSync(join(folder, newer, 'kms.enc'))
    },
    kms('listed, chain.objectMissing E'),
  ),
  row(
    'a holder whose manifest was pruned',
    'kiok',
    (folder) => {
      nights()(folder)
      unlinkSync(join(folder, older, 'manifest.json'))
    },
    sound,
  ),
  row(
    'a store taken back to an earlier day',
    'kiok',
    (folder) => {
      const first = writeKiok(folder, older)
      const second = writeKiok(folder, newer, { holds: ['iam'], copies: without(first, 'iam') })
      writeKiok(folder, '20261120T020000Z-cccccccc', {
        holds: [],
        copies: { ...second.stores, iam: first.stores['iam'] ?? {} },
      })
    },
    { ...bad, stores: { iam: 'matches, chain.holderRegressed E' } },
  ),
  row(
    'a store of a day to come',
    'kiok',
    (folder) => {
      const first = writeKiok(folder, older)
      const second = writeKiok(folder, newer, { holds: ['iam'], copies: without(first, 'iam') })
      writeKiok(folder, older, { holds: [], copies: { ...first.stores, iam: second.stores['iam'] ?? {} } })
    },
    { ...bad, stores: { iam: 'matches, manifest.disagrees E' } },
    { backup: older },
  ),

  row(
    'a size that is not the recorded one',
    'kiok',
    nights((stores) => void Object.assign(stores['kms'] ?? {}, { objectSize: 7 })),
    kms('listed, object.sizeMismatch E'),
  ),
  row(
    'a hash that is not the recorded one',
    'kiok',
    nights((stores) => void Object.assign(stores['kms'] ?? {}, { objectSha256: '0'.repeat(64) })),
    kms('present, object.hashMismatch E'),
  ),
  row(
    'plain bytes that are not the recorded ones',
    'kiok',
    nights((stores) => void Object.assign(stores['kms'] ?? {}, { sha256: '0'.repeat(64) })),
    kms('decrypts, plain.hashMismatch E'),
  ),

  row(
    'a manifest that was changed since',
    'kiok',
    nights(),
    { ...bad, findings: ['object.changed E'] },
    {
      meanwhile: manifestText(
        (text) => `${text} `,
        () => {},
      ),
    },
  ),
  row(
    'another cluster than before',
    'kiok',
    nights(),
    { ...bad, findings: ['manifest.clusterMismatch E'] },
    {
      meanwhile: (folder) =>
        void writeKiok(folder, '20261120T020000Z-cccccccc', { manifest: { cluster: 'kiok-stage' } }),
    },
  ),
  row(
    'another salt than before',
    'kiok',
    nights(),
    { ...bad, stores: every('matches, manifest.clusterMismatch E') },
    {
      meanwhile: (folder) =>
        void writeKiok(folder, '20261120T020000Z-cccccccc', {
          sealing: { salt: Buffer.from('another salt 16.') },
        }),
    },
  ),
]

function without({ stores }: WrittenKiok, name: string): { [name: string]: Fields } {
  return Object.fromEntries(Object.entries(stores).filter(([other]) => other !== name))
}
