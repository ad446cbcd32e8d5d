import { errorFinding, warningFinding, type Finding } from '../../../shared/domain/finding.ts'
import {
  reaches,
  summariseLevels,
  type LevelOutcome,
  type VerifiableLevel,
} from '../../../shared/domain/level.ts'
import { quoted } from '../../engine/archive/entry-name.ts'
import { earlierHash } from '../../engine/verify/earlier-hash.ts'
import type { BackupReport, Evidence, ObjectEvidence } from '../../ports/backup-system.ts'
import { readTarFacts, type TarFacts } from './facts.ts'
import type { KisekiSnapshot } from './inventory.ts'
import type { KisekiManifest } from './manifest.ts'
import { tarName } from './snapshot-id.ts'

/** The one part of a snapshot: all of its shards, in one tar. */
export const shardsPart = 'shards'

export const kisekiHighestLevel = 'wellFormed' satisfies VerifiableLevel

type Reading = Extract<ObjectEvidence, { kind: 'read' }>

interface Judged {
  readonly outcomes: ReadonlyMap<VerifiableLevel, LevelOutcome>
  /** About the tar itself. */
  readonly findings: readonly Finding[]
  /** About tar and manifest together. */
  readonly ofBackup: readonly Finding[]
  readonly intactBy: string | null
  readonly verifiedAt: string | null
}

const passed: LevelOutcome = { outcome: 'passed' }
const failed: LevelOutcome = { outcome: 'failed' }

export function judgeSnapshot(snapshot: KisekiSnapshot, evidence: Evidence): BackupReport {
  const judged = judgeTar(snapshot, evidence)
  const { outcomes, findings, ofBackup, intactBy, verifiedAt } = judged
  const isFailed = [...outcomes.values()].some(({ outcome }) => outcome === 'failed')
  return {
    createdAt: null,
    findings: [...snapshot.findings, ...ofBackup],
    stores: [
      {
        store: shardsPart,
        holder: snapshot.backupId,
        object: tarName,
        key: snapshot.tarKey,
        ...summariseLevels(outcomes),
        stoppedShort: !isFailed && !outcomes.has(kisekiHighestLevel),
        ...(intactBy !== null && { intactBy }),
        verifiedAt,
        findings,
      },
    ],
  }
}

function judgeTar(snapshot: KisekiSnapshot, evidence: Evidence): Judged {
  const nothing: Judged = {
    outcomes: new Map([['present', passed]]),
    findings: [],
    ofBackup: [],
    intactBy: null,
    verifiedAt: null,
  }
  const gone = (message: string): Judged => ({
    ...nothing,
    outcomes: new Map([['present', failed]]),
    findings: [errorFinding('chain.objectMissing', message)],
  })
  const what = quoted(snapshot.tarKey)
  if (snapshot.tar === null)
    return gone(`The manifest is there, but ${what} is not: the snapshot has no contents.`)
  const seen = evidence.object(snapshot.tarKey)
  if (!reaches(evidence.level, 'intact')) return nothing
  switch (seen.kind) {
    case 'notRead':
      return nothing
    case 'vanished':
      return gone(`${what} was listed, but was gone when it was opened.`)
    case 'replaced': {
      const message = `${what} was replaced while it was being verified. ${seen.reason}`
      const outcomes = new Map<VerifiableLevel, LevelOutcome>([
        ['present', passed],
        ['intact', failed],
      ])
      return { ...nothing, outcomes, findings: [errorFinding('object.changed', message)] }
    }
    case 'unreachable': {
      const message = `${what} is there, but could not be read. ${seen.reason}`
      return { ...nothing, findings: [errorFinding('object.unreachable', message)] }
    }
    case 'read':
      return judgeReading(snapshot, seen, evidence.level)
  }
}

function judgeReading(snapshot: KisekiSnapshot, seen: Reading, level: VerifiableLevel): Judged {
  const what = quoted(snapshot.tarKey)
  const intact = judgeIntact(what, seen)
  const outcomes = new Map<VerifiableLevel, LevelOutcome>([
    ['present', passed],
    ['intact', intact.outcome],
  ])
  const judged = {
    outcomes,
    findings: intact.findings,
    ofBackup: [],
    intactBy: intact.by,
    verifiedAt: seen.facts.readAt,
  }
  if (!reaches(level, 'decrypts')) return judged
  // Not even where a shard's name begins like an envelope: kiseki names shards by UUID.
  if (seen.facts.envelope !== null) {
    const message = `${what} begins like an envelope of this console, but kiseki's snapshots are plain tars: nothing of it was read as one.`
    outcomes.set('decrypts', failed)
    return { ...judged, findings: [...judged.findings, errorFinding('envelope.unknown', message)] }
  }
  outcomes.set('decrypts', {
    outcome: 'notProvable',
    reason: 'kiseki does not seal its snapshots, so there is nothing to decrypt',
  })
  const facts = readTarFacts(seen.facts.content)
  if (facts === null || !reaches(level, 'matches')) return judged
  outcomes.set('matches', {
    outcome: 'notProvable',
    reason: 'the manifest records how much there is, and no hash of it',
  })
  if (!reaches(level, 'wellFormed')) return judged
  const { manifest } = snapshot
  const disagreements = manifest === null ? [] : disagreementsOf(manifest, facts)
  const isSound =
    facts.findings.length === 0 &&
    manifest !== null &&
    disagreements.length === 0 &&
    snapshot.findings.every(({ severity }) => severity === 'warning')
  outcomes.set('wellFormed', isSound ? passed : failed)
  return {
    ...judged,
    findings: [
      ...judged.findings,
      ...facts.findings.map(({ code, message }) => errorFinding(code, message)),
      ...unusual(what, seen, facts),
    ],
    ofBackup: [...disagreements, ...(isEmpty(manifest, facts) ? [emptyFinding()] : [])],
  }
}

/** Nothing records a hash of the tar, so only what this console remembers of it can be compared. */
function judgeIntact(
  what: string,
  seen: Reading,
): { readonly outcome: LevelOutcome; readonly by: string | null; readonly findings: readonly Finding[] } {
  const { sha256, readAt } = seen.facts
  const before = earlierHash(seen)
  if (before !== null && before.sha256 !== sha256) {
    const message = `${what} was changed: its SHA-256 is ${sha256}, not ${before.sha256}, which this console read first on ${before.at}. It was replaced since.`
    return { outcome: failed, by: null, findings: [errorFinding('object.changed', message)] }
  }
  if (before !== null) {
    return { outcome: passed, by: `what this console itself read first, on ${before.at}`, findings: [] }
  }
  const reason = seen.remembered
    ? `kiseki records no hash of a snapshot, and it was read once, on ${readAt}; reading it again compares the two`
    : 'kiseki records no hash of a snapshot, and this is the first reading; the next one is compared with it'
  return { outcome: { outcome: 'notProvable', reason }, by: null, findings: [] }
}

/** Of a tar that ends early the rest is not known, so its counts say nothing more than that. */
function disagreementsOf(manifest: KisekiManifest, facts: TarFacts): readonly Finding[] {
  if (!facts.complete) return []
  const counts = [
    ['shards with metadata', facts.shards, manifest.shardCount, 'shard_count'],
    ['bytes of metadata', facts.metadataBytes, manifest.metadataBytes, 'metadata_bytes'],
    ['bytes of data', facts.dataBytes, manifest.dataBytes, 'data_bytes'],
  ] as const
  const different = counts
    .filter(([, there, recorded]) => there !== recorded)
    .map(([noun, there, recorded, name]) => `${there} ${noun} (${name} says ${recorded})`)
  const findings: Finding[] = []
  if (different.length > 0) {
    const message = `Tar and manifest do not agree: the tar has ${different.join(', ')}.`
    findings.push(errorFinding('manifest.disagrees', message))
  }
  if (facts.dataAlone > 0) {
    const more = facts.dataAlone > 1 ? ` (and ${facts.dataAlone - 1} more)` : ''
    const message = `The tar has data without metadata for shard ${quoted(facts.firstDataAlone ?? '')}${more}; kiseki writes none without.`
    findings.push(errorFinding('manifest.disagrees', message))
  }
  return findings
}

function unusual(what: string, { facts: { sizeBytes } }: Reading, facts: TarFacts): readonly Finding[] {
  const { endByte, expectedBytes, findings } = facts
  if (endByte === null || findings.length > 0 || sizeBytes === expectedBytes) return []
  const behind = sizeBytes - endByte
  const message =
    behind > 0
      ? `${what} has ${behind} zero bytes behind its end; kiseki writes none there.`
      : `${what} has ${sizeBytes} bytes where kiseki writes ${expectedBytes} for the same entries: another program wrote it.`
  return [warningFinding('format.unusual', message)]
}

/** A snapshot of nothing, as the shipped server makes it (from source: crates/kiseki-server/src/admin_grpc.rs, EmptyShardProvider). */
function isEmpty(manifest: KisekiManifest | null, facts: TarFacts): boolean {
  if (manifest === null || !facts.complete || facts.findings.length > 0) return false
  const recorded = manifest.shardCount + manifest.metadataBytes + manifest.dataBytes
  return recorded === 0 && facts.shards === 0 && facts.metadataBytes === 0 && facts.dataBytes === 0
}

function emptyFinding(): Finding {
  return warningFinding(
    'backup.empty',
    'Empty snapshot: manifest and tar both have no shard, so it holds nothing to restore. The kiseki server as shipped makes no other (from its source).',
  )
}
