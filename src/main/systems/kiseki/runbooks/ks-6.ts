import { done } from '../../../engine/runbook/outcomes.ts'
import { check, manual } from '../../../engine/runbook/steps.ts'
import type { Runbook } from '../../../ports/runbook.ts'

/** Documented (invariants, I-K11): unrecoverable by design. Source: no tenant KMS is in this build's data path. */
export const ks6: Runbook = {
  id: 'KS-6',
  system: 'kiseki',
  title: 'See what a lost tenant key means',
  when: 'A tenant’s key service, or its key, is gone.',
  costs: ['What only that key opens is lost for good: it is designed so.'],
  inputs: [],
  steps: () => [
    check({
      id: 'truth',
      section: 'before',
      title: 'Know that nothing brings it back',
      why: 'Steps that only look like help cost time that the search for a copy of the key needs.',
      look: async () =>
        Promise.resolve(
          done(
            'A lost tenant key is unrecoverable by design. In this build no tenant key service is asked on the way of the data, so its loss may go unnoticed here. RotateSystemKey wraps nothing anew and is not offered.',
          ),
        ),
    }),
    manual({
      id: 'kms',
      section: 'restore',
      title: 'Look for the key where the tenant keeps it',
      why: 'The tenant’s own key service and its copies are the only places.',
      does: [
        'Ask the tenant’s administrators for the backup of their key service, and for exported key-encryption keys.',
        'Start nothing anew and rotate nothing before they have answered.',
      ],
      asks: { label: 'What was found', learns: 'found' },
    }),
    manual({
      id: 'objects',
      section: 'restore',
      title: 'See whether objects can still be read',
      why: 'In this build data is sealed with a key of the server’s own, whatever the tenant’s key service says.',
      does: [
        'Read a few of the tenant’s objects over S3, and copy out what must not be lost while they can be read.',
      ],
      asks: { label: 'What can be read', learns: 'readable' },
    }),
  ],
}
