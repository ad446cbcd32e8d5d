import { done, failed, knownAs, notYet, unknown } from '../../../engine/runbook/outcomes.ts'
import { action, manual, wait } from '../../../engine/runbook/steps.ts'
import { isHoldfastError } from '../../../../shared/domain/error.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import { isJsonObject } from '../../../../shared/domain/strict-json.ts'
import { sh } from '../../../engine/runbook/twins.ts'
import type { GrpcMessage } from '../../../ports/grpc-client.ts'
import type { Step, StepContext } from '../../../ports/runbook.ts'
import { kisekiProtocol } from '../protocol.ts'
import type { KisekiNode, KisekiSite } from './site.ts'

/** Source (storage_admin.rs, scrub_scheduler.rs): a pass that failed is recorded as succeeded with zeros. */
const zeros =
  'It says “succeeded” with zeros in every count: so ends a pass that found nothing, and so ends one that failed. It proves nothing.'

const service = '/kiseki.v1.StorageAdminService'
const deadlineMs = 30_000

/**
 * On each live node, because a node repairs others and never itself, and its list is its own (source: scrub_adapters.rs, repair_tracker.rs).
 * The pass that runs by itself every 10 minutes is in no list.
 */
export function scrubEach(site: KisekiSite): readonly Step[] {
  const reachable = site.nodes.flatMap((node) =>
    node.dataPort === null ? [] : [{ node, port: node.dataPort }],
  )
  if (reachable.length < site.nodes.length) {
    return [
      manual({
        id: 'scrub',
        section: 'restore',
        title: 'Begin a scrub on each live node',
        why: 'Only so is what a lost node missed written to it again. The connection names no data port for every node.',
        does: [
          'On each live node, one after another: kiseki-storage --endpoint http://NODE:9100 scrub',
          'Then kiseki-storage --endpoint http://NODE:9100 repairs list, until it has ended.',
          zeros,
        ],
        asks: { label: 'What each of them counted', learns: 'scrub' },
      }),
    ]
  }
  return reachable.flatMap(({ node, port }) => scrubOn(node, port, site))
}

function scrubOn(node: KisekiNode, port: string, site: KisekiSite): readonly Step[] {
  const name = `scrub.${node.place}`
  const call = async (
    method: string,
    request: GrpcMessage,
    { session }: StepContext,
  ): Promise<GrpcMessage> => {
    const client = await session.grpc(port, site.connection.tls, kisekiProtocol)
    return client.unary({ method: `${service}/${method}`, deadlineMs }, request, session.signal)
  }
  return [
    action({
      id: `scrub-${node.place}`,
      section: 'restore',
      title: `Begin a scrub on ${new URL(port).host}`,
      why: 'Only so is what a lost node missed written to it again; a node repairs the others and never itself.',
      touches: 'Chunks of which a copy is missing on another node.',
      twin: sh`grpcurl -plaintext -d '{"pool_name":""}' ${new URL(port).host} kiseki.v1.StorageAdminService/TriggerScrub`,
      expected: null,
      damage: 0,
      skip: 'operator',
      act: async (context) => {
        const { scrub_id: id } = await call('TriggerScrub', { pool_name: '' }, context)
        return typeof id === 'string' && id !== ''
          ? done(`Scrub ${printable(id)} was begun.`, { learnt: { [name]: id } })
          : unknown('A scrub was begun, and its id was not told.')
      },
      look: async ({ known }) =>
        Promise.resolve(
          known.has(name)
            ? done('It was begun.')
            : // Begun twice it looks twice, and changes no more.
              notYet('Whether one was begun is not known; another one does no harm.'),
        ),
    }),
    wait({
      id: `scrubbed-${node.place}`,
      section: 'restore',
      title: `Wait for the end of the scrub on ${new URL(port).host}`,
      why: 'How long it takes depends on the data; no document says.',
      everyMs: 5_000,
      atMostMs: 24 * 60 * 60_000,
      skip: 'operator',
      notNeeded: (known) => (known.has(name) ? null : 'No scrub was begun there.'),
      look: async (context) => {
        const id = knownAs(context.known, name)
        try {
          const { repairs } = await call('ListRepairs', { limit: 100 }, context)
          const records = Array.isArray(repairs) ? repairs.filter(isJsonObject) : []
          return judge(
            id,
            records.find((record) => record['repair_id'] === id),
          )
        } catch (error) {
          if (isHoldfastError(error, 'master.unreachable')) return notYet('The node does not answer.')
          throw error
        }
      },
    }),
  ]
}

function judge(id: string, record: Readonly<Record<string, unknown>> | undefined) {
  if (record === undefined) {
    return failed(`The node’s list has no scrub ${printable(id)}.`, {
      next: 'Its list is in memory: the node was restarted since. Begin another run, or go past this with that reason.',
    })
  }
  const detail = textOf(record['detail'])
  const evidence = [{ name: `scrub ${printable(id)}`, value: `${textOf(record['state'])}: ${detail}` }]
  switch (record['state']) {
    case 'succeeded': {
      const counts = [...detail.matchAll(/=(\d+)/g)].map(([, count]) => count)
      const lost = /\blost=(\d+)/.exec(detail)?.[1] ?? '0'
      if (lost !== '0') {
        return failed(`It counts ${lost} lost chunks: ${detail}.`, {
          evidence,
          next: 'A node counts chunks of its own that it cannot repair as lost: compare with the other nodes, and look up objects by their ETags.',
        })
      }
      return done(
        counts.every((count) => count === '0') ? `${zeros} (${detail})` : `It has ended: ${detail}.`,
        { evidence },
      )
    }
    case 'failed':
      return failed(`It failed: ${detail}.`, { evidence, next: 'Look at the log of that node.' })
    default:
      return notYet('It is under way.', { evidence })
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? printable(value) : ''
}
