import { probesSay } from '../../../engine/runbook/probes.ts'
import { check, manual } from '../../../engine/runbook/steps.ts'
import type { Runbook } from '../../../ports/runbook.ts'
import { armadaDriver } from '../live/driver.ts'
import { acceptance } from './acceptance.ts'
import { ar1 } from './ar-1.ts'
import { readFollower } from './read-follower.ts'
import { renewSteps } from './renew-steps.ts'
import { restoreSteps } from './restore-steps.ts'
import { siteOf, siteWithFollowers, tablesInput } from './site.ts'

const replaced = [
  'Everything that was written to the tables after the backup is lost.',
  'Clients that write have to be stopped until the end.',
]

/** The manual names no procedure for any of these; what they do is from the source, v0.10.0, and was tried on a real one. */
export const armadaRunbooks: readonly Runbook[] = [
  ar1,
  {
    id: 'AR-2',
    system: 'armada',
    title: 'Restore the tables of a backup',
    when: 'The data is gone or wrong, and a leader cluster runs, if only a new and empty one.',
    costs: replaced,
    inputs: [tablesInput],
    steps: (setting) => {
      const site = siteOf(setting)
      return [...restoreSteps(site, setting, { goesBack: false }), ...acceptance(site)]
    },
  },
  {
    id: 'AR-3',
    system: 'armada',
    title: 'Restore some tables alone',
    when: 'Some tables are gone or wrong, and the others are not to be touched.',
    costs: [...replaced, 'The tables that are restored are older than those beside them.'],
    inputs: [{ ...tablesInput, help: 'Those to restore, with commas between them.', required: true }],
    steps: (setting) => {
      const site = siteOf(setting)
      return [...restoreSteps(site, setting, { goesBack: false }), ...acceptance(site)]
    },
  },
  {
    id: 'AR-4',
    system: 'armada',
    title: 'Let followers take restored tables anew',
    when: 'The leader was restored, and follower clusters stay behind or serve old values.',
    costs: ['Each table is away for as long as it takes to restore it.'],
    inputs: [tablesInput],
    steps: (setting) => renewSteps(siteWithFollowers(setting)),
  },
  {
    id: 'AR-5',
    system: 'armada',
    title: 'Go back to the state before a restore',
    when: 'A restore brought back the wrong state, and what it replaced was kept.',
    costs: ['What was written since the restore is lost.'],
    inputs: [tablesInput],
    steps: (setting) => {
      const site = siteOf(setting)
      return [...restoreSteps(site, setting, { goesBack: true }), ...acceptance(site)]
    },
  },
  {
    id: 'AR-6',
    system: 'armada',
    title: 'Save what a follower has of a lost leader',
    when: 'The leader site is lost, and a follower cluster lives.',
    costs: ['What had not reached the follower is lost.'],
    inputs: [],
    steps: (setting) => readFollower(siteWithFollowers(setting)),
  },
  {
    id: 'X-4',
    system: 'armada',
    title: 'Give the servers a new maintenance token',
    when: 'The token, or the authority of the servers, is lost.',
    costs: ['Each node is restarted once, one after another.'],
    inputs: [],
    steps: () => [
      manual({
        id: 'new-token',
        section: 'restore',
        title: 'Start every node with a new token, one at a time',
        why: 'A server takes its token at its start alone [from source].',
        does: [
          'Make a long random token, and replace the credential that the connection names with it (Credentials, Replace).',
          'Restart one node with --maintenance.token set to it (and with the new certificate, where that was lost), and wait until it answers.',
          'Then the next one; never most of them at once.',
          'Where it shall be another credential: save the connection with it, then take that into this run (Change an answer…, or holdfast runbook change).',
        ],
      }),
      check({
        id: 'accept-token',
        section: 'accept',
        title: 'The servers take the new token',
        why: 'A token that is wrong is told apart from a role that takes no restore.',
        skip: 'operator',
        look: async (context) => {
          const { connection } = context.setting.cluster
          const live = armadaDriver.connect(connection ?? {})
          return probesSay(live, context, { ids: ['answers', 'role'], enough: ['ok'] })
        },
      }),
    ],
  },
]
