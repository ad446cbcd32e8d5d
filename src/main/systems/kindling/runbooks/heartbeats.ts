import { notYet } from '../../../engine/runbook/outcomes.ts'
import { action, choice } from '../../../engine/runbook/steps.ts'
import type { Step } from '../../../ports/runbook.ts'
import type { KindlingConnection } from '../live/connection.ts'
import { heartbeatGrace } from '../restore/volume-operations.ts'
import { siteOf } from './site.ts'

/** From source (serve_background.go): 30 s after the first unit starts, servers with an older heartbeat are marked dead. */
export function heartbeats(config: KindlingConnection): readonly Step[] {
  return [
    choice({
      id: 'choose-grace',
      section: 'restore',
      title: 'Decide about the heartbeats',
      why: '30 s after the first unit starts, servers with an older heartbeat are marked dead and their guests placed anew.',
      options: async () => [
        {
          id: 'grace',
          label: 'Give the servers that come back a heartbeat of the near future',
          says: [
            'Nothing is placed anew while they start. Inferred from the source; not tried on a real cluster.',
          ],
          notPossible:
            config.serviceUser === '' ? 'The connection does not name the user of the units.' : null,
          advised: true,
          learnt: { grace: 'yes' },
        },
        {
          id: 'none',
          label: 'Change nothing',
          says: ['Every host has to be up within 30 s of the first one.'],
          notPossible: null,
          advised: false,
          learnt: { grace: 'no' },
        },
      ],
    }),
    action({
      id: 'grace',
      section: 'restore',
      title: 'Give the returning servers a heartbeat',
      why: 'So that whoever starts first marks none of them dead.',
      touches: 'Rows of servers in the database.',
      undo: 'It passes by itself within 10 minutes.',
      damage: 1,
      notNeeded: (known) => (known.get('grace') === 'yes' ? null : 'Nothing is changed, by choice.'),
      act: async (context) => heartbeatGrace(siteOf(config, context)),
      look: async () =>
        Promise.resolve(notYet('Whether it was given is not told by the row; giving it again does no harm.')),
    }),
  ]
}
