import { chooseBackup } from '../../../engine/runbook/choose-backup.ts'
import { hostLock } from '../../../engine/runbook/host-lock.ts'
import { done } from '../../../engine/runbook/outcomes.ts'
import { check, manual, wait } from '../../../engine/runbook/steps.ts'
import type { Runbook, RunbookInput, RunbookSetting, Step } from '../../../ports/runbook.ts'
import { accept, canaryInput } from './acceptance.ts'
import { countBackups, noBackupMade } from './backups.ts'
import { stillEmpty } from './contents.ts'
import { enter } from './deadlock.ts'
import { backToOldRoot } from './other-root.ts'
import { hostsReady, keyIsThere, zooKeeperHolds } from './hosts.ts'
import { maintenanceOn } from './maintenance.ts'
import { isReady } from './masters.ts'
import { otherMasters } from './other-masters.ts'
import { restoreByHand } from './restore-by-hand.ts'
import { roomForRestore } from './room.ts'
import { startRole } from './start-role.ts'
import { siteInputs, siteOf, unfit, type KiokSite } from './site.ts'
import { noSurvivor, storesAside } from './stores.ts'
import { targetInputs, targetOf } from './target.ts'
import { leftovers } from './leftovers.ts'

const startsInput: RunbookInput = {
  name: 'starts',
  label: 'Who starts its masters',
  help: '“holdfast”: this run, on empty stores. “chango”: chango has started them already, as X-5 says; nothing is started, stopped or moved then.',
  example: 'holdfast',
  required: false,
  usual: 'holdfast',
}

/** Throws `usage`. */
function isStartedByChango({ inputs }: RunbookSetting): boolean {
  const given = inputs[startsInput.name] ?? ''
  if (given === 'chango') return true
  if (given === '' || given === 'holdfast') return false
  throw unfit('Who starts its masters is “holdfast” or “chango”.')
}

/** kiok documents, features/backup: a fresh master, the same ZooKeeper, the same key, then a restore in its own page. */
export const ki3: Runbook = {
  id: 'KI-3',
  system: 'kiok',
  title: 'Restore a fresh master',
  when: 'No master of the cluster holds its data any more. Where chango runs kiok, X-5 comes first: chango hands the key over there.',
  costs: [
    'Everything that changed since the backup is lost, runs and logs too.',
    'Users, passwords and access keys become those of the backup.',
    'Nothing runs until the masters are ready; DAGs with catchup make up for it then.',
  ],
  inputs: [...siteInputs, ...targetInputs, canaryInput, startsInput],
  steps(setting) {
    const site = siteOf(setting)
    if (isStartedByChango(setting)) return restoreHosted(site, setting)
    const target = targetOf(setting)
    const [first] = site.masters
    const lock = hostLock(site.masters)
    const started = { site, zkRoot: site.zkRoot, target }
    return [
      noSurvivor(site),
      keyIsThere(),
      hostsReady(site),
      zooKeeperHolds(site),
      ...chooseBackup(),
      onlyDefaultTarget(),
      roomForRestore(site),
      countBackups(),
      ...lock.takeIt,
      storesAside({
        id: 'stores-aside',
        host: first,
        site,
        title: 'Move what is left of the stores aside',
        why: 'A store that was only opened, or is half there, must not be taken for the cluster’s.',
      }),
      startRole({
        ...started,
        id: 'start-master',
        role: 'master',
        host: first,
        title: 'Start one master',
        why: 'With the key of the cluster, the same ZooKeeper, the same number of iterations, and the bucket as its default target.',
      }),
      startRole({
        ...started,
        id: 'start-worker',
        role: 'worker',
        host: site.worker,
        title: 'Start one worker',
        why: 'Without a worker that is ready every route stays closed, without a time limit.',
      }),
      ready(site),
      ...enter(site, target),
      ...restoreIntoEmpty(site),
      ...backToOldRoot(site, target),
      ...otherMasters(site, target),
      ...accept(site, setting),
      lock.giveItBack,
      leftovers(site),
    ] satisfies readonly Step[]
  },
}

/** From its step 7 on: chango has started the masters, with the key that it keeps for them. */
function restoreHosted(site: KiokSite, setting: RunbookSetting): readonly Step[] {
  const lock = hostLock(site.masters)
  return [
    keyIsThere(),
    zooKeeperHolds(site),
    ...chooseBackup(),
    countBackups(),
    ...lock.takeIt,
    ready(site),
    ...enter(site, null),
    stillEmpty(site),
    ...restoreIntoEmpty(site),
    ...accept(site, setting),
    lock.giveItBack,
  ]
}

function ready(site: KiokSite): Step {
  return wait({
    id: 'ready',
    section: 'restore',
    title: 'Wait until it is ready',
    why: 'Nothing but the login answers before.',
    // Documented (configuration): 30 s for a leader, 120 s for a worker; then they go on by themselves.
    expected: { ms: 150_000, source: 'documented' },
    atMostMs: 5 * 60_000,
    look: async (context) => isReady(site, context, 'one'),
  })
}

function restoreIntoEmpty(site: KiokSite): readonly Step[] {
  return [
    manual({
      id: 'enable-backup',
      section: 'restore',
      title: 'Switch backups on in kiok’s own page, and take none',
      why: 'The list of backups is shown only then, and the route is not published. The switch was lost with the stores.',
      touches: 'Backup, in the settings of the cluster.',
      skip: 'operator',
      does: [
        'Open the page Backup of kiok’s own UI.',
        'Enabled: on. Target: default. Schedule: empty.',
        'Do not press Backup: a backup of the empty state would become the newest one.',
      ],
    }),
    noBackupMade('no-backup-yet'),
    maintenanceOn(site),
    ...restoreByHand(site, ['There is no safety copy: what is there is the empty state of a fresh master.']),
    noBackupMade('no-backup-since'),
  ]
}

function onlyDefaultTarget(): Step {
  return check({
    id: 'default-target',
    section: 'before',
    title: 'Know where the fresh master will look for backups',
    why: 'A target that was a saved connection is gone with the stores: only the default of the job logs can be set from outside.',
    look: async ({ setting }) => {
      const { environment } = targetOf(setting)
      return Promise.resolve(
        done(
          'The fresh master takes the bucket of its job logs. Setting it also turns the archive of job logs on.',
          {
            evidence: Object.entries(environment).map(([name, value]) => ({ name, value })),
          },
        ),
      )
    },
  })
}
