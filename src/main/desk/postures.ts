import type { RepositoryPosture } from '../../shared/contract/repositories.ts'
import { canonicalJson } from '../../shared/domain/canonical-json.ts'
import { isHoldfastError } from '../../shared/domain/error.ts'
import { readPosture } from '../operations/posture.ts'
import type { SavedRepository } from '../ports/desk-state.ts'
import { withStore } from './cluster-repository.ts'
import type { Desk } from './desk.ts'
import { everyTick } from './every-tick.ts'
import { repositoryView } from './repository-view.ts'
import { findCopies } from './find-copies.ts'

/** Settings of a bucket change seldom; whoever wants to know now asks. */
const judgedEveryMs = 24 * 3_600_000

type PostureDesk = Pick<Desk, 'state' | 'secrets' | 'openStore' | 'views' | 'clock' | 'log' | 'publish'>

/** How well a saved repository is protected now. It is remembered, for the fleet to show with its age. */
export async function judgeRepository(
  saved: SavedRepository,
  desk: PostureDesk,
  signal: AbortSignal,
): Promise<RepositoryPosture> {
  const { clock } = desk
  const view = await repositoryView(saved, desk)
  const known = view && { system: view.system, backups: view.backups.map(({ backup }) => backup) }
  const intact = view?.backups.filter(({ verdict }) => verdict !== 'bad').map(({ backup }) => backup) ?? null
  const copies = intact && (await findCopies(saved, intact, desk, signal))
  return withStore(saved, 'posture', desk, 'read', async (store) => {
    const nowMs = clock.now()
    const { verdict, checks } = await readPosture(store, known, { nowMs, copies, signal })
    const posture = {
      asOf: new Date(nowMs).toISOString(),
      verdict,
      checks: checks.map((check) => ({ ...check, evidence: [...check.evidence] })),
    }
    await remember(saved, posture, desk)
    return posture
  })
}

/** As it was last judged; null before that, and once it is at another place or is reached in another way. */
export function lastPosture(
  saved: SavedRepository,
  { state }: Pick<Desk, 'state'>,
): RepositoryPosture | null {
  const kept = state.postures.get(saved.id)
  return kept?.place === placeOf(saved) ? kept.posture : null
}

function placeOf({ address, access }: SavedRepository): string {
  return canonicalJson({ address, access })
}

async function remember(
  saved: SavedRepository,
  posture: RepositoryPosture,
  desk: PostureDesk,
): Promise<void> {
  const { id } = saved
  const { state, log, publish } = desk
  try {
    await state.postures.put({ id, place: placeOf(saved), posture })
  } catch (error) {
    // A cache: worth a line in the log, not a failure.
    if (!isHoldfastError(error, 'state.readOnly')) log.incident('posture.notKept', error)
    return
  }
  publish({ topic: 'postures', id })
  // Their rows alone: a fleet is large.
  for (const cluster of state.clusters.list())
    if (cluster.repositoryId === id) publish({ topic: 'cluster', id: cluster.id })
}

/**
 * Judges each repository that clusters use once a day, one after the other, while none is being looked at: what hangs on a restore
 * comes first. One that could not be looked at is left until it can be; one that could not be judged, for a day.
 */
export async function runPostures(desk: PostureDesk, signal: AbortSignal): Promise<void> {
  const { state, clock, views, log } = desk
  const triedAtMs = new Map<string, number>()
  const clustersOf = (id: string) => state.clusters.list().filter((each) => each.repositoryId === id)
  const isBusy = (): boolean => state.clusters.list().some(({ id }) => views.isLooking(id))
  const isDue = (saved: SavedRepository): boolean => {
    const judgedAt = lastPosture(saved, desk)?.asOf
    const lastMs = triedAtMs.get(placeOf(saved)) ?? (judgedAt === undefined ? null : Date.parse(judgedAt))
    const [cluster] = clustersOf(saved.id)
    const look = cluster && views.look(cluster.id)
    return look?.failure === null && (lastMs === null || clock.now() - lastMs >= judgedEveryMs)
  }
  await everyTick(clock, signal, async () => {
    for (const saved of state.repositories.list().filter(isDue)) {
      if (signal.aborted || isBusy()) return
      triedAtMs.set(placeOf(saved), clock.now())
      await judgeRepository(saved, desk, signal).catch((error: unknown) => {
        if (!signal.aborted) log.incident('posture.notJudged', error)
      })
    }
  })
}
