import type { Chain } from '../../../src/shared/contract/backups.ts'
import { errorFinding } from '../../../src/shared/domain/finding.ts'
import type { Level } from '../../../src/shared/domain/level.ts'
import { chanceOf, iso } from './seeded.ts'

type ChainObject = Chain['objects'][number]
type ChainBackup = Chain['backups'][number]

export interface StoreRecipe {
  readonly name: string
  readonly sizeBytes: number
  /** Which backups hold it themselves: places (0 is the newest), or how likely it is. The oldest one always does. */
  readonly held: readonly number[] | number
}

export interface ChainRecipe {
  readonly stores: readonly StoreRecipe[]
  readonly backups: number
  readonly newestMs: number
  readonly everyMs: number
  readonly nameOf: (createdMs: number, place: number) => string
  readonly keyOf: (holder: string, store: string) => string
  /** How far everything is proved that is not named below. */
  readonly level: Level
  readonly verifiedMs: number
  readonly notProvable?: readonly Level[]
  /** Objects that are not intact, by store and by the place that they serve. */
  readonly faults?: readonly {
    readonly store: string
    readonly place: number
    readonly state: 'damaged' | 'missing' | 'neverRead'
  }[]
  /** Every backup holds nothing. */
  readonly isEmpty?: boolean
}

/** `backups` × `stores` in which the same faults show in objects, backups and counts: all of it follows from the recipe. */
export function sampleChain(recipe: ChainRecipe, asOfMs: number): Chain {
  const { stores, backups: length, newestMs, everyMs, nameOf, keyOf } = recipe
  const places = Array.from({ length }, (_, place) => place)
  const createdMs = (place: number): number => newestMs - place * everyMs
  const names = places.map((place) => nameOf(createdMs(place), place))
  const holds: number[][] = places.map(() => [])
  const objects: ChainObject[] = []
  for (const [lane, store] of stores.entries()) {
    const random = chanceOf(`${store.name} ${length}`)
    const wave = chanceOf(`size ${store.name}`)
    const holdsItself = (place: number): boolean =>
      typeof store.held === 'number' ? random() < store.held : store.held.includes(place)
    let users: number[] = []
    for (const place of places) {
      users.push(place)
      if (!holdsItself(place) && place !== length - 1) continue
      const holder = names[place] ?? ''
      const fault = recipe.faults?.find((one) => one.store === store.name && users.includes(one.place))
      const state = fault?.state ?? 'intact'
      objects.push({
        key: keyOf(holder, store.name),
        store: lane,
        holder,
        sizeBytes: state === 'missing' ? null : Math.round(store.sizeBytes * (0.85 + 0.3 * wave())),
        state,
        level: { damaged: 'present', missing: 'listed', neverRead: 'present', intact: recipe.level }[
          state
        ] as Level,
        verifiedAt: state === 'neverRead' ? null : iso(recipe.verifiedMs - place * 60_000),
        users: users.length,
      })
      for (const user of users) holds[user]?.push(objects.length - 1)
      users = []
    }
  }
  const backups = places.map((place) =>
    sampleBackup(place, { recipe, objects, names, holds: holds[place] ?? [] }),
  )
  return {
    asOf: iso(asOfMs),
    stores: stores.map(({ name }) => name),
    sharesObjects: stores.some(({ held }) => typeof held !== 'number' || held < 1),
    objects,
    backups,
    storedBytes: objects.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0),
    withoutSharingBytes: backups.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0),
  }
}

interface Of {
  readonly recipe: ChainRecipe
  readonly objects: readonly ChainObject[]
  readonly names: readonly string[]
  readonly holds: readonly number[]
}

function sampleBackup(place: number, { recipe, objects, names, holds }: Of): ChainBackup {
  const own = holds.flatMap((at) => objects[at] ?? [])
  const faulty = own.find(({ state }) => state === 'damaged' || state === 'missing')
  const isOpen = own.some(({ state }) => state === 'neverRead')
  const restorability = faulty !== undefined ? 'notRestorable' : isOpen ? 'notProved' : 'restorable'
  const level: Level = faulty?.state === 'missing' ? 'listed' : faulty || isOpen ? 'present' : recipe.level
  const size = (of: readonly ChainObject[]): number =>
    of.reduce((sum, each) => sum + (each.sizeBytes ?? 0), 0)
  return {
    backupId: names[place] ?? '',
    createdAt: iso(recipe.newestMs - place * recipe.everyMs),
    sizeBytes: size(own),
    newBytes: size(own.filter(({ holder }) => holder === names[place])),
    verdict: recipe.isEmpty === true ? 'warning' : faulty !== undefined ? 'bad' : isOpen ? 'unknown' : 'good',
    restorability: recipe.isEmpty === true ? 'notRestorable' : restorability,
    level,
    failedAt: faulty === undefined ? null : faulty.state === 'missing' ? 'present' : 'intact',
    verifiedAt: isOpen ? null : iso(recipe.verifiedMs - place * 60_000),
    notProvable: [...(recipe.notProvable ?? [])],
    errors: faulty === undefined ? 0 : 1,
    warnings: recipe.isEmpty === true ? 1 : 0,
    finding: findingOf(recipe, faulty),
    holds: [...holds],
  }
}

function findingOf(recipe: ChainRecipe, faulty: ChainObject | undefined): ChainBackup['finding'] {
  if (recipe.isEmpty === true) {
    return {
      code: 'backup.empty',
      severity: 'warning',
      message: 'It says that it has 0 shards and carries zero bytes: nothing can be restored from it.',
    }
  }
  if (faulty === undefined) return null
  return faulty.state === 'missing'
    ? errorFinding('chain.objectMissing', `${faulty.key} is not there, and this backup points to it.`)
    : errorFinding('object.hashMismatch', `${faulty.key} does not hash to what its manifest says.`)
}
