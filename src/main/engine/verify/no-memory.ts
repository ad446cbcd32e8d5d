import { newestDrills, type Drill } from '../../../shared/domain/drill.ts'
import type { ObjectFacts } from '../../../shared/domain/object-facts.ts'
import type { ClusterPin, RememberedHash, RepositoryMemory } from '../../ports/catalog.ts'

/** A memory that lasts as long as the run: where nothing can or should be kept. */
export function memoryOfThisRun(): RepositoryMemory {
  const hashes = new Map<string, RememberedHash>()
  const facts = new Map<string, ObjectFacts>()
  const intact = new Map<string, string>()
  let pin: ClusterPin | null = null
  let drills: readonly Drill[] = []
  return {
    firstHash: (key) => hashes.get(key) ?? null,
    sawHash: (key, hash) => {
      if (!hashes.has(key)) hashes.set(key, hash)
    },
    facts: (key) => facts.get(key) ?? null,
    remember: (key, learnt) => {
      facts.set(key, learnt)
    },
    intactAt: (key) => intact.get(key) ?? null,
    sawIntact: (key, at) => {
      if ((intact.get(key) ?? '') < at) intact.set(key, at)
    },
    pin: () => pin,
    setPin: (learnt) => {
      pin = learnt
    },
    drills: () => drills,
    rememberDrill: (drill) => {
      drills = newestDrills([drill], drills)
    },
    save: async () => {},
  }
}
