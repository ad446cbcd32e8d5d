import { isNamed } from '../../../engine/runbook/named-host.ts'
import { chooseBackup } from '../../../engine/runbook/choose-backup.ts'
import { hostLock } from '../../../engine/runbook/host-lock.ts'
import { done, failed } from '../../../engine/runbook/outcomes.ts'
import { check } from '../../../engine/runbook/steps.ts'
import type { RestorePoint } from '../../../ports/recovery.ts'
import type { Runbook, Step, StepContext } from '../../../ports/runbook.ts'
import { acceptance } from './acceptance.ts'
import { opening, preparation, replacement, restoreInputs } from './ch-4.ts'
import { closing, freshBackup, safetyBackup } from './closing.ts'
import { stopMaster } from './master-process.ts'
import { mastersStopped } from './masters-stopped.ts'
import { listMasters } from './node-lists.ts'
import { placeOf, siteOf, type Site } from './site.ts'

export const ch5: Runbook = {
  id: 'CH-5',
  system: 'chango',
  title: 'Go back to an earlier state',
  when: 'The masters run, and what they hold is wrong.',
  costs: [
    'Everything that changed after the backup is lost: users, keys, components that were installed since.',
    'All masters are stopped; components that run go on.',
  ],
  inputs: restoreInputs,
  steps: (setting) => {
    const site = siteOf(setting)
    const lock = hostLock(site.hosts)
    return [
      ...lock.takeIt,
      check({
        id: 'leader-known',
        section: 'before',
        title: 'See which master leads',
        why: 'The followers are stopped first and the leader last, so that none of them takes over meanwhile.',
        touches: 'Asks the masters for the list of masters.',
        look: async (context) => {
          const { leaders, leaderHost, sentence, evidence } = await listMasters(site, context)
          const elsewhere = site.others.find((host) => isNamed(host, leaderHost ?? ''))
          if (elsewhere !== undefined && !isNamed(site.first, leaderHost ?? '')) {
            return failed(
              `The leader is on ${elsewhere.address}, and the first host of this run is ${site.first.address}.`,
              {
                evidence,
                next: `Change the answer: give ${elsewhere.address} as the host of the first master. The first one is stopped last.`,
              },
            )
          }
          const isUnnamed = !site.hosts.some((host) => isNamed(host, leaderHost ?? ''))
          const told =
            site.others.length === 0 || !isUnnamed
              ? sentence
              : `${sentence} Which of the hosts that is cannot be told: ${leaderHost ?? 'it has no name'} is none of their names. ${site.first.address} is stopped last; change the answer where another one leads.`
          return leaders.length === 1
            ? done(told, { evidence })
            : failed(sentence, {
                evidence,
                next: 'CH-2 is for masters that do not serve; CH-4 where none lives.',
              })
        },
      }),
      ...freshBackup(site, {
        section: 'safety',
        name: safetyBackup,
        why: 'The wrong state as it is now: the way back, should the older one be worse.',
      }),
      ...preparation(site, chooseBackup({ except: heldWrong, livesUntilRestored: true })),
      ...stopAll(site),
      mastersStopped(site, {
        id: 'masters-stopped',
        section: 'restore',
        title: 'Prove that every master is stopped',
      }),
      ...replacement(site),
      ...opening(site),
      ...acceptance(site),
      ...closing(site, lock.giveItBack),
    ]
  },
}

/** What was made after the failure holds what is wrong. */
function heldWrong({ backupId, createdAt }: RestorePoint, { known, failedMs }: StepContext): string | null {
  if (backupId === known.get(safetyBackup)) return 'It was made by this run, of the wrong state.'
  return createdAt !== null && Date.parse(createdAt) >= failedMs
    ? 'It was made after the data went wrong.'
    : null
}

/** Documented (backup, cluster-operations): followers first, the leader last. */
function stopAll(site: Site): readonly Step[] {
  return [...site.others, site.first].map((host) =>
    stopMaster(host, site, {
      id: `stop-master-${placeOf(host, site)}`,
      section: 'restore',
      title: `Stop the master on ${host.address}`,
      why: 'A master that lives pushes the wrong state over the restored one.',
    }),
  )
}
