import { createHash } from 'node:crypto'
import { jsonLimits } from '../../../shared/domain/strict-json.ts'
import { ArchiveFault } from '../../engine/archive/archive-fault.ts'
import {
  archiveLimits,
  usableEntries,
  type ArchiveLimits,
  type EntryFlaw,
  type UsableEntry,
} from '../../engine/archive/usable-entries.ts'
import { findingList } from '../../engine/archive/finding-list.ts'
import type { ArchiveFacts, ArchiveFinding } from './facts.ts'
import { chooseLayout, partOf, type Layout } from './layout.ts'
import { isManifestName, readCandidate, type Candidate } from './manifest.ts'
import { readManifestTables } from '../../engine/rocksdb/manifest-tables.ts'
import { checkStructure, partFacts, type WalkedFile, type WalkedFolder } from './structure.ts'

/** Longer than any file name that CURRENT may hold. */
const longestCurrentBytes = 64

/** A store's own list of its tables; RocksDB begins a new one at 1 GiB, and these stores are small. */
const storeManifestName = /(?:^|\/)MANIFEST-[0-9]+$/
const longestStoreManifestBytes = 16 * 1024 * 1024

const emptySha256 = createHash('sha256').digest('hex')

/** So many flawed entries are kept until it is known which part they lie in; the rest are counted. */
const mostFlaws = 1000

/** So many entries that may be manifests are kept; a backup has one, its patches may hold a few. */
const mostCandidates = 64

/**
 * Reads the plain bytes of one archive to its end, or as far as it can be believed, hashing every file on the way.
 * Never throws for what the bytes say. Memory grows with the number of names only, which is bounded.
 */
export async function walkArchive(
  pieces: AsyncIterable<Uint8Array>,
  limits: ArchiveLimits = archiveLimits,
): Promise<ArchiveFacts> {
  const files = new Map<string, WalkedFile>()
  const folders: WalkedFolder[] = []
  const candidates: Candidate[] = []
  const flaws: EntryFlaw[] = []
  const moreFlaws = new Map<EntryFlaw['code'], number>()
  let fault: ArchiveFault | null = null
  let tablesNamed = 0
  let filesListed = 0
  const flawed = (flaw: EntryFlaw): void => {
    if (flaws.length < mostFlaws) flaws.push(flaw)
    else moreFlaws.set(flaw.code, (moreFlaws.get(flaw.code) ?? 0) + 1)
  }
  try {
    for await (const entry of usableEntries(pieces, flawed, limits)) {
      const { path, absolute, kind } = entry
      if (kind === 'folder') {
        folders.push({ path, absolute })
        continue
      }
      const { sha256, kept } = await hashFile(entry)
      const isCurrent = path.endsWith('/CURRENT') && kept !== null
      const current = isCurrent ? Buffer.from(kept).toString('latin1') : null
      const tables =
        storeManifestName.test(path) && kept !== null
          ? readManifestTables(kept, limits.tar.entries - tablesNamed)
          : null
      if (tables?.kind === 'tooMany') throw tooMuchNamed('its stores name', 'tables', limits)
      if (tables?.kind === 'tables') tablesNamed += tables.tables.size
      files.set(path, { path, absolute, sizeBytes: entry.sizeBytes, sha256, current, tables })
      if (isManifestName(path)) {
        if (candidates.length >= mostCandidates) throw tooManyManifests()
        const candidate = readCandidate(path, kept)
        filesListed += candidate.listed.length
        if (filesListed > limits.tar.entries) throw tooMuchNamed('its manifests list', 'files', limits)
        candidates.push(candidate)
      }
    }
  } catch (error) {
    if (!(error instanceof ArchiveFault)) throw error
    fault = error
  }
  const complete = fault === null
  const hasOlderStores = [...files.keys()].some((path) => /^(kms|iam|metadata)\//.test(path))
  const layout = chooseLayout(candidates, { hasOlderStores, complete })
  const findings = findingList<ArchiveFinding>(({ code, part }) => `${code} ${part ?? ''}`)
  for (const flaw of flaws) findings.add({ ...flaw, part: partOfFlaw(flaw, layout) })
  for (const finding of layout.findings) findings.add(finding)
  const walked = { files, folders, complete }
  checkStructure(walked, layout, (finding) => findings.add(finding))
  for (const [code, count] of moreFlaws) {
    findings.add({ code, part: null, message: `${count} further entries must not be used either.` })
  }
  if (fault !== null) findings.add({ code: fault.code, part: null, message: fault.message })
  return {
    format: 'chango-walk/1',
    complete,
    dialect: layout.dialect,
    roots: layout.roots ?? [],
    manifest: layout.manifest?.facts ?? null,
    // Of what is incomplete no digest may be promised.
    parts: complete && layout.roots !== null ? partFacts(walked, layout.roots) : [],
    findings: findings.all(),
  }
}

/** Up to this size the contents of a file are looked at; -1: never. */
function keptBytesOf(path: string): number {
  if (isManifestName(path)) return jsonLimits.bytes
  if (storeManifestName.test(path)) return longestStoreManifestBytes
  return path.endsWith('/CURRENT') ? longestCurrentBytes : -1
}

/** Reads a file to its end. `kept`: its contents where they are needed and not too long, else null. */
async function hashFile({
  path,
  sizeBytes,
  pieces,
}: UsableEntry): Promise<{ sha256: string; kept: Uint8Array | null }> {
  const keepBytes = keptBytesOf(path)
  // Stores have many empty and small files; a hash object each would be most of the work.
  if (sizeBytes === 0) return { sha256: emptySha256, kept: keepBytes >= 0 ? new Uint8Array() : null }
  const hash = createHash('sha256')
  const kept: Uint8Array[] | null = sizeBytes <= keepBytes ? [] : null
  for await (const piece of pieces) {
    hash.update(piece)
    kept?.push(piece)
  }
  return { sha256: hash.digest('hex'), kept: kept === null ? null : Buffer.concat(kept) }
}

function partOfFlaw({ code, path }: EntryFlaw, { roots }: Layout) {
  // A clash of names concerns the archive as a whole; an entry that is no plain data spoils the part it lies in.
  if (path === null || roots === null || code !== 'archive.unsafeEntry') return null
  return partOf(path, roots)?.part ?? null
}

function tooManyManifests(): ArchiveFault {
  return new ArchiveFault(
    'archive.malformed',
    `The archive is damaged: more than ${mostCandidates} entries are named like its manifest.`,
  )
}

/** Each of them would be an entry. */
function tooMuchNamed(who: string, what: string, { tar }: ArchiveLimits): ArchiveFault {
  return new ArchiveFault(
    'archive.tooLarge',
    `The archive goes beyond what any backup needs: ${who} more than ${tar.entries} ${what}.`,
  )
}
