import { timingSafeEqual } from 'node:crypto'
import type { EnvelopeHeader } from '../../../shared/domain/envelope-header.ts'
import type { OpeningKey } from '../../ports/byte-work.ts'
import type { MasterKey } from '../../ports/master-key.ts'
import { unwrapDataKey } from './data-key-wrap.ts'

/** Different (salt, iterations) that are derived for one key version in a run: each costs up to a second a key. */
const derivationsPerKeyVersion = 4

export type EnvelopeOpeningAttempt =
  /** No master key was given. */
  | { readonly outcome: 'noKey' }
  /** None of the given keys opens the wrapped data key. */
  | { readonly outcome: 'noKeyFits'; readonly tried: readonly string[] }
  /** The run's limit of key derivations is used up; this one was not made. */
  | { readonly outcome: 'notDerived'; readonly reason: string }
  /** Two different keys open it: an object crafted to have two meanings. */
  | { readonly outcome: 'severalKeysFit' }
  | { readonly outcome: 'opened'; readonly openingKey: OpeningKey; readonly keyFingerprint: string }

/** The given master keys during one run. Derived keys are kept in memory until `close`, never on disk. */
export interface KeyRing {
  /** Tries all given keys on the header's wrapped data key. Concurrent calls share their derivations. */
  tryOpen(header: EnvelopeHeader, headerBytes: Uint8Array): Promise<EnvelopeOpeningAttempt>
  /** True where exactly one key has opened, in this run, an object with this salt and these iterations. */
  hasOpened(kdf: EnvelopeHeader['kdf']): boolean
  /** Clears the derived keys; later calls are refused. */
  close(): void
}

interface KeyRingParts {
  /** Keys the fingerprints of master keys, so that they mean nothing elsewhere. */
  readonly installationSecret: Uint8Array
  /** For tests: how a key-encryption key is made. */
  readonly derive?: (key: MasterKey, salt: Uint8Array, iterations: number) => Promise<Uint8Array>
}

export function createKeyRing(masterKeys: readonly MasterKey[], parts: KeyRingParts): KeyRing {
  const { installationSecret, derive = (key, salt, iterations) => key.deriveKek(salt, iterations) } = parts
  /** The same key given twice is one key. */
  const keys = new Map(masterKeys.map((key) => [key.fingerprint(installationSecret), key]))
  const derived = new Map<string, Promise<Uint8Array>>()
  const pairsOfVersion = new Map<string, Set<string>>()
  const openedPairs = new Set<string>()
  let isClosed = false

  /** False where the header's pair would be one too many; decided before anything is awaited. */
  function admits(header: EnvelopeHeader): boolean {
    const version = `${header.keyId}|${header.keyVersion}`
    const pairs = pairsOfVersion.get(version) ?? new Set()
    pairsOfVersion.set(version, pairs)
    if (!pairs.has(pairOf(header.kdf)) && pairs.size >= derivationsPerKeyVersion) return false
    pairs.add(pairOf(header.kdf))
    return true
  }

  async function kekOf(fingerprint: string, key: MasterKey, kdf: EnvelopeHeader['kdf']): Promise<Uint8Array> {
    const name = `${fingerprint}|${pairOf(kdf)}`
    const known = derived.get(name)
    if (known !== undefined) return known
    const deriving = derive(key, Buffer.from(kdf.salt, 'base64'), kdf.iterations)
    derived.set(name, deriving)
    return deriving
  }

  async function fitting(header: EnvelopeHeader): Promise<readonly Fit[]> {
    const tries = [...keys].map(async ([fingerprint, key]): Promise<Fit | null> => {
      const kek = await kekOf(fingerprint, key, header.kdf)
      if (isClosed) throw closedError()
      const dataKey = unwrapDataKey(header, kek)
      return dataKey === null ? null : { fingerprint, kek, dataKey }
    })
    return (await Promise.all(tries)).filter((fit) => fit !== null)
  }

  return {
    async tryOpen(header, headerBytes) {
      if (isClosed) throw closedError()
      if (keys.size === 0) return { outcome: 'noKey' }
      if (!admits(header)) return { outcome: 'notDerived', reason: tooManyDerivations(header) }
      const [fit, ...others] = await fitting(header)
      if (fit === undefined) return { outcome: 'noKeyFits', tried: [...keys.keys()] }
      // HMAC pads its key with zeros and hashes a long one (RFC 2104 §2), so two texts can be one and the same key.
      if (others.some((other) => !timingSafeEqual(other.kek, fit.kek))) return { outcome: 'severalKeysFit' }
      openedPairs.add(pairOf(header.kdf))
      return {
        outcome: 'opened',
        openingKey: { header, headerBytes, dataKey: fit.dataKey },
        keyFingerprint: fit.fingerprint,
      }
    },
    hasOpened: (kdf) => openedPairs.has(pairOf(kdf)),
    close() {
      isClosed = true
      for (const deriving of derived.values()) {
        void deriving.then(
          (kek) => kek.fill(0),
          () => undefined,
        )
      }
      derived.clear()
    },
  }
}

interface Fit {
  readonly fingerprint: string
  readonly kek: Uint8Array
  readonly dataKey: Uint8Array
}

function pairOf(kdf: EnvelopeHeader['kdf']): string {
  return `${kdf.salt}|${kdf.iterations}`
}

function tooManyDerivations({ keyId, keyVersion }: EnvelopeHeader): string {
  return (
    `Objects of key ${JSON.stringify(keyId)}, version ${keyVersion}, name more than ${derivationsPerKeyVersion} ` +
    'different salts or iteration counts; a cluster has one. The key was not derived for this one, so whether it fits is not known.'
  )
}

function closedError(): Error {
  return new Error('The key ring is closed.')
}
