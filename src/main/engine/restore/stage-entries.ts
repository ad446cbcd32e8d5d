import { createHash } from 'node:crypto'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { PlannedPlacement, RestorePlan } from '../../../shared/domain/restore-plan.ts'
import type { LockedTarget, StagingPlace } from '../../ports/restore-target.ts'
import { nameLimits } from '../archive/name-register.ts'
import { treeDigest, type TreeFile } from '../tree-digest.ts'
import { isSameItem, type ItemFacts } from './item-facts.ts'
import { whyNotRestorable } from './restorable-path.ts'
import type { StagedEntry } from '../../ports/staged-entry.ts'
import { throwIfCancelled } from './swap-run.ts'

/** No more than an archive may have. */
const mostFolders = nameLimits.names

export interface StageParts {
  readonly run: string
  readonly target: LockedTarget
  readonly signal?: AbortSignal | undefined
  readonly onBytes?: ((bytes: number) => void) | undefined
}

/** What has come in for one planned item. */
interface Received {
  readonly plan: PlannedPlacement
  readonly files: TreeFile[]
  sizeBytes: number
}

/**
 * Writes what a backup system delivers into the run's staging, hashing on the way, and throws where anything is not as
 * the plan says: an item, a file or a byte more or fewer, a path that is none, another digest. Nothing an entry says is
 * trusted: where and how it is written is decided here.
 */
export async function stageEntries(
  plan: Pick<RestorePlan, 'items'>,
  entries: AsyncIterable<StagedEntry>,
  parts: StageParts,
): Promise<ReadonlyMap<string, ItemFacts>> {
  const received = new Map<string, Received>()
  for (const item of plan.items) {
    received.set(item.name, { plan: item, files: [], sizeBytes: 0 })
    // Also one without files has to be there afterwards.
    if (item.kind === 'folder') await parts.target.makeFolder(placeOf(item.name, parts), '', item.owner)
  }
  const names = new NameBook()
  for await (const entry of entries) {
    throwIfCancelled(parts.signal)
    const item = received.get(entry.item)
    if (item === undefined) throw refuseEntry(entry, 'The plan has no such item.')
    const reason = whyNoEntryOf(item.plan, entry) ?? names.add(entry)
    if (reason !== null) throw refuseEntry(entry, reason)
    if (entry.kind === 'folder') {
      await parts.target.makeFolder(placeOf(entry.item, parts), entry.path, item.plan.owner)
    } else {
      await stageFile(item, entry, parts)
    }
  }
  throwIfCancelled(parts.signal)
  return new Map([...received.values()].map((item) => [item.plan.name, compared(item)]))
}

async function stageFile(item: Received, entry: StagedEntry, parts: StageParts): Promise<void> {
  if (item.files.length >= item.plan.files) throw refuseEntry(entry, 'It is one file more than the plan has.')
  if (item.sizeBytes + entry.sizeBytes > item.plan.sizeBytes) {
    throw refuseEntry(entry, 'With it the item is larger than the plan says.')
  }
  const hash = createHash('sha256')
  let sizeBytes = 0
  async function* measured(): AsyncGenerator<Uint8Array> {
    for await (const piece of entry.pieces) {
      sizeBytes += piece.byteLength
      if (sizeBytes > entry.sizeBytes)
        throw refuseEntry(entry, `It has more than its ${entry.sizeBytes} bytes.`)
      hash.update(piece)
      yield piece
      parts.onBytes?.(piece.byteLength)
    }
    if (sizeBytes < entry.sizeBytes) {
      throw refuseEntry(entry, `It ends after ${sizeBytes} of its ${entry.sizeBytes} bytes.`)
    }
  }
  const { owner } = item.plan
  const { target, signal } = parts
  await target.writeFile(placeOf(entry.item, parts), entry.path, measured(), {
    owner,
    sizeBytes: entry.sizeBytes,
    signal,
  })
  item.sizeBytes += sizeBytes
  item.files.push({ path: entry.path, sizeBytes, sha256: hash.digest('hex') })
}

function compared({ plan, files, sizeBytes }: Received): ItemFacts {
  const digest = plan.kind === 'file' ? (files[0]?.sha256 ?? '') : treeDigest(files)
  const facts: ItemFacts = { kind: plan.kind, files: files.length, sizeBytes, digest }
  if (isSameItem(facts, plan)) return facts
  throw new HoldfastError('restore.failed', {
    what: `${plan.name} did not come out of the backup as planned.`,
    why: `Planned: ${described(plan)}; received: ${described(facts)}.`,
  })
}

function described({ files, sizeBytes, digest }: ItemFacts): string {
  return `${files} files with ${sizeBytes} bytes, digest ${digest}`
}

/** Null for an entry that may belong to the item, whatever else came before. */
function whyNoEntryOf(plan: PlannedPlacement, entry: StagedEntry): string | null {
  if (!Number.isSafeInteger(entry.sizeBytes) || entry.sizeBytes < 0) return 'Its size is no whole number.'
  if (plan.kind === 'file') {
    return entry.kind === 'file' && entry.path === '' ? null : 'In the plan this item is a single file.'
  }
  if (entry.path === '') {
    return entry.kind === 'folder' ? null : 'In the plan this item is a folder.'
  }
  return whyNotRestorable(entry.path)
}

/** Which paths are files and which are folders; a name is never both, and a file comes once. */
class NameBook {
  readonly #files = new Set<string>()
  readonly #folders = new Set<string>()

  /** Null where the entry fits what came before. */
  add(entry: StagedEntry): string | null {
    const full = entry.path === '' ? entry.item : `${entry.item}/${entry.path}`
    if (this.#files.has(full)) return 'It comes twice, or is a file and a folder.'
    if (entry.kind === 'file') {
      if (this.#folders.has(full)) return 'It comes as a file and as a folder.'
      this.#files.add(full)
    } else {
      this.#folders.add(full)
    }
    for (let at = full.lastIndexOf('/'); at > 0; at = full.lastIndexOf('/', at - 1)) {
      const above = full.slice(0, at)
      if (this.#files.has(above)) return `${above} came as a file.`
      if (this.#folders.has(above)) break
      this.#folders.add(above)
    }
    return this.#folders.size > mostFolders ? `There are more than ${mostFolders} folders.` : null
  }
}

function placeOf(name: string, { run }: StageParts): StagingPlace {
  return { area: 'staging', run, name }
}

function refuseEntry(entry: StagedEntry, why: string): HoldfastError {
  const path = entry.path === '' ? entry.item : `${entry.item}/${entry.path}`
  return new HoldfastError('restore.failed', {
    what: `What the backup delivers as ${JSON.stringify(path.slice(0, 300))} cannot be restored.`,
    why,
  })
}
