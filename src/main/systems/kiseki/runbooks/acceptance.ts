import { done } from '../../../engine/runbook/outcomes.ts'
import { check, manual, wait } from '../../../engine/runbook/steps.ts'
import type { RunbookSetting, Step } from '../../../ports/runbook.ts'
import { evidenceOf, isEven, quorumOf, seeNodes } from './nodes.ts'
import { notYet } from '../../../engine/runbook/outcomes.ts'
import { sampleObjects } from './samples.ts'
import type { KisekiSite } from './site.ts'

/** The acceptance sheet of kiseki. Its rows on keys and access say that there is nothing to check. */
export function accept(site: KisekiSite, setting: RunbookSetting): readonly Step[] {
  const row = { section: 'accept', skip: 'operator' } as const
  return [
    check({
      ...row,
      id: 'accept-process',
      title: 'Every node answers',
      why: 'A node that is down is one less that may be lost.',
      look: async (context) => {
        const seen = await seeNodes(site, context)
        const silent = seen.filter(({ facts }) => facts === null)
        const evidence = evidenceOf(seen)
        return silent.length === 0
          ? done('Every node answers.', { evidence })
          : notYet(`These do not answer: ${silent.map(({ node }) => node.host.address).join(', ')}.`, {
              evidence,
            })
      },
    }),
    check({
      ...row,
      id: 'accept-quorum',
      title: 'The quorum holds',
      why: 'It is counted: no node ever says that it is lost.',
      look: async (context) => quorumOf(await seeNodes(site, context)),
    }),
    wait({
      ...row,
      id: 'accept-members',
      title: 'All nodes that answer stand at the same entry, under one leader that lives',
      why: 'A node that stays behind is not back.',
      atMostMs: 10 * 60_000,
      look: async (context) => isEven(site, context, { back: [], applying: site.nodes }),
    }),
    manual({
      ...row,
      id: 'accept-access',
      title: 'See that the admin port is closed off',
      why: 'Port 9090 has neither a login nor TLS, and its Raft port neither.',
      does: ['From a machine that has no business there: neither 9090 nor 9300 of any node can be reached.'],
    }),
    sampleObjects(site, setting),
    manual({
      ...row,
      id: 'accept-canary',
      title: 'Write and read an object of your own',
      why: 'Reads may work where writes do not.',
      does: ['Over S3 or NFS: write a small object, read it, compare it, remove it.'],
      asks: { label: 'Which object', learns: 'accept.canary' },
    }),
    manual({
      ...row,
      id: 'accept-backup',
      title: 'Know that no backup is possible',
      why: 'This build writes empty snapshots, and restores none.',
      does: [
        'Objects that must outlive this cluster are copied out over S3.',
        'A copy of a stopped node’s data folder comes back on the same node alone: same id, same environment, same certificates.',
      ],
    }),
  ]
}
