import { createHash } from 'node:crypto'
import { canonicalJson } from '../../../shared/domain/canonical-json.ts'
import type { EnvelopeOpening, ObjectFacts, ObjectVersion } from '../../../shared/domain/object-facts.ts'
import type { InspectTask } from '../../ports/byte-work.ts'
import type { RepositoryMemory } from '../../ports/catalog.ts'
import type { ObjectInfo } from '../../ports/object-store.ts'

/** What a reading must answer. */
export interface ReadingNeeds {
  /** False where no level that needs a key was asked for: an envelope is then recognised but not opened. */
  readonly open: boolean
  /** True where the plain bytes are held against a hash. */
  readonly hashPlain: boolean
  /** True where the MD5 of the stored bytes is what the format records; left out: it is not. */
  readonly md5?: boolean
  readonly walk: InspectTask['walk']
}

/** Fingerprints of the master keys given in this run. */
export interface GivenKeys {
  readonly keyFingerprints: readonly string[]
}

/**
 * True where an earlier reading of the same version answers what is needed now. A reading that a key of today could
 * take further does not: it is made again, unless that very key was tried on it.
 */
export function isEnough(
  facts: ObjectFacts,
  version: ObjectVersion,
  needs: ReadingNeeds,
  { keyFingerprints }: GivenKeys,
): boolean {
  if (!isSameVersion(facts.version, version)) return false
  if (needs.md5 === true && facts.md5 === undefined) return false
  const opened = isOpenedByOneOf(facts, keyFingerprints)
  if (
    needs.open &&
    facts.envelope?.outcome === 'sealed' &&
    !opened &&
    keyFingerprints.some((key) => !wasTried(facts, key))
  ) {
    return false
  }
  if (needs.hashPlain && opened && isAuthenticUnhashed(facts)) return false
  const readable = facts.envelope === null || opened
  if (needs.walk === null || !readable) return true
  return facts.content !== null && facts.walk === walkText(needs.walk)
}

/** Longer ones are kept as their hash: what an object is asked for may be as long as a list of its files. */
const longestWalk = 400

/** A walk as it is remembered beside what it found. */
export function walkText(walk: NonNullable<ReadingNeeds['walk']>): string {
  const text = canonicalJson(walk)
  return text.length <= longestWalk ? text : `sha256:${createHash('sha256').update(text).digest('hex')}`
}

/**
 * The facts as far as the keys of this run may tell them: what was opened by a key that is not given now is sealed
 * again, so that nothing sealed is called good without its key. What was found damaged then is so under any key.
 */
export function forKeys(facts: ObjectFacts, { keyFingerprints }: GivenKeys): ObjectFacts {
  if (facts.envelope?.outcome !== 'sealed' || isOpenedByOneOf(facts, keyFingerprints)) return facts
  if (facts.envelope.opening.outcome !== 'opened' && keyFingerprints.length > 0) return facts
  if (isKnownDamaged(facts.envelope.opening)) return facts
  return { ...facts, envelope: { ...facts.envelope, opening: { outcome: 'noKey' } }, content: null }
}

function isKnownDamaged(opening: EnvelopeOpening): boolean {
  return opening.outcome === 'opened' && opening.body.outcome !== 'authentic'
}

/** True where this key is known not to open the object. */
function wasTried({ envelope }: ObjectFacts, keyFingerprint: string): boolean {
  if (envelope?.outcome !== 'sealed' || envelope.opening.outcome !== 'noKeyFits') return false
  return envelope.opening.tried?.includes(keyFingerprint) ?? false
}

function isSameVersion(a: ObjectVersion, b: ObjectVersion): boolean {
  return (
    a.sizeBytes === b.sizeBytes &&
    a.etag === b.etag &&
    a.modifiedAt === b.modifiedAt &&
    (a.versionId === null || b.versionId === null || a.versionId === b.versionId)
  )
}

function isOpenedByOneOf(facts: ObjectFacts, keyFingerprints: readonly string[]): boolean {
  if (facts.envelope?.outcome !== 'sealed') return false
  const { opening } = facts.envelope
  return opening.outcome === 'opened' && keyFingerprints.includes(opening.keyFingerprint)
}

/** What an earlier reading of this very version found; null where there was none. */
export function rememberedFacts(memory: RepositoryMemory, info: ObjectInfo): ObjectFacts | null {
  const facts = memory.facts(info.key)
  return facts !== null && isSameVersion(facts.version, info) ? facts : null
}

function isAuthenticUnhashed({ envelope }: ObjectFacts): boolean {
  if (envelope?.outcome !== 'sealed' || envelope.opening.outcome !== 'opened') return false
  const { body } = envelope.opening
  return body.outcome === 'authentic' && body.plainSha256 === null
}
