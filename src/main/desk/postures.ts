import type { RepositoryPosture } from '../../shared/contract/repositories.ts'
import { isHoldfastError } from '../../shared/domain/error.ts'
import { readPosture } from '../operations/posture.ts'
import type { RepositoryView } from '../operations/view-repository.ts'
import type { SavedRepository } from '../ports/desk-state.ts'
import { withStore } from './cluster-repository.ts'
import type { Desk } from './desk.ts'
import { everyTick } from './every-tick.ts'
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
  const view = await viewOf(saved, desk)
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
    await remember(saved.id, posture, desk)
    return posture
  })
}

async function remember(id: string, posture: RepositoryPosture, desk: PostureDesk): Promise<void> {
  const { state, log, publish } = desk
  try {
    await state.postures.put({ id, posture })
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

/** What is known of the backups there, through the first cluster that keeps them there; null where nothing reads them. */
async function viewOf(
  { id }: SavedRepository,
  { state, views }: PostureDesk,
): Promise<RepositoryView | null> {
  const cluster = state.clusters.list().find(({ repositoryId }) => repositoryId === id)
  return cluster === undefined ? null : views.view(cluster.id)
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
  const isDue = ({ id }: SavedRepository): boolean => {
    const judgedAt = state.postures.get(id)?.posture.asOf
    const lastMs = triedAtMs.get(id) ?? (judgedAt === undefined ? null : Date.parse(judgedAt))
    const [cluster] = clustersOf(id)
    const look = cluster && views.look(cluster.id)
    return look?.failure === null && (lastMs === null || clock.now() - lastMs >= judgedEveryMs)
  }
  await everyTick(clock, signal, async () => {
    for (const saved of state.repositories.list().filter(isDue)) {
      if (signal.aborted || isBusy()) return
      triedAtMs.set(saved.id, clock.now())
      await judgeRepository(saved, desk, signal).catch((error: unknown) => {
        if (!signal.aborted) log.incident('posture.notJudged', error)
      })
    }
  })
}
