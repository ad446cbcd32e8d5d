import { done } from '../../../engine/runbook/outcomes.ts'
import { check, manual } from '../../../engine/runbook/steps.ts'
import type { Runbook } from '../../../ports/runbook.ts'

/** Source: no replication has a code path; a federation is an address book (control_service.rs, federation.rs). */
export const ks4: Runbook = {
  id: 'KS-4',
  system: 'kiseki',
  title: 'Go on at the second site',
  when: 'A whole site is lost, and a federated one still stands.',
  costs: [
    'What is lost cannot be computed: kiseki replicates nothing between sites, and keeps no measure of it.',
    'It takes as long as the change of names or of the load balancer takes.',
  ],
  inputs: [],
  steps: () => [
    check({
      id: 'truth',
      section: 'before',
      title: 'Know what the second site has',
      why: 'The manual speaks of replication; the server has none.',
      look: async () =>
        Promise.resolve(
          done(
            'No replication runs between sites: peers are an address book, and their state “connected” is set when they are registered and never looked at again. The second site has what was written to it, and nothing else. The data loss cannot be computed.',
          ),
        ),
    }),
    manual({
      id: 'objects',
      section: 'restore',
      title: 'See what the second site holds',
      why: 'Only its own objects tell.',
      skip: 'nobody',
      does: [
        'List its buckets over its own S3 gateway, and compare with what should be there.',
        'Note what is missing: nothing brings it back but the lost site.',
      ],
      asks: { label: 'What is there, and what is missing', learns: 'objects' },
    }),
    manual({
      id: 'kms',
      section: 'restore',
      title: 'See that the tenants’ key services answer',
      why: 'They are outside of kiseki, and kiseki does not ask them in this build.',
      does: ['Ask each tenant’s own KMS directly whether it answers.'],
    }),
    manual({
      id: 'fence',
      section: 'restore',
      title: 'Fence the lost site',
      why: 'Where it comes back by itself, two sites take writes, and nothing ever merges them. No call of this console switches a site off.',
      touches: 'The lost site, and its way to the clients.',
      undo: 'It is let in again, once nobody writes at the second site any more.',
      damage: 1,
      skip: 'nobody',
      does: [
        'Switch its nodes off, or cut it off from every client, and make sure that nothing starts it again.',
        'Where nobody can reach it: cut it off in front of it, at the load balancer or the network.',
      ],
      asks: { label: 'Who fenced it, and how', learns: 'fence' },
    }),
    manual({
      id: 'names',
      section: 'restore',
      title: 'Turn names or the load balancer to the second site',
      why: 'kiseki has no failover; what clients call is decided outside of it.',
      touches: 'DNS or the load balancer.',
      undo: 'They are turned back.',
      damage: 1,
      does: ['Change the names of the S3 and NFS addresses to the second site.'],
      asks: { label: 'Which names, and when', learns: 'names' },
    }),
    manual({
      id: 'accept-canary',
      section: 'accept',
      title: 'Write and read an object at the second site',
      why: 'By the name that users use.',
      does: ['Write a small object, read it, compare it, remove it.'],
      asks: { label: 'Which object', learns: 'accept.canary' },
    }),
    manual({
      id: 'accept-access',
      section: 'accept',
      title: 'See that the admin port is closed off there too',
      why: 'Port 9090 has neither a login nor TLS.',
      does: ['From a machine that has no business there: 9090 and 9300 cannot be reached.'],
    }),
    manual({
      id: 'accept-backup',
      section: 'accept',
      title: 'Know that there is no copy of this site now',
      why: 'It is the only one, and no backup of it is possible.',
      does: ['Copy out over S3 what must not be lost.'],
    }),
  ],
}
