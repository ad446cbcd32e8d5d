import { implementation } from '../../../src/main/handlers/implement.ts'
import type { AuditLog } from '../../../src/main/ports/audit-log.ts'
import type { Cluster } from '../../../src/shared/contract/clusters.ts'
import { usualFleet } from './sample-fleet.ts'
import { iso } from './seeded.ts'
import { checkReason, checkTyped, sampleOf, type World } from './world.ts'

const { clusters: os } = implementation

export function clusterHandlers(world: World, audit: AuditLog) {
  const put = (changed: Cluster): void => {
    world.fleet = world.fleet.map((sample) =>
      sample.cluster.id === changed.id ? { ...sample, cluster: changed } : sample,
    )
    world.changes.publish({ topic: 'fleet' })
  }
  return {
    list: os.list.handler(() => world.fleet.map(({ cluster }) => cluster)),
    add: os.add.handler(async ({ input }) => {
      const { repository, ...fields } = input
      await audit.append({ action: 'cluster.added', subject: input.name, facts: [] })
      // It holds what the first one of its system holds.
      const samples = usualFleet(world.clock.now())
      const like = samples.find(({ cluster }) => cluster.system === input.system) ?? samples[0]
      if (like === undefined) throw new Error('There is no sample.')
      const cluster: Cluster = {
        ...like.cluster,
        ...fields,
        id: `added-${world.fleet.length}`,
        address: repository.kind === 'new' ? repository.address : like.cluster.address,
        addedAt: iso(world.clock.now()),
      }
      world.fleet = [...world.fleet, { ...like, cluster }]
      world.changes.publish({ topic: 'fleet' })
      return cluster
    }),
    edit: os.edit.handler(async ({ input: { id, reason, ...fields } }) => {
      const sample = sampleOf(id, world)
      checkReason(sample, reason)
      await audit.append({
        action: 'cluster.changed',
        subject: sample.cluster.name,
        facts: [{ name: 'mode', value: fields.mode }],
        reason: reason ?? null,
      })
      const changed = { ...sample.cluster, ...fields }
      put(changed)
      return changed
    }),
    remove: os.remove.handler(async ({ input }) => {
      const sample = sampleOf(input.id, world)
      checkReason(sample, input.reason)
      checkTyped(input.confirm, sample.cluster.name)
      await audit.append({ action: 'cluster.removed', subject: sample.cluster.name, facts: [] })
      world.fleet = world.fleet.filter((each) => each !== sample)
      world.changes.publish({ topic: 'fleet' })
      return {}
    }),
    refresh: os.refresh.handler(({ input }) => {
      const asked = world.fleet.filter(({ cluster }) => input.id === undefined || cluster.id === input.id)
      for (const { cluster } of asked) put({ ...cluster, looking: true })
      void world.clock.wait(1_500).then(() => {
        const asOf = iso(world.clock.now())
        for (const { cluster } of asked) {
          put({ ...cluster, looking: false, look: cluster.look && { ...cluster.look, asOf } })
        }
      })
      return {}
    }),
  }
}
