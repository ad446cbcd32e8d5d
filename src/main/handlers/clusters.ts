import type { Cluster, PostureSummary } from '../../shared/contract/clusters.ts'
import type { RepositoryPosture } from '../../shared/contract/repositories.ts'
import { worstChecksFirst } from '../../shared/domain/posture-check.ts'
import { HoldfastError } from '../../shared/domain/error.ts'
import { addRepository } from '../desk/add-repository.ts'
import { checkReason, checkTyped } from '../desk/confirm.ts'
import type { Desk } from '../desk/desk.ts'
import { forgetHost, trustHost } from '../desk/trust-host.ts'
import { trustedHosts } from '../desk/trusted-hosts.ts'
import { newId } from '../desk/new-id.ts'
import { changedFacts } from '../desk/changed-facts.ts'
import { lastPosture } from '../desk/postures.ts'
import { changeCluster, savedCluster, savedRepository } from '../desk/saved.ts'
import { modeUnder, refuseBelow } from '../desk/under-policy.ts'
import type { SavedCluster } from '../ports/desk-state.ts'
import { implementation, type OneAtATime } from './implement.ts'

/** `alone`: what names are taken, and who uses what, is looked up before it is changed. */
export function createClusterHandlers(desk: Desk, alone: OneAtATime) {
  const { state, audit, views, publish } = desk
  const os = implementation.clusters
  const shown = (cluster: SavedCluster): Cluster => clusterOf(cluster, desk)
  return {
    list: os.list.handler(() => state.clusters.list().map(shown)),

    some: os.some.handler(({ input }) => {
      const ids = new Set(input.ids)
      return state.clusters
        .list()
        .filter((cluster) => ids.has(cluster.id))
        .map(shown)
    }),

    add: os.add.use(alone).handler(async ({ input }) => {
      const { name, masterKeys, rpoMs, rtoMs, system } = input
      const mode = modeUnder(desk.policy, input.mode)
      refuseTakenName(name, null, desk)
      const at = new Date(desk.clock.now()).toISOString()
      const repository =
        input.repository.kind === 'saved'
          ? savedRepository(input.repository.id, state)
          : await addRepository(
              { name, system, address: input.repository.address, access: input.repository.access },
              desk,
            )
      const cluster: SavedCluster = {
        id: newId(name, state.clusters.list(), desk.random),
        name,
        system,
        mode,
        repositoryId: repository.id,
        masterKeys,
        rpoMs,
        rtoMs,
        addedAt: at,
        connection: null,
        hostKeys: [],
        ownSchedule: null,
        drillSchedule: null,
        retention: { rules: null, sweepsOrphans: false, pins: [] },
      }
      await audit.append({
        action: 'cluster.added',
        subject: name,
        facts: [
          { name: 'system', value: system },
          { name: 'repository', value: repository.address },
          { name: 'mode', value: mode },
        ],
      })
      await state.clusters.put(cluster)
      publish({ topic: 'fleet' })
      void views.refresh(cluster.id)
      return shown(cluster)
    }),

    edit: os.edit.use(alone).handler(async ({ input }) => {
      const { id, reason, ...fields } = input
      const cluster = savedCluster(id, state)
      checkReason(cluster, reason ?? null)
      refuseBelow(fields.mode, desk.policy)
      refuseTakenName(fields.name, id, desk)
      await audit.append({
        action: 'cluster.changed',
        subject: cluster.name,
        facts: changedFacts(cluster, { ...cluster, ...fields }, [
          'name',
          'mode',
          'rpoMs',
          'rtoMs',
          'masterKeys',
        ]),
        reason: reason ?? null,
      })
      const changed = await changeCluster(id, (now) => ({ ...now, ...fields }), state)
      views.changed(cluster.repositoryId)
      publish({ topic: 'fleet' })
      return shown(changed)
    }),

    trustHost: os.trustHost.handler(async ({ input: { id, reason, ...host } }) => {
      await trustHost(savedCluster(id, state), host, reason ?? null, desk)
      return {}
    }),

    trustedHosts: os.trustedHosts.handler(async () => trustedHosts(desk)),

    forgetHost: os.forgetHost.handler(async ({ input: { id, address, reason } }) => {
      await forgetHost(savedCluster(id, state), address, reason ?? null, desk)
      return {}
    }),

    remove: os.remove.use(alone).handler(async ({ input }) => {
      const cluster = savedCluster(input.id, state)
      checkReason(cluster, input.reason ?? null)
      checkTyped(
        input.confirm,
        cluster.name,
        'It takes the cluster off this list; its backups stay as they are.',
      )
      await audit.append({
        action: 'cluster.removed',
        subject: cluster.name,
        facts: [{ name: 'system', value: cluster.system }],
        reason: input.reason ?? null,
      })
      await state.clusters.remove(cluster.id)
      await views.forget(cluster.id)
      desk.healths.forget(cluster.id)
      publish({ topic: 'fleet' })
      return {}
    }),

    refresh: os.refresh.handler(({ input }) => {
      if (input.id === undefined) void views.refreshAll(state.clusters.list().map(({ id }) => id))
      else void views.refresh(savedCluster(input.id, state).id)
      return {}
    }),
  }
}

function clusterOf(cluster: SavedCluster, { state, views, healths }: Desk): Cluster {
  const repository = state.repositories.get(cluster.repositoryId)
  const health = healths.get(cluster.id)
  return {
    id: cluster.id,
    name: cluster.name,
    system: cluster.system,
    mode: cluster.mode,
    repositoryId: cluster.repositoryId,
    address: repository?.address ?? '',
    masterKeys: [...cluster.masterKeys],
    masterKeyHints: cluster.masterKeys.map((id) => state.credentials.get(id)?.hint ?? 'gone'),
    rpoMs: cluster.rpoMs,
    rtoMs: cluster.rtoMs,
    addedAt: cluster.addedAt,
    hostKeys: cluster.hostKeys.map((key) => ({ ...key })),
    masters: {
      state: cluster.connection === null ? 'none' : (health?.state ?? 'notAsked'),
      words: health?.words ?? null,
      at: health?.at ?? null,
    },
    posture: repository && summaryOf(lastPosture(repository, { state })),
    look: views.look(cluster.id),
    looking: views.isLooking(cluster.id),
  }
}

function summaryOf(posture: RepositoryPosture | null): PostureSummary | null {
  if (posture === null) return null
  const { asOf, verdict, checks } = posture
  const [first] = worstChecksFirst(checks)
  const worst = first?.state === 'bad' || first?.state === 'warning' ? first : null
  return {
    asOf,
    verdict,
    good: checks.filter(({ state }) => state === 'good').length,
    of: checks.filter(({ state }) => state !== 'notApplicable').length,
    worst: worst && { id: worst.id, state: worst.state, sentence: worst.sentence },
  }
}

/** The name is what is typed to confirm, so it means one cluster. */
function refuseTakenName(name: string, ownId: string | null, { state }: Desk): void {
  if (!state.clusters.list().some((cluster) => cluster.name === name && cluster.id !== ownId)) return
  throw new HoldfastError('usage', {
    what: `There is a cluster named ${name} already.`,
    why: 'The name is typed to confirm what cannot be undone, so it has to mean one cluster.',
    unchanged: 'Nothing was changed.',
    next: 'Choose another name.',
  })
}
