import { HoldfastError } from '../../../shared/domain/error.ts'
import type { PlannedItem } from '../../../shared/domain/restore-plan.ts'
import { ArchiveFault } from '../../engine/archive/archive-fault.ts'
import { quoted } from '../../engine/archive/entry-name.ts'
import { usableEntries, type ArchiveLimits, type EntryFlaw } from '../../engine/archive/usable-entries.ts'
import type { Evidence } from '../../ports/backup-system.ts'
import type { StagedEntry } from '../../ports/staged-entry.ts'
import { readFacts, storeParts, type ArchiveFacts } from './facts.ts'
import { leadsToRoot, partOf } from './layout.ts'
import { walkArchive } from './walk.ts'

/** The facts that a plan is made of. Throws `restore.refused` where the archive was not read to a clean end. */
export function restorableFacts(key: string, evidence: Evidence): ArchiveFacts {
  const seen = evidence.object(key)
  const facts = seen.kind === 'read' ? readFacts(seen.facts.content) : null
  if (facts === null)
    throw refused(key, 'Its contents were not read, so what it would put into place is not known.')
  if (!facts.complete) throw refused(key, 'It cannot be read to a clean end.')
  const missing = storeParts.filter((store) => facts.parts.every(({ part }) => part !== store))
  if (missing.length > 0) throw refused(key, `It lacks ${missing.join(', ')}.`)
  return facts
}

/** Each part becomes one folder of the target. */
export function plannedItems({ parts }: ArchiveFacts): readonly PlannedItem[] {
  return parts.map(({ part, files, sizeBytes, digest }) => ({
    name: part,
    kind: 'folder',
    files,
    sizeBytes,
    digest,
  }))
}

/**
 * Reads the archive once more and yields the files of its parts, every folder before what lies in it. Recorded paths say
 * which part a file belongs to and what it is called below it, nothing else. Throws `restore.failed` at the first thing
 * that is not as a sound archive has it. `known`: facts of an earlier reading, which save one that finds the roots.
 */
export async function* stageParts(
  key: string,
  readPlain: (key: string) => AsyncIterable<Uint8Array>,
  known: ArchiveFacts | null,
  limits: ArchiveLimits,
): AsyncGenerator<StagedEntry, void, undefined> {
  try {
    const facts = known ?? (await walkArchive(readPlain(key), limits))
    const [finding] = facts.findings
    if (!facts.complete || facts.dialect === null || finding !== undefined) {
      throw failed(key, finding?.message ?? 'It cannot be read to a clean end.')
    }
    yield* stagedEntries(key, readPlain(key), facts, limits)
  } catch (error) {
    throw error instanceof ArchiveFault ? failed(key, error.message) : error
  }
}

async function* stagedEntries(
  key: string,
  pieces: AsyncIterable<Uint8Array>,
  { roots, dialect, manifest }: ArchiveFacts,
  limits: ArchiveLimits,
): AsyncGenerator<StagedEntry, void, undefined> {
  const made = new Set<string>()
  const flawed = (flaw: EntryFlaw): void => {
    throw failed(key, flaw.message)
  }
  const entries = usableEntries(pieces, flawed, limits)
  for await (const { path, absolute, kind, sizeBytes, pieces: contents } of entries) {
    const root = partOf(path, roots)
    const isInPart =
      root !== null && (kind === 'folder' || path !== root.path) && !(dialect === 1 && absolute)
    if (!isInPart) {
      const isHarmless =
        path === '' || path === manifest?.path || (kind === 'folder' && leadsToRoot(path, roots))
      if (!isHarmless) throw failed(key, `The entry ${quoted(path)} belongs to no part of the backup.`)
      continue
    }
    const below = path.slice(root.path.length + 1)
    const folders = [...foldersAbove(below), ...(kind === 'folder' ? [below] : [])]
    for (const folder of folders) {
      const name = `${root.part}/${folder}`
      if (made.has(name)) continue
      made.add(name)
      yield { item: root.part, path: folder, kind: 'folder', sizeBytes: 0, pieces: nothing() }
    }
    if (kind === 'file') yield { item: root.part, path: below, kind, sizeBytes, pieces: contents }
  }
}

/** The item itself and every folder between it and the path, from above. */
function foldersAbove(path: string): readonly string[] {
  if (path === '') return []
  const folders = ['']
  for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) folders.push(path.slice(0, at))
  return folders
}

async function* nothing(): AsyncGenerator<Uint8Array, void, undefined> {}

function refused(key: string, why: string): HoldfastError {
  return new HoldfastError('restore.refused', {
    what: `No restore can be planned from ${quoted(key)}.`,
    why,
    unchanged: 'Nothing was changed.',
    next: 'Verify the backup to its end, or choose another one.',
  })
}

function failed(key: string, why: string): HoldfastError {
  return new HoldfastError('restore.failed', {
    what: `The archive ${quoted(key)} could not be unpacked.`,
    why,
    next: 'Verify the backup again, or choose another one.',
  })
}
