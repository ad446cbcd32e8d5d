import { quoted } from '../../engine/archive/entry-name.ts'
import { whyNotRestorable } from '../../engine/restore/restorable-path.ts'
import type { ManifestTables } from '../../engine/rocksdb/manifest-tables.ts'
import { treeDigest } from '../../engine/tree-digest.ts'
import { countOf } from '../../../shared/domain/size-words.ts'
import { parts, storeParts, type ArchiveFinding, type Part, type PartFacts, type Root } from './facts.ts'
import { leadsToRoot, partOf, rootOf, type Layout } from './layout.ts'

export interface WalkedFile {
  readonly path: string
  readonly absolute: boolean
  readonly sizeBytes: number
  readonly sha256: string
  /** Contents of a file named CURRENT that is short enough to be one; else null. */
  readonly current: string | null
  /** What a file named as a store's MANIFEST says of its tables; null for any other, and for one that is too long. */
  readonly tables: ManifestTables | null
}

export interface WalkedFolder {
  readonly path: string
  readonly absolute: boolean
}

/** Everything that a reading of an archive kept, by path. */
export interface Walked {
  readonly files: ReadonlyMap<string, WalkedFile>
  readonly folders: readonly WalkedFolder[]
  /** True where it was read to its clean end: only then is what was not seen missing. */
  readonly complete: boolean
}

type Add = (finding: ArchiveFinding) => void

/** Holds what was read against the rules of the archive's own layout. */
export function checkStructure(walked: Walked, layout: Layout, add: Add): void {
  const { roots, manifest } = layout
  if (roots === null) return
  for (const file of walked.files.values()) checkPlace(file, 'file', layout, roots, add)
  for (const folder of walked.folders) checkPlace(folder, 'folder', layout, roots, add)
  if (walked.complete) {
    const present = presentParts(walked, roots)
    for (const part of storeParts) checkStore(part, present.has(part), walked, roots, add)
    if (manifest?.facts?.patchesIncluded === true && !present.has('patches')) {
      const message = 'The manifest says that the patches are included, but the archive has none.'
      add({ code: 'archive.missingPart', part: 'patches', message })
    }
  }
  if (manifest?.facts?.listsFiles === true) checkListed(walked, layout, roots, add)
}

/** The parts that hold at least an entry, with what a plan needs of them. */
export function partFacts(walked: Walked, roots: readonly Root[]): readonly PartFacts[] {
  const filesOf = new Map<Part, { path: string; sizeBytes: number; sha256: string }[]>()
  for (const { path, sizeBytes, sha256 } of walked.files.values()) {
    const root = partOf(path, roots)
    if (root === null || root.path === path) continue
    const files = filesOf.get(root.part) ?? []
    files.push({ path: path.slice(root.path.length + 1), sizeBytes, sha256 })
    filesOf.set(root.part, files)
  }
  const present = presentParts(walked, roots)
  return parts
    .filter((part) => present.has(part))
    .map((part) => {
      const files = filesOf.get(part) ?? []
      const sizeBytes = files.reduce((total, file) => total + file.sizeBytes, 0)
      const listed = storeManifest(part, walked, roots)?.tables
      const tables = listed?.kind === 'tables' ? listed.tables.size : null
      return { part, files: files.length, sizeBytes, digest: treeDigest(files), tables }
    })
}

/** The parts that hold at least an entry of their own. */
function presentParts(walked: Walked, roots: readonly Root[]): ReadonlySet<Part> {
  const present = new Set<Part>()
  for (const { path } of [...walked.folders, ...walked.files.values()]) {
    const root = partOf(path, roots)
    // A file in the place of the folder is no store.
    if (root !== null && !walked.files.has(root.path)) present.add(root.part)
  }
  return present
}

/** Whether an entry lies where this dialect may have one. */
function checkPlace(
  { path, absolute }: { readonly path: string; readonly absolute: boolean },
  kind: 'file' | 'folder',
  { dialect, manifest }: Layout,
  roots: readonly Root[],
  add: Add,
): void {
  if (dialect === 1 && absolute) {
    const message = `The entry ${quoted(`/${path}`)} has an absolute name; this dialect's names are relative to the data folder.`
    add({ code: 'archive.unsafePath', part: null, message })
    return
  }
  if (path === '' || path === manifest?.path) return
  const root = partOf(path, roots)
  if (root !== null && (kind === 'folder' || root.path !== path)) {
    const reason = path === root.path ? null : whyNotRestorable(path.slice(root.path.length + 1))
    if (reason === null) return
    const message = `The entry ${quoted(path)} cannot be restored. ${reason}`
    add({ code: 'archive.tooLarge', part: root.part, message })
    return
  }
  if (kind === 'folder' && leadsToRoot(path, roots)) return
  if (dialect === 1) {
    const message = `The entry ${quoted(path)} belongs to no part of a backup; unpacked into the data folder it would replace what is there.`
    add({ code: 'archive.unexpectedEntry', part: null, message })
  } else {
    const message = `The entry ${quoted(path)} lies below none of the folders that the manifest names.`
    add({ code: 'archive.unsafePath', part: null, message })
  }
}

/** A RocksDB folder has a file CURRENT that names its newest MANIFEST file, which begins with a whole state (RocksDB wiki, "MANIFEST"). */
function checkStore(part: Part, isPresent: boolean, walked: Walked, roots: readonly Root[], add: Add): void {
  const missing = (message: string): void => add({ code: 'archive.missingPart', part, message })
  const root = rootOf(part, roots)
  if (root === null || !isPresent) return missing(`The archive has no ${part} store.`)
  const current = walked.files.get(`${root.path}/CURRENT`)
  if (current === undefined)
    return missing(`The ${part} store has no file CURRENT, so RocksDB cannot open it.`)
  const name = namedBy(current)
  if (name === null) {
    const message = `The ${part} store's file CURRENT does not name a MANIFEST file.`
    add({ code: 'archive.malformed', part, message })
    return
  }
  const manifest = storeManifest(part, walked, roots)
  if (manifest === undefined)
    return missing(`The ${part} store's file CURRENT names ${name}, which is not there.`)
  const malformed = (message: string): void => add({ code: 'archive.malformed', part, message })
  if (manifest.sizeBytes === 0)
    return malformed(
      `The ${part} store's file ${name}, which CURRENT names, is empty: it tells RocksDB of no state to open.`,
    )
  const { tables } = manifest
  if (tables?.kind === 'damaged')
    return malformed(
      `The ${part} store's file ${name} is damaged behind its first ${countOf(tables.records, 'record')}: RocksDB does not open such a store.`,
    )
  if (tables?.kind !== 'tables') return
  for (const [number, sizeBytes] of tables.tables) {
    const digits = String(number).padStart(6, '0')
    const table = `${digits}.sst`
    // RocksDB looks for LevelDB's name too (tried with 7.8.3).
    const file = walked.files.get(`${root.path}/${table}`) ?? walked.files.get(`${root.path}/${digits}.ldb`)
    if (file === undefined)
      missing(
        `The ${part} store lacks the table ${table}, which its ${name} names: RocksDB does not open such a store.`,
      )
    else if (file.sizeBytes !== sizeBytes)
      malformed(
        `The ${part} store's table ${table} has ${file.sizeBytes} bytes, and ${sizeBytes} by its ${name}: RocksDB does not open such a store.`,
      )
  }
}

/** The MANIFEST by which RocksDB opens a store. */
function storeManifest(part: Part, { files }: Walked, roots: readonly Root[]): WalkedFile | undefined {
  const root = rootOf(part, roots)
  const current = root === null ? undefined : files.get(`${root.path}/CURRENT`)
  const name = current === undefined ? null : namedBy(current)
  return root === null || name === null ? undefined : files.get(`${root.path}/${name}`)
}

function namedBy({ current }: WalkedFile): string | null {
  return /^(MANIFEST-[0-9]+)\n$/.exec(current ?? '')?.[1] ?? null
}

/** Files against the hashes that the manifest lists, in both directions. */
function checkListed(walked: Walked, { manifest }: Layout, roots: readonly Root[], add: Add): void {
  if (manifest === null) return
  const listed = new Set<string>()
  for (const { path, sizeBytes, sha256 } of manifest.listed) {
    listed.add(path)
    const part = partOf(path, roots)?.part ?? null
    const file = walked.files.get(path)
    if (file === undefined) {
      const message = `The file ${quoted(path)}, which the manifest lists, is not in the archive.`
      if (walked.complete) add({ code: 'archive.missingPart', part, message })
    } else if (file.sha256 !== sha256 || (sizeBytes !== null && file.sizeBytes !== sizeBytes)) {
      const message = `The file ${quoted(path)} is not what the manifest lists: its SHA-256 is ${file.sha256} with ${file.sizeBytes} bytes, recorded is ${sha256}${sizeBytes === null ? '' : ` with ${sizeBytes}`}.`
      add({ code: 'plain.hashMismatch', part, message })
    }
  }
  for (const { path } of walked.files.values()) {
    const part = partOf(path, roots)?.part ?? null
    // What lies in no part has been told already.
    if (part === null || listed.has(path)) continue
    const message = `The file ${quoted(path)} is not among those that the manifest lists.`
    add({ code: 'archive.unexpectedEntry', part, message })
  }
}
