import { isWithin, quoted } from '../../engine/archive/entry-name.ts'
import { storeParts, type ArchiveFinding, type Part, type Root } from './facts.ts'
import type { Candidate } from './manifest.ts'

/** Where the parts of one archive lie, as its own manifest has it. */
export interface Layout {
  /** Null where it cannot be told. */
  readonly dialect: 1 | 2 | null
  readonly manifest: Candidate | null
  /** Null where entries cannot be given to parts. */
  readonly roots: readonly Root[] | null
  readonly findings: readonly ArchiveFinding[]
}

/** The older dialect: relative to the data folder, always under the same names. */
const olderRoots: readonly Root[] = [
  { part: 'kms', path: 'kms' },
  { part: 'iam', path: 'iam' },
  { part: 'metadata', path: 'metadata' },
  { part: 'patches', path: 'data/master/patches' },
]

/** The older dialect's manifest always lies here. */
const olderManifest = 'manifest.json'

/**
 * Tells the dialects apart by the manifest alone: one that names store roots is of the newer. `candidates` are all
 * entries that may be manifests by their names, of which a store or a patch may hold some, too; `hasOlderStores` is true
 * where entries lie at the older dialect's places. `complete`: the archive was read to its end, so what was not seen is
 * not there.
 */
export function chooseLayout(
  candidates: readonly Candidate[],
  context: { readonly hasOlderStores: boolean; readonly complete: boolean },
): Layout {
  const top = candidates.find((candidate) => candidate.path === olderManifest)
  const naming = candidates.filter((candidate) => candidate.rootsNamed > 0)
  const topIsOlder =
    top !== undefined &&
    top.facts !== null &&
    top.rootsNamed === 0 &&
    naming.every((candidate) => partOf(candidate.path, olderRoots) !== null)
  if (naming.length > 0 && !topIsOlder) return newerLayout(naming, context.complete)
  if (top !== undefined && (top.facts !== null || context.hasOlderStores)) {
    return { dialect: 1, manifest: top, roots: olderRoots, findings: flawOf(top) }
  }
  const broken =
    top ??
    candidates.find((candidate) => candidate.facts === null && partOf(candidate.path, olderRoots) === null)
  if (broken !== undefined) return { dialect: null, manifest: null, roots: null, findings: flawOf(broken) }
  if (!context.complete) return { dialect: null, manifest: null, roots: null, findings: [] }
  return { dialect: 1, manifest: null, roots: olderRoots, findings: [noManifest('The archive has none.')] }
}

function newerLayout(naming: readonly Candidate[], complete: boolean): Layout {
  const nothing = { dialect: 2, manifest: null, roots: null } as const
  const whole = naming.filter((candidate) => candidate.rootsNamed === storeParts.length)
  if (whole.length === 0) {
    const [first] = naming
    const why = `${quoted(first?.path ?? '')} does not name all of the three store folders.`
    return { ...nothing, findings: complete ? [noManifest(why)] : [] }
  }
  // Below a root of its own it is part of a store, whatever it says.
  const free = whole.filter((candidate) => !liesIn(candidate, candidate))
  if (free.length === 0) {
    return { ...nothing, findings: complete ? [noManifest('Those that name the stores lie in them.')] : [] }
  }
  const alone = free.filter((candidate) =>
    whole.every((other) => other === candidate || liesIn(other, candidate)),
  )
  const [manifest] = alone
  if (manifest === undefined || alone.length > 1) {
    const names = free.slice(0, 3).map((candidate) => quoted(candidate.path))
    const message = `The archive is damaged: more than one entry is a manifest that names the stores (${names.join(', ')}).`
    return { ...nothing, findings: [{ code: 'archive.malformed', part: null, message }] }
  }
  return { dialect: 2, manifest, roots: manifest.roots, findings: flawOf(manifest) }
}

function liesIn(candidate: Candidate, manifest: Candidate): boolean {
  return partOf(candidate.path, manifest.roots ?? []) !== null
}

/** The part below whose root a name lies, by whole path parts; of nested roots the deepest. */
export function partOf(path: string, roots: readonly Root[]): Root | null {
  let deepest: Root | null = null
  for (const root of roots) {
    if (isWithin(path, root.path) && (deepest === null || root.path.length > deepest.path.length))
      deepest = root
  }
  return deepest
}

/** True for a folder that has to be passed on the way to a root. */
export function leadsToRoot(path: string, roots: readonly Root[]): boolean {
  return roots.some((root) => root.path !== path && isWithin(root.path, path))
}

export function rootOf(part: Part, roots: readonly Root[]): Root | null {
  return roots.find((root) => root.part === part) ?? null
}

function noManifest(why: string): ArchiveFinding {
  return { code: 'archive.missingPart', part: null, message: `The archive lacks its manifest. ${why}` }
}

function flawOf({ flaw, path }: Candidate): readonly ArchiveFinding[] {
  if (flaw === null) return []
  return [
    { code: flaw.code, part: null, message: `The manifest ${quoted(path)} cannot be used: ${flaw.reason}.` },
  ]
}
