import type { Chain } from '../../src/shared/contract/backups.ts'

type ChainObject = Chain['objects'][number]
type ChainBackup = Chain['backups'][number]

const newestMs = Date.UTC(2026, 10, 21, 2)
const stepMs = 6 * 3_600_000

export const backupIdAt = (place: number) =>
  `${new Date(newestMs - place * stepMs).toISOString().replaceAll(/[-:]|\.000/g, '')}-${String(place).padStart(8, '0')}`

export interface ObjectRecipe {
  readonly store: number
  /** Place of its holder; a place that no backup has stands for a holder that is gone. */
  readonly holder: number
  readonly state?: ChainObject['state']
}

/** A chain of `holds.length` backups, newest first, each with the place of its object in every store. */
export function chainOf(
  stores: readonly string[],
  objects: readonly ObjectRecipe[],
  holds: readonly (readonly (number | null)[])[],
): Chain {
  const users = objects.map((_, at) => holds.filter((places) => places.includes(at)).length)
  return {
    asOf: new Date(newestMs).toISOString(),
    stores: [...stores],
    sharesObjects: true,
    objects: objects.map(({ store, holder, state = 'intact' }, at) => ({
      key: `${backupIdAt(holder)}/${stores[store] ?? store}.enc#${at}`,
      store,
      holder: backupIdAt(holder),
      sizeBytes: 1000 + at,
      state,
      level: state === 'intact' ? 'wellFormed' : 'present',
      verifiedAt: state === 'neverRead' ? null : new Date(newestMs).toISOString(),
      users: users[at] ?? 0,
    })),
    backups: holds.map((places, place) => backupOf(place, places, objects)),
    storedBytes: 0,
    withoutSharingBytes: 0,
  }
}

function backupOf(
  place: number,
  holds: readonly (number | null)[],
  objects: readonly ObjectRecipe[],
): ChainBackup {
  const states = holds.map((at) => (at === null ? 'missing' : (objects[at]?.state ?? 'intact')))
  const isBad = states.some((state) => state === 'damaged' || state === 'missing')
  const isOpen = states.includes('neverRead')
  return {
    backupId: backupIdAt(place),
    createdAt: new Date(newestMs - place * stepMs).toISOString(),
    sizeBytes: null,
    newBytes: null,
    verdict: isBad ? 'bad' : isOpen ? 'unknown' : 'good',
    restorability: isBad ? 'notRestorable' : isOpen ? 'notProved' : 'restorable',
    level: isBad || isOpen ? 'present' : 'wellFormed',
    failedAt: isBad ? 'intact' : null,
    verifiedAt: null,
    restoredAt: null,
    notProvable: [],
    errors: isBad ? 1 : 0,
    warnings: 0,
    finding: null,
    holds: [...holds],
  }
}

/** As kiok writes it: `changes[store]` are the places at which a store had a new object; the oldest always has one. */
export function kiokChain(
  backups: number,
  changes: readonly (readonly number[])[],
  stateOf: (store: number, holder: number) => ChainObject['state'] = () => 'intact',
): Chain {
  const objects: ObjectRecipe[] = []
  const holds = Array.from({ length: backups }, (): (number | null)[] => changes.map(() => null))
  changes.forEach((places, store) => {
    const holders = [...new Set([...places.filter((place) => place < backups), backups - 1])].sort(
      (a, b) => a - b,
    )
    let from = 0
    for (const holder of holders) {
      objects.push({ store, holder, state: stateOf(store, holder) })
      for (let place = from; place <= holder; place++) {
        const row = holds[place]
        if (row) row[store] = objects.length - 1
      }
      from = holder + 1
    }
  })
  return chainOf(
    changes.map((_, store) => ['metadata', 'kms', 'iam', 'connections', 'joblog'][store] ?? `store${store}`),
    objects,
    holds,
  )
}
