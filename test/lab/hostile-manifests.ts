/** Names and values that somebody who can write the repository chose to harm whoever reads it. */
export const hostileNames = {
  'HTML that loads and runs':
    '<img src=x onerror=window.stolen=1><script>window.stolen=2</script><b>bold</b>',
  'marks that turn the reading direction': '\u202Egood\u202C\u2066\u200F',
  'control characters and an escape sequence': 'a\u0000b\u001B[31mc\rd',
  'half of a character': 'half\ud800',
  '4 KiB': 'k'.repeat(4096),
  'a prototype': '__proto__',
  'a constructor': 'constructor',
  'a way upwards': '../../../../etc/passwd',
  'a formula': '=HYPERLINK("http://elsewhere.example","kms")',
} as const

export interface HostileManifest {
  readonly what: string
  /** The folder that it lies in, where that is part of the harm; else any. */
  readonly folder: string | null
  readonly text: string
}

const hash = (digit: string): string => digit.repeat(64)

const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)

/** A store of kiok's manifest. */
export function kiokStore(fields: Readonly<Record<string, unknown>> = {}): unknown {
  return {
    sha256: hash('a'),
    size: 10,
    objectSize: 12,
    objectSha256: hash('b'),
    object: 'kms.enc',
    ...fields,
  }
}

export function kiokManifest(fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ format: 'kiok-reference/1', cluster: 'hostile', ...fields })
}

/** `JSON.stringify` leaves `__proto__` of a literal out, so it is put in by hand. */
function withStore(name: string, fields: Readonly<Record<string, unknown>> = {}): string {
  return `{"format":"kiok-reference/1","stores":{${JSON.stringify(name)}:${JSON.stringify(kiokStore(fields))},"kms":${JSON.stringify(kiokStore())}}}`
}

/** A folder's name has to be one of a file system. */
const folderOf = (name: string): string | null =>
  name === '__proto__' || (!/[\0/]/.test(name) && name.isWellFormed() && name.length < 200) ? name : null

const manyStores = (count: number): string =>
  kiokManifest({
    stores: Object.fromEntries(Array.from({ length: count }, (_, at) => [`store-${at}`, kiokStore()])),
  })

/** Of kiok: each name in each place that a manifest has for one, and shapes that no program writes. */
export const hostileKiok: readonly HostileManifest[] = [
  ...Object.entries(hostileNames).flatMap(([what, name]) => [
    { what: `${what}, as a store`, folder: folderOf(name), text: withStore(name) },
    {
      what: `${what}, as holder, object, id, cluster and key`,
      folder: null,
      text: kiokManifest({
        backupId: name,
        cluster: name,
        createdAt: name,
        stores: { metadata: kiokStore(), kms: kiokStore({ holder: name, object: name, keyId: name }) },
      }),
    },
  ]),
  {
    what: 'a prototype that is polluted',
    folder: null,
    text: `{"format":"kiok-reference/1","stores":{"__proto__":{"polluted":"yes","sha256":"${hash('c')}"},"constructor":{"prototype":{"polluted":1}}}}`,
  },
  { what: 'lists 2 000 deep', folder: null, text: `{"format":"kiok-reference/1","stores":${deep(2_000)}}` },
  {
    what: 'lists 200 000 deep',
    folder: null,
    text: `{"format":"kiok-reference/1","stores":${deep(200_000)}}`,
  },
  {
    what: 'the largest size there is',
    folder: null,
    text: kiokManifest({
      stores: {
        metadata: kiokStore(),
        kms: kiokStore({ size: Number.MAX_SAFE_INTEGER, objectSize: Number.MAX_SAFE_INTEGER }),
      },
    }),
  },
  {
    what: 'a size that is no number',
    folder: null,
    text: '{"format":"kiok-reference/1","stores":{"kms":{"size":1e999}}}',
  },
  { what: '10 000 stores', folder: null, text: manyStores(10_000) },
  { what: 'one store too many', folder: null, text: manyStores(10_001) },
  { what: 'a folder of 200 letters, and no JSON', folder: 'x'.repeat(200), text: 'not JSON at all' },
]

const md5 = 'd41d8cd98f00b204e9800998ecf8427e'

/** Of armada: tables that are named as nothing is. */
export const hostileArmada: readonly HostileManifest[] = [
  ...Object.entries(hostileNames).map(([what, name]) => ({
    what: `${what}, as a table and its file`,
    folder: null,
    text: JSON.stringify({
      started: '2026-11-20T02:00:00Z',
      finished: '2026-11-20T02:00:01Z',
      tables: [
        { name, file_name: name, md5 },
        { name: `${name}2`, file_name: 't.bak', md5: name },
      ],
    }),
  })),
  { what: 'lists 2 000 deep', folder: null, text: `{"tables":${deep(2_000)}}` },
  {
    what: '10 000 tables',
    folder: null,
    text: JSON.stringify({
      finished: '2026-11-20T02:00:01Z',
      tables: Array.from({ length: 10_000 }, (_, at) => ({ name: `t${at}`, file_name: `t${at}.bak`, md5 })),
    }),
  },
]
