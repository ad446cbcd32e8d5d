import type { Chain } from '../../../src/shared/contract/backups.ts'
import type { Cluster, Look } from '../../../src/shared/contract/clusters.ts'
import { sampleChain, type ChainRecipe, type StoreRecipe } from './sample-chain.ts'
import { sampleLook } from './sample-look.ts'
import { dayMs, hexOf, hourMs, iso, minuteMs } from './seeded.ts'

/** A cluster with what its repository holds; `chain` is made when it is first asked for. */
export interface SampleCluster {
  readonly cluster: Cluster
  readonly chain: () => Chain
}

interface Recipe {
  readonly name: string
  readonly system: Cluster['system']
  readonly mode?: Cluster['mode']
  readonly rpoMs: number
  readonly rtoMs: number
  readonly key?: string
  readonly keyProof?: Look['keyProof']['state']
  readonly driver?: Cluster['driver']
  readonly failedDays?: readonly number[]
  readonly failure?: Look['failure']
  readonly isSeen?: boolean
  readonly chain: ChainRecipe
}

const stamp = (ms: number): string => iso(ms).replaceAll(/[-:]|\.\d{3}/g, '')
const kiokName = (ms: number): string => `${stamp(ms)}-${hexOf(`id${ms}`, 8)}`
const kiokKey = (holder: string, store: string): string => `${holder}/${store}.enc`

const kiokStores: readonly StoreRecipe[] = [
  { name: 'metadata', sizeBytes: 18_400_000, held: 0.8 },
  { name: 'kms', sizeBytes: 212_992, held: [13, 23] },
  { name: 'iam', sizeBytes: 1_114_112, held: [2, 9, 18, 23] },
  { name: 'connections', sizeBytes: 49_152, held: [16, 23] },
  { name: 'joblog', sizeBytes: 61_200_000, held: 1 },
]

function archive(system: string, sizeBytes: number): Pick<ChainRecipe, 'stores' | 'nameOf' | 'keyOf'> {
  return {
    stores: [{ name: 'archive', sizeBytes, held: 1 }],
    nameOf: (ms) => `${system}-${stamp(ms)}-${hexOf(`${system}${ms}`, 8)}`,
    keyOf: (holder) => `${holder}.tar.gz.enc`,
  }
}

function recipes(nowMs: number): readonly Recipe[] {
  const night = nowMs - 14 * minuteMs
  return [
    {
      name: 'chango-core',
      system: 'chango',
      mode: 'protected',
      rpoMs: 2 * hourMs,
      rtoMs: 15 * minuteMs,
      key: '7f3a91c2',
      failedDays: [1],
      chain: {
        ...archive('chango', 88_100_000),
        backups: 312,
        newestMs: nowMs - 72 * minuteMs,
        everyMs: 2 * hourMs,
        level: 'wellFormed',
        verifiedMs: nowMs - 9 * minuteMs,
      },
    },
    {
      name: 'kiok-prod',
      system: 'kiok',
      mode: 'protected',
      rpoMs: dayMs,
      rtoMs: 20 * minuteMs,
      key: '7c20d4e1',
      chain: {
        stores: kiokStores,
        backups: 24,
        newestMs: night,
        everyMs: dayMs,
        nameOf: kiokName,
        keyOf: kiokKey,
        level: 'wellFormed',
        verifiedMs: nowMs - 33 * minuteMs,
        faults: [
          { store: 'kms', place: 0, state: 'damaged' },
          { store: 'joblog', place: 19, state: 'neverRead' },
        ],
      },
    },
    {
      name: 'kiseki-lab',
      system: 'kiseki',
      rpoMs: 6 * hourMs,
      rtoMs: 30 * minuteMs,
      keyProof: 'notNeeded',
      chain: {
        stores: [{ name: 'snapshot', sizeBytes: 1_024, held: 1 }],
        backups: 96,
        newestMs: nowMs - 4 * hourMs,
        everyMs: 6 * hourMs,
        nameOf: (_ms, place) => `snapshot-${String(96 - place).padStart(6, '0')}`,
        keyOf: (holder) => `${holder}/snapshot.bin`,
        level: 'intact',
        verifiedMs: nowMs - 4 * hourMs,
        notProvable: ['decrypts'],
        isEmpty: true,
      },
    },
    {
      name: 'armada-edge',
      system: 'armada',
      rpoMs: dayMs,
      rtoMs: 10 * minuteMs,
      keyProof: 'notNeeded',
      chain: {
        ...archive('armada', 4_210_000),
        backups: 40,
        newestMs: nowMs - 26 * hourMs - 14 * minuteMs,
        everyMs: dayMs,
        level: 'wellFormed',
        verifiedMs: nowMs - dayMs,
        notProvable: ['decrypts', 'matches'],
      },
    },
    {
      name: 'kindling-eu',
      system: 'kindling',
      mode: 'protected',
      rpoMs: 6 * hourMs,
      rtoMs: 30 * minuteMs,
      key: 'c08e4d17',
      chain: {
        ...archive('kindling', 1_540_000_000),
        backups: 61,
        newestMs: nowMs - 185 * minuteMs,
        everyMs: 6 * hourMs,
        level: 'matches',
        verifiedMs: nowMs - 33 * dayMs,
      },
    },
    {
      name: 'kiok-stage',
      system: 'kiok',
      rpoMs: dayMs,
      rtoMs: 20 * minuteMs,
      key: '19be03f5',
      failedDays: [1],
      chain: {
        stores: kiokStores,
        backups: 30,
        newestMs: night,
        everyMs: dayMs,
        nameOf: kiokName,
        keyOf: kiokKey,
        level: 'restored',
        verifiedMs: nowMs - 6 * dayMs,
      },
    },
    {
      name: 'chango-dr',
      system: 'chango',
      mode: 'readOnly',
      rpoMs: 6 * hourMs,
      rtoMs: 15 * minuteMs,
      keyProof: 'notProvable',
      chain: {
        ...archive('chango', 61_000_000),
        backups: 120,
        newestMs: nowMs - 44 * minuteMs,
        everyMs: 6 * hourMs,
        level: 'wellFormed',
        verifiedMs: nowMs - dayMs,
        notProvable: ['decrypts'],
      },
    },
  ]
}

/** Seven clusters, each in another state. */
export function usualFleet(nowMs: number): readonly SampleCluster[] {
  return recipes(nowMs).map((recipe) => sampleCluster(recipe, nowMs))
}

/** 2 000 backups × 5 stores, a damaged object near the top. */
function archiveRecipe(nowMs: number): Recipe {
  const rare = [0.8, 0.0022, 0.021, 0.006, 1]
  return {
    name: 'kiok-archive',
    system: 'kiok',
    rpoMs: 6 * hourMs,
    rtoMs: hourMs,
    key: '03d16c9e',
    chain: {
      stores: kiokStores.map((store, lane) => ({ ...store, held: rare[lane] ?? 1 })),
      backups: 2_000,
      newestMs: nowMs - 14 * minuteMs,
      everyMs: 6 * hourMs,
      nameOf: kiokName,
      keyOf: kiokKey,
      level: 'wellFormed',
      verifiedMs: nowMs - 2 * hourMs,
      faults: [
        { store: 'iam', place: 96, state: 'damaged' },
        { store: 'joblog', place: 240, state: 'neverRead' },
      ],
    },
  }
}

/** Names as someone may write them who can write to a repository. */
function hostileRecipe(nowMs: number): Recipe {
  const names = [
    '<img src=x onerror=alert(1)>',
    'payroll\u202egnp.exe',
    '<script>document.title="owned"</script>',
    'n'.repeat(1_020),
    'сhangо-core',
    '../../etc/passwd',
    'line\u0007bell\u0000nul',
  ]
  return {
    name: 'prod\u202e-кiok <b>bold</b>',
    system: 'kiok',
    rpoMs: dayMs,
    rtoMs: hourMs,
    key: 'deadbeef',
    chain: {
      stores: [
        { name: '<svg onload=alert(2)>', sizeBytes: 18_400_000, held: 0.5 },
        { name: `store-${'x'.repeat(4_090)}`, sizeBytes: 212_992, held: [3] },
        { name: '\u2066mirrored\u2069', sizeBytes: 1_114_112, held: 1 },
      ],
      backups: names.length,
      newestMs: nowMs - hourMs,
      everyMs: dayMs,
      nameOf: (_ms, place) => names[place] ?? String(place),
      keyOf: (holder, store) => `${holder}/${store}.enc`,
      level: 'wellFormed',
      verifiedMs: nowMs - hourMs,
      faults: [{ store: '<svg onload=alert(2)>', place: 2, state: 'missing' }],
    },
  }
}

export function hostileFleet(nowMs: number): readonly SampleCluster[] {
  return [...usualFleet(nowMs), sampleCluster(hostileRecipe(nowMs), nowMs)]
}

/** Two hundred clusters, and among them every way in which a look can end. */
export function largeFleet(nowMs: number): readonly SampleCluster[] {
  const usual = recipes(nowMs)
  const many = Array.from({ length: 195 }, (_, place): Recipe => {
    const like = usual[place % usual.length] ?? archiveRecipe(nowMs)
    return {
      ...like,
      name: `${like.name}-${String(place).padStart(3, '0')}`,
      chain: { ...like.chain, backups: Math.min(like.chain.backups, 500) },
    }
  })
  const [like = archiveRecipe(nowMs)] = usual
  return [
    archiveRecipe(nowMs),
    hostileRecipe(nowMs),
    { ...like, name: 'chango-refused', failure: refused },
    { ...like, name: 'armada-listed', system: 'armada' as const, driver: 'repositoryOnly' as const },
    { ...like, name: 'chango-new', isSeen: false },
    ...many,
  ].map((recipe) => sampleCluster(recipe, nowMs))
}

const refused: Look['failure'] = {
  code: 'repository.accessDenied',
  what: 'The credential may not list the repository.',
  why: 'The key is valid, but its policy does not allow s3:ListBucket here.',
  unchanged: 'Nothing was changed.',
  next: 'Give another credential, or ask for s3:ListBucket on this bucket.',
}

const lockedLook: Look['failure'] = {
  code: 'vault.locked',
  what: 'The vault is locked.',
  why: 'It locks itself after 15 minutes without use.',
  unchanged: 'Nothing was changed.',
  next: 'Unlock the vault.',
}

/** The same clusters as a desk shows them whose vault is closed. */
export function behindLock({ cluster, chain }: SampleCluster): SampleCluster {
  if (cluster.look === null || cluster.masterKeys.length === 0) return { cluster, chain }
  return { cluster: { ...cluster, look: { ...cluster.look, failure: lockedLook } }, chain }
}

function sampleCluster(recipe: Recipe, nowMs: number): SampleCluster {
  let made: Chain | null = null
  const chain = (): Chain => (made ??= sampleChain(recipe.chain, nowMs))
  const { name, system, mode = 'normal', rpoMs, rtoMs, key, driver = 'full', failedDays = [] } = recipe
  const id = idOf(name)
  const state = recipe.keyProof ?? 'opens'
  const proved = state === 'opens' ? recipe.chain.backups : 0
  const look = sampleLook(chain(), {
    nowMs,
    rpoMs,
    failedDays,
    keyProof: { state, opens: proved, of: proved },
  })
  return {
    chain,
    cluster: {
      id,
      name,
      system,
      mode,
      repositoryId: `r-${id}`,
      address: `s3://${id}-backups/backups/?endpoint=https://s3.fra-1.example&style=path`,
      masterKeys: key === undefined ? [] : [`k-${id}`],
      masterKeyHints: key === undefined ? [] : [key],
      rpoMs,
      rtoMs,
      driver,
      addedAt: iso(nowMs - 40 * dayMs),
      look: recipe.isSeen === false ? null : { ...look, failure: recipe.failure ?? null },
      looking: false,
    },
  }
}

function idOf(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  return plain.slice(0, 40)
}
