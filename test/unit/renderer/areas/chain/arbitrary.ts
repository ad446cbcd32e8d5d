import fc from 'fast-check'
import type { Chain } from '../../../../../src/shared/contract/backups.ts'
import { chainOf, kiokChain } from '../../../../support/chains.ts'

const state = fc.constantFrom('intact', 'intact', 'intact', 'neverRead', 'damaged', 'missing', 'warning')

/** As a writer writes it: every store changes here and there, and each backup points to the newest object before it. */
export const soundChain: fc.Arbitrary<Chain> = fc
  .record({
    backups: fc.integer({ min: 1, max: 60 }),
    changes: fc.array(fc.uniqueArray(fc.nat(59), { maxLength: 40 }), { minLength: 1, maxLength: 5 }),
    states: fc.array(state, { minLength: 8, maxLength: 8 }),
  })
  .map(({ backups, changes, states }) =>
    kiokChain(backups, changes, (store, holder) =>
      holder % 7 === 3 ? (states[(store + holder) % states.length] ?? 'intact') : 'intact',
    ),
  )

/** As a manifest may claim: any backup points to any object of the store, holders that are gone, holes. */
export const wildChain: fc.Arbitrary<Chain> = fc
  .record({ backups: fc.integer({ min: 1, max: 25 }), stores: fc.integer({ min: 1, max: 3 }) })
  .chain(({ backups, stores }) =>
    fc.record({
      stores: fc.constant(stores),
      objects: fc.array(fc.record({ holder: fc.nat(backups + 3), state }), {
        minLength: stores,
        maxLength: 12,
      }),
      picks: fc.array(fc.array(fc.nat(12), { minLength: stores, maxLength: stores }), {
        minLength: backups,
        maxLength: backups,
      }),
    }),
  )
  .map(({ stores, objects, picks }) => {
    const recipes = objects.map((object, at) => ({ ...object, store: at % stores }))
    const holds = picks.map((row) =>
      row.map((pick, store) => {
        const own = recipes.flatMap((recipe, at) => (recipe.store === store ? [at] : []))
        return own[pick % (own.length + 1)] ?? null
      }),
    )
    return chainOf(
      Array.from({ length: stores }, (_, store) => `store${store}`),
      recipes,
      holds,
    )
  })
