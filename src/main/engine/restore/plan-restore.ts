import { createHash } from 'node:crypto'
import { canonicalJson } from '../../../shared/domain/canonical-json.ts'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { bytesWords } from '../../../shared/domain/size-words.ts'
import type {
  Owner,
  PlannedItem,
  PlannedObject,
  PlannedStep,
  RestorePlan,
} from '../../../shared/domain/restore-plan.ts'
import type { TargetState } from './inspect-target.ts'
import { refuseTarget } from './refuse-target.ts'
import { isItemName } from './restorable-path.ts'

/** A file or folder takes whole blocks and an entry of its own; 4 KiB is the usual block. */
const bytesPerFile = 8192
const journalBytes = 1024 * 1024

export interface RestoreRequest {
  readonly system: string
  /** Canonical repository address. */
  readonly repository: string
  readonly backup: { readonly backupId: string; readonly createdAt: string | null }
  /** Of the saved cluster or the manifest; null where none is known. */
  readonly cluster: string | null
  readonly objects: readonly PlannedObject[]
  readonly items: readonly PlannedItem[]
  /** Files that the run itself writes, with the most bytes that each may have. */
  readonly generated?: readonly { readonly name: string; readonly maxBytes: number }[]
  /** Every name that the system keeps in such a folder; items and generated files need not be repeated. */
  readonly manages: readonly string[]
}

/** The names that the state of a target has to be asked for before a plan is made of it. */
export function managedNames(
  request: Pick<RestoreRequest, 'items' | 'generated' | 'manages'>,
): readonly string[] {
  const names = [...request.manages, ...request.items, ...(request.generated ?? [])]
  return [...new Set(names.map((each) => (typeof each === 'string' ? each : each.name)))].sort()
}

/**
 * The plan of a restore: the same request and the same state give the same plan. Changes nothing. Throws
 * `restore.refused` for a request that cannot be restored into any target, `target.refused` and `target.full` for this one.
 */
export function planRestore(request: RestoreRequest, state: TargetState): RestorePlan {
  refuseRequest(request)
  const generated = request.generated ?? []
  const files = request.items.reduce((sum, item) => sum + item.files + 1, generated.length)
  const sizeBytes =
    request.items.reduce((sum, item) => sum + item.sizeBytes, 0) +
    generated.reduce((sum, file) => sum + file.maxBytes, 0)
  const replaces = refuseTarget(state)
  const plan: RestorePlan = {
    format: 'holdfast-plan/1',
    system: request.system,
    repository: request.repository,
    backupId: request.backup.backupId,
    createdAt: request.backup.createdAt,
    cluster: request.cluster,
    targetDir: state.dir,
    confirm: request.cluster ?? state.dir.split('/').at(-1) ?? state.dir,
    objects: request.objects,
    items: request.items.map(({ name, kind, files: count, sizeBytes: size, digest }) => ({
      name,
      kind,
      files: count,
      sizeBytes: size,
      digest,
      owner: ownerIn(state, name),
    })),
    generated: generated.map(({ name, maxBytes }) => ({ name, maxBytes, owner: ownerIn(state, name) })),
    manages: [...new Set([...managedNames(request), ...state.manages])].sort(),
    replaces,
    fileMode: '0640',
    folderMode: '0750',
    spaceBytes: sizeBytes + files * bytesPerFile + journalBytes,
    steps: stepsOf(
      state.dir,
      [...request.items, ...generated].map(({ name }) => name),
      replaces.map(({ name }) => name),
    ),
  }
  refuseFull(plan, state.freeBytes)
  return plan
}

/** What the operator confirms: the SHA-256 of the plan's canonical text. */
export function planHash(plan: RestorePlan): string {
  return createHash('sha256').update(canonicalJson(plan)).digest('hex')
}

/** Who gets what is put there: the owner of what it replaces, else of the target folder. */
export function ownerIn(
  state: Pick<TargetState, 'canGiveAway' | 'owner' | 'standing'>,
  name: string,
): Owner | null {
  if (!state.canGiveAway) return null
  return state.standing.find((entry) => entry.name === name)?.owner ?? state.owner
}

/** A tenth of what is free stays free, for those who live there. */
export function refuseFull(plan: RestorePlan, freeBytes: number): void {
  if (plan.spaceBytes <= freeBytes * 0.9) return
  throw new HoldfastError('target.full', {
    what: `There is not enough room in ${plan.targetDir}.`,
    why: `The restore needs ${bytesWords(plan.spaceBytes)}, with a tenth of the free space to spare; ${bytesWords(freeBytes)} are free.`,
    unchanged: 'Nothing was changed.',
    next: 'Make room, or choose another target.',
  })
}

function refuseRequest(request: RestoreRequest): void {
  const own = [...request.items, ...(request.generated ?? [])].map(({ name }) => name)
  const seen = new Set<string>()
  const twice = own.find((name) => seen.size === seen.add(name).size)
  if (twice !== undefined) throw refused(`The backup has ${JSON.stringify(twice)} twice.`)
  if (request.items.length === 0) throw refused('The backup has nothing that could be restored.')
  for (const name of managedNames(request)) {
    if (!isItemName(name)) {
      throw refused(`${JSON.stringify(name)} is no name that a restore may give.`)
    }
  }
  for (const { name, files, sizeBytes } of request.items) {
    if (![files, sizeBytes].every((count) => Number.isSafeInteger(count) && count >= 0)) {
      throw refused(`The size of ${name} is no whole number.`)
    }
  }
}

function stepsOf(
  dir: string,
  writes: readonly string[],
  replaces: readonly string[],
): readonly PlannedStep[] {
  const staging = `${dir}/.holdfast/staging`
  const aside = replaces.length === 0 ? null : replaces.join(', ')
  return [
    {
      id: 'check',
      does: 'Takes the lock of the target, brings an earlier run that was cut short to its end, and compares the target with this plan.',
      touches: `${dir}/.holdfast`,
      undo: 'Not needed: no store is touched.',
    },
    {
      id: 'stage',
      does: `Reads the objects in the versions named here and writes ${writes.join(', ')} beside the live data, comparing every hash.`,
      touches: staging,
      undo: 'Removes the staging folder.',
    },
    {
      id: 'sync',
      does: 'Waits until the disk has everything.',
      touches: staging,
      undo: 'Removes the staging folder.',
    },
    {
      id: 'swap',
      does: `${aside === null ? 'Moves' : `Moves ${aside} aside to <name>.before-restore-<time>, then moves`} in ${writes.join(', ')}.`,
      touches: [...new Set([...writes, ...replaces])].map((name) => `${dir}/${name}`).join(', '),
      undo: 'Moves each name back. Cut short, the next run finishes the swap or moves back; never in between.',
    },
    {
      id: 'verify',
      does: 'Reads back every byte in its place and compares the hashes.',
      touches: 'Nothing.',
      undo: 'Moves each name back.',
    },
    {
      id: 'finish',
      does: 'Writes the end to the journal, removes the empty staging folder, gives the lock back.',
      touches: `${dir}/.holdfast`,
      undo: 'A rollback moves back what stood before; nothing that was moved aside is ever deleted.',
    },
  ]
}

function refused(what: string): HoldfastError {
  return new HoldfastError('restore.refused', { what, unchanged: 'Nothing was changed.' })
}
