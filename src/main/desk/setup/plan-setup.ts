import { createHash } from 'node:crypto'
import type { Settings } from '../../../shared/contract/settings.ts'
import type { SetupCluster, SetupDocument, SetupPlan, SetupRow } from '../../../shared/contract/setup.ts'
import { canonicalJson } from '../../../shared/domain/canonical-json.ts'
import { isHoldfastError } from '../../../shared/domain/error.ts'
import { setupChanges, type SetupChange } from '../../../shared/domain/setup-changes.ts'
import type { JsonObject } from '../../../shared/domain/strict-json.ts'
import type { SavedCluster, SavedRepository, SavedTarget } from '../../ports/desk-state.ts'
import { canonicalAddress } from '../cluster-repository.ts'
import type { Desk } from '../desk.ts'
import { locked, modeUnder } from '../under-policy.ts'
import { newId } from '../new-id.ts'
import { keysInConnection } from '../trust-host.ts'
import { credentialBinder, type Binder } from './bind-credentials.ts'
import { boundAccess, boundAnchor, boundConnection, boundKeys } from './bound-fields.ts'
import { checkCluster } from './check-cluster.ts'
import { portableCluster, portableRepository, portableSettings } from './portable.ts'
import { readSetup } from './read-setup.ts'
import { targetId } from '../remember-target.ts'

export type SetupDesk = Pick<Desk, 'state' | 'policy' | 'random' | 'scratch' | 'clock' | 'jobs'>

/** What an import shows, and what it would write: only what is new or another than now. */
export interface PlannedSetup {
  readonly plan: SetupPlan
  readonly repositories: readonly SavedRepository[]
  readonly clusters: readonly SavedCluster[]
  readonly targets: readonly SavedTarget[]
  readonly settings: Settings | null
}

interface Bound<T> {
  readonly row: SetupRow
  /** Null: refused. */
  readonly record: T | null
}

/**
 * Holds a document against what is saved. What is saved here and not in it stays, and so does what it says nothing of: a
 * connection, a schedule, a rule, a pin, a key. Throws `usage` for what is no setup.
 */
export async function planSetup(text: string, desk: SetupDesk): Promise<PlannedSetup> {
  const document = readSetup(text)
  const binder = credentialBinder(desk.state)
  const repositories = await bindRepositories(document, binder, desk)
  const byGivenId = new Map(
    document.repositories.map(({ id }, at) => [id, repositories[at]?.record ?? null] as const),
  )
  const clusters: Bound<SavedCluster>[] = []
  for (const given of document.clusters) {
    clusters.push(await bindCluster(given, byGivenId, { binder, before: clusters, desk }))
  }
  const clusterIds = new Map(
    document.clusters.map(({ id }, at) => [id, clusters[at]?.record?.id ?? null] as const),
  )
  const targets = document.targets.map((given) => bindTarget(given, clusterIds, desk))
  const settings = bindSettings(document.settings, binder, desk)
  const rows = [...repositories, ...clusters, ...targets, settings].map(({ row }) => row)
  return {
    plan: summary(rows, text, { binder, desk }),
    repositories: written(repositories),
    clusters: written(clusters),
    targets: written(targets),
    settings: written([settings])[0] ?? null,
  }
}

function summary(
  rows: SetupRow[],
  text: string,
  { binder, desk }: { readonly binder: Binder; readonly desk: SetupDesk },
): SetupPlan {
  const of = (fate: SetupRow['fate']): number => rows.filter((row) => row.fate === fate).length
  const weakenings = rows.flatMap(({ fields }) => fields).filter(({ weakens }) => weakens !== null).length
  const isProtected = (name: string): boolean =>
    desk.state.clusters.list().some((cluster) => cluster.name === name && cluster.mode === 'protected')
  const { missing } = binder
  // The ids that were found as well: another credential of the same name is another plan.
  const hashed = { rows, missing, found: [...binder.found], text: sha256(text) }
  return {
    hash: sha256(canonicalJson(hashed)),
    rows,
    missing,
    adds: of('add'),
    changes: of('change'),
    same: of('same'),
    refuses: of('refuse'),
    weakenings,
    needsReason:
      weakenings > 0 ||
      rows.some((row) => row.of === 'cluster' && row.fate === 'change' && isProtected(row.name)),
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}

function written<T>(bound: readonly Bound<T>[]): readonly T[] {
  return bound.flatMap(({ row: { fate }, record }) =>
    record !== null && (fate === 'add' || fate === 'change') ? [record] : [],
  )
}

async function bindRepositories(
  { repositories }: SetupDocument,
  binder: Binder,
  desk: SetupDesk,
): Promise<readonly Bound<SavedRepository>[]> {
  const bound: Bound<SavedRepository>[] = []
  const taken = new Set<string>()
  for (const given of repositories) {
    const { name, system } = given
    const result = await refusable('repository', name, async () => {
      const address = await canonicalAddress(system, given.address)
      const now = savedLike({ ...given, address }, taken, desk)
      if (now !== null) taken.add(now.id)
      const record: SavedRepository = {
        id: now?.id ?? freeId(given, [...desk.state.repositories.list(), ...records(bound)], desk),
        name,
        address,
        system,
        access: boundAccess(given.access, now?.access ?? null, binder, name),
      }
      const seen = (one: SavedRepository) => compared(portableRepository(one, desk.state))
      return { record, isNew: now === null, fields: setupChanges(now && seen(now), seen(record)) }
    })
    bound.push(result)
  }
  return bound
}

/** Names of repositories may stand twice: the same id tells which one is meant, then the same place. */
function savedLike(
  { id, name, system, address }: Pick<SavedRepository, 'id' | 'name' | 'system' | 'address'>,
  taken: ReadonlySet<string>,
  { state }: SetupDesk,
): SavedRepository | null {
  const named = state.repositories
    .list()
    .filter((each) => each.name === name && each.system === system && !taken.has(each.id))
  return (
    named.find((each) => each.id === id) ?? named.find((each) => each.address === address) ?? named[0] ?? null
  )
}

async function bindCluster(
  given: SetupCluster,
  repositories: ReadonlyMap<string, SavedRepository | null>,
  {
    binder,
    before,
    desk,
  }: { readonly binder: Binder; readonly before: readonly Bound<SavedCluster>[]; readonly desk: SetupDesk },
): Promise<Bound<SavedCluster>> {
  const { state } = desk
  const { name, system } = given
  const saved = state.clusters.list().find((each) => each.name === name) ?? null
  // Of another system nothing of how its masters are reached can stay.
  const now = saved?.system === system ? saved : null
  return refusable('cluster', name, async () => {
    const repository = repositories.get(given.repository) ?? null
    if (repository === null) throw new Refused('Its repository is refused.')
    const inConnection = await keysInConnection(system)
    const record = inConnection({
      id: saved?.id ?? freeId(given, [...state.clusters.list(), ...records(before)], desk),
      name,
      system,
      mode: modeUnder(desk.policy, given.mode),
      repositoryId: repository.id,
      masterKeys: boundKeys(given, saved, binder),
      rpoMs: given.rpoMs,
      rtoMs: given.rtoMs,
      addedAt: saved?.addedAt ?? given.addedAt,
      connection: (await boundConnection(given, now, binder)) ?? now?.connection ?? null,
      hostKeys: given.hostKeys,
      ownSchedule: given.ownSchedule ?? now?.ownSchedule ?? null,
      drillSchedule: given.drillSchedule ?? now?.drillSchedule ?? null,
      retention: {
        ...given.retention,
        rules: given.retention.rules ?? saved?.retention.rules ?? null,
        pins: [
          ...(saved?.retention.pins ?? []).filter((pin) => !isPinned(pin.backupId, given)),
          ...given.retention.pins,
        ],
      },
    })
    await checkCluster(record, saved, desk)
    const placed = [...state.repositories.list(), ...records([...repositoriesOf(repositories)])]
    const seen = async (one: SavedCluster) => {
      const of = placed.find(({ id }) => id === one.repositoryId)
      const portable = compared(await portableCluster(one, state))
      return { ...portable, repository: of === undefined ? '' : `${of.name} (${of.address})` }
    }
    return {
      record,
      isNew: saved === null,
      fields: setupChanges(saved && (await seen(saved)), await seen(record)),
    }
  })
}

function* repositoriesOf(
  given: ReadonlyMap<string, SavedRepository | null>,
): Iterable<Pick<Bound<SavedRepository>, 'record'>> {
  for (const record of given.values()) yield { record }
}

function isPinned(id: string, { retention }: SetupCluster): boolean {
  return retention.pins.some(({ backupId }) => backupId === id)
}

function bindTarget(
  { dir, usedAt, clusterId, backupId }: SetupDocument['targets'][number],
  clusters: ReadonlyMap<string, string | null>,
  { state }: SetupDesk,
): Bound<SavedTarget> {
  const id = targetId(dir)
  const isThere = state.targets.get(id) !== null
  return {
    row: { of: 'target', name: dir, fate: isThere ? 'same' : 'add', because: null, fields: [] },
    record: { id, dir, usedAt, clusterId: clusterId && (clusters.get(clusterId) ?? null), backupId },
  }
}

function bindSettings(given: SetupDocument['settings'], binder: Binder, desk: SetupDesk): Bound<Settings> {
  const { state } = desk
  const now = state.settings.get()
  const name = 'Settings'
  try {
    const record: Settings = {
      ...given,
      ...locked(desk.policy),
      auditAnchor: boundAnchor(given.auditAnchor, now.auditAnchor, binder, state),
    }
    const fields = setupChanges({ ...portableSettings(now, state) }, { ...portableSettings(record, state) })
    return { row: rowOf('settings', name, fields, false), record }
  } catch (error) {
    return { row: refusedRow('settings', name, error), record: null }
  }
}

class Refused extends Error {}

async function refusable<T>(
  of: SetupRow['of'],
  name: string,
  work: () => Promise<{
    readonly record: T
    readonly isNew: boolean
    readonly fields: readonly SetupChange[]
  }>,
): Promise<Bound<T>> {
  try {
    const { record, isNew, fields } = await work()
    return { row: rowOf(of, name, fields, isNew), record }
  } catch (error) {
    return { row: refusedRow(of, name, error), record: null }
  }
}

function rowOf(of: SetupRow['of'], name: string, fields: readonly SetupChange[], isNew: boolean): SetupRow {
  const fate = isNew ? 'add' : fields.length === 0 ? 'same' : 'change'
  return { of, name, fate, because: null, fields: [...fields] }
}

function refusedRow(of: SetupRow['of'], name: string, error: unknown): SetupRow {
  if (error instanceof Refused) return { of, name, fate: 'refuse', because: error.message, fields: [] }
  if (!isHoldfastError(error)) throw error
  const { what, why } = error.text
  return { of, name, fate: 'refuse', because: why === undefined ? what : `${what} ${why}`, fields: [] }
}

function records<T>(bound: readonly Pick<Bound<T>, 'record'>[]): readonly T[] {
  return bound.flatMap(({ record }) => (record === null ? [] : [record]))
}

/** Without what a setup is not compared by. */
function compared<T extends object>(record: T): JsonObject {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== 'id' && name !== 'addedAt'))
}

/** The id that it had, so that a setup comes back as it was; another one where that is taken. */
function freeId(
  { id, name }: { readonly id: string; readonly name: string },
  taken: readonly { readonly id: string }[],
  { random }: SetupDesk,
): string {
  return taken.some((each) => each.id === id) ? newId(name, taken, random) : id
}
