import type { ObjectFacts } from '../../../shared/domain/object-facts.ts'
import type { ClusterPin, PinnedSalt } from '../../ports/catalog.ts'

/**
 * The pin after a verification: what was pinned stays; what is seen for the first time is added where it is beyond doubt
 * (one name in all manifests, one salt for a key version and a master key).
 */
export function learnPin(
  pin: ClusterPin | null,
  seen: {
    readonly clusters: readonly (string | null)[]
    readonly facts: readonly ObjectFacts[]
    readonly at: string
  },
): ClusterPin {
  const pinned = pin?.salts ?? []
  const added = onePerKey(seen.facts).filter((salt) => !pinned.some((other) => isSameKey(other, salt)))
  return {
    since: pin?.since ?? seen.at,
    cluster: pin === null ? onlyOne(seen.clusters) : pin.cluster,
    seals: pin?.seals === true || seen.facts.some(({ envelope }) => envelope?.outcome === 'sealed'),
    salts: [...pinned, ...added],
  }
}

/** The salt that this repository's cluster has for the key that opened an object; null where none is pinned. */
export function pinnedSalt(pin: ClusterPin | null, key: Omit<PinnedSalt, 'salt'>): string | null {
  return pin?.salts.find((salt) => isSameKey(salt, key))?.salt ?? null
}

/** What an opened object says of its key; null where it was not opened. */
export function saltOf({ envelope }: ObjectFacts): PinnedSalt | null {
  if (envelope?.outcome !== 'sealed' || envelope.opening.outcome !== 'opened') return null
  const { keyId, keyVersion, kdf } = envelope.header
  return { keyId, keyVersion, keyFingerprint: envelope.opening.keyFingerprint, salt: kdf.salt }
}

function onePerKey(facts: readonly ObjectFacts[]): readonly PinnedSalt[] {
  const byKey = new Map<string, PinnedSalt | 'several'>()
  for (const salt of facts.map(saltOf)) {
    if (salt === null) continue
    const key = JSON.stringify([salt.keyId, salt.keyVersion, salt.keyFingerprint])
    const known = byKey.get(key)
    byKey.set(
      key,
      known === undefined || (known !== 'several' && known.salt === salt.salt) ? salt : 'several',
    )
  }
  return [...byKey.values()].filter((salt) => salt !== 'several')
}

function onlyOne(names: readonly (string | null)[]): string | null {
  const [first] = names
  return first !== undefined && names.every((name) => name === first) ? first : null
}

function isSameKey(a: Omit<PinnedSalt, 'salt'>, b: Omit<PinnedSalt, 'salt'>): boolean {
  return a.keyId === b.keyId && a.keyVersion === b.keyVersion && a.keyFingerprint === b.keyFingerprint
}
