import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { access, link, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { newestDrills, type Drill } from '../../../shared/domain/drill.ts'
import type { ObjectFacts } from '../../../shared/domain/object-facts.ts'
import { replaceFile } from '../files/private-files.ts'
import type { Catalog, ClusterPin, RememberedHash, RepositoryMemory } from '../../ports/catalog.ts'

/** The one shape of the file; another `schema` is refused rather than guessed at. */
interface CatalogDocument {
  readonly schema: 1
  readonly repository: string
  /** Pairs, not an object: keys of a repository are any text, `__proto__` included. */
  readonly hashes: readonly (readonly [string, RememberedHash])[]
  readonly facts: readonly (readonly [string, ObjectFacts])[]
  readonly pin: ClusterPin | null
  /** A file that was written before it was kept has none. */
  readonly intact?: readonly (readonly [string, string])[]
  /** Newest first; a file that was written before there were drills has none. */
  readonly drills?: readonly Drill[]
}

/**
 * The catalog as files of one folder, readable by its owner alone: `installation-secret`, and for each repository
 * `repositories/<SHA-256 of its address>.json`.
 */
export function openCatalog(folder: string): Catalog {
  return {
    installationSecret: () => readOrMakeSecret(folder),
    openRepository: (repository) => openMemory(folder, repository),
  }
}

async function readOrMakeSecret(folder: string): Promise<Uint8Array> {
  const file = join(folder, 'installation-secret')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if (!(await isThere(file))) {
    // Whole before it has its name, and never in the place of another's: whoever comes second reads the first one's.
    const draft = `${file}.${randomUUID()}`
    try {
      await replaceFile(draft, randomBytes(32))
      await link(draft, file).catch((error: unknown) => {
        if (!isCode(error, 'EEXIST')) throw error
      })
    } finally {
      await rm(draft, { force: true })
    }
  }
  const secret = await readFile(file)
  if (secret.byteLength === 32) return secret
  throw broken(file, 'It does not have the 32 bytes that it should have.')
}

async function openMemory(folder: string, repository: string): Promise<RepositoryMemory> {
  const name = createHash('sha256').update(repository, 'utf8').digest('hex')
  const file = join(folder, 'repositories', `${name}.json`)
  const { hashes, facts, intact, pin: firstPin, drills: firstDrills } = await readDocument(file)
  let pin = firstPin
  let drills = firstDrills
  let dirty = false
  return {
    firstHash: (key) => hashes.get(key) ?? null,
    sawHash(key, hash) {
      if (hashes.has(key)) return
      hashes.set(key, hash)
      dirty = true
    },
    facts: (key) => facts.get(key) ?? null,
    remember(key, learnt) {
      facts.set(key, learnt)
      dirty = true
    },
    intactAt: (key) => intact.get(key) ?? null,
    sawIntact(key, at) {
      if ((intact.get(key) ?? '') >= at) return
      intact.set(key, at)
      dirty = true
    },
    pin: () => pin,
    setPin(learnt) {
      pin = learnt
      dirty = true
    },
    drills: () => drills,
    rememberDrill(drill) {
      drills = newestDrills([drill], drills)
      dirty = true
    },
    async save() {
      if (!dirty) return
      const saved = await readDocument(file)
      mergeFirst(hashes, saved.hashes)
      mergeNewest(facts, saved.facts, ({ readAt }) => readAt)
      mergeNewest(intact, saved.intact, (at) => at)
      if (saved.pin !== null && (pin === null || saved.pin.since < pin.since)) pin = saved.pin
      drills = newestDrills(drills, saved.drills)
      const document: CatalogDocument = {
        schema: 1,
        repository,
        hashes: [...hashes],
        facts: [...facts],
        intact: [...intact],
        pin,
        drills,
      }
      // What is learnt while this is written belongs to the next writing.
      dirty = false
      try {
        await mkdir(join(folder, 'repositories'), { recursive: true, mode: 0o700 })
        await replaceFile(file, `${JSON.stringify(document)}\n`)
      } catch (error) {
        dirty = true
        throw error
      }
    },
  }
}

/** Another process may have saved meanwhile: the older first sight stands. */
function mergeFirst(ours: Map<string, RememberedHash>, theirs: ReadonlyMap<string, RememberedHash>): void {
  for (const [key, hash] of theirs) {
    const own = ours.get(key)
    if (own === undefined || hash.at < own.at) ours.set(key, hash)
  }
}

function mergeNewest<T>(
  ours: Map<string, T>,
  theirs: ReadonlyMap<string, T>,
  timeOf: (learnt: T) => string,
): void {
  for (const [key, learnt] of theirs) {
    const own = ours.get(key)
    if (own === undefined || timeOf(learnt) > timeOf(own)) ours.set(key, learnt)
  }
}

interface Remembered {
  readonly hashes: Map<string, RememberedHash>
  readonly facts: Map<string, ObjectFacts>
  readonly intact: Map<string, string>
  readonly pin: ClusterPin | null
  readonly drills: readonly Drill[]
}

async function readDocument(file: string): Promise<Remembered> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (isCode(error, 'ENOENT')) {
      return { hashes: new Map(), facts: new Map(), intact: new Map(), pin: null, drills: [] }
    }
    throw error
  }
  const document = parse(text)
  if (document === null) throw broken(file, 'It is not a catalog of this version, or it was damaged.')
  const { hashes, facts, intact = [], pin, drills = [] } = document
  return { hashes: new Map(hashes), facts: new Map(facts), intact: new Map(intact), pin, drills }
}

/** Our own file: checked for its outline, so that damage is noticed, not for every field. */
function parse(text: string): CatalogDocument | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const document = value as Partial<CatalogDocument>
  const isPairs = (list: unknown): boolean =>
    Array.isArray(list) &&
    list.every((pair) => Array.isArray(pair) && pair.length === 2 && typeof pair[0] === 'string')
  return document.schema === 1 &&
    isPairs(document.hashes) &&
    isPairs(document.facts) &&
    isPairs(document.intact ?? []) &&
    Array.isArray(document.drills ?? [])
    ? (document as CatalogDocument)
    : null
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

function broken(file: string, why: string): HoldfastError {
  return new HoldfastError('state.broken', {
    what: `What is remembered in ${file} cannot be read.`,
    why,
    unchanged: 'The file was left as it is.',
    next: 'Move it away to start afresh; hashes seen before are then forgotten.',
  })
}
