import { HoldfastError } from '../../../../shared/domain/error.ts'
import { done, failed, notYet, unknown } from '../../../engine/runbook/outcomes.ts'
import { action, check, choice, wait } from '../../../engine/runbook/steps.ts'
import type { Known, Option, Outcome, Step, StepContext } from '../../../ports/runbook.ts'
import { curl } from './curl.ts'
import { changePassword, firstLogin, savedLogin, tryLogin } from './logins.ts'
import { isReady } from './masters.ts'
import { resetPassword } from './password.ts'
import { startRole, stopRole } from './roles.ts'
import type { KiokSite } from './site.ts'
import { storesAside } from './stores.ts'
import type { DefaultTarget } from './target.ts'

/** Beside the root of the cluster, so that nothing of the old one is touched. */
export const otherRoot = '/kiok-dr'

const wayName = 'deadlock.way'
const stateName = 'login.state'

/** Whether the fresh masters run on the other root, and have to be brought back. */
export function isOnOtherRoot(known: Known): boolean {
  return known.get(wayName) === 'otherRoot'
}

const byReset: Option = {
  id: 'reset',
  label: 'Reset the administrator’s password on the host',
  says: [
    'bin/kiok-cli.sh iam:reset-password, documented for a user that exists.',
    'It is likely refused: there is no user. Nothing is changed then.',
  ],
  notPossible: null,
  advised: false,
  learnt: { [wayName]: 'reset' },
}

const byOtherRoot: Option = {
  id: 'other-root',
  label: `Restore under another root in ZooKeeper (${otherRoot}), then go back`,
  says: [
    'Master and worker are stopped, the empty stores are moved aside, and both start as a new cluster, which makes its first administrator.',
    'After the restore both are stopped and started on the old root; the store is not empty any more.',
    'Not documented: try it in a rehearsal first.',
  ],
  notPossible: null,
  advised: false,
  learnt: { [wayName]: 'otherRoot' },
}

const byVendor: Option = {
  id: 'vendor',
  label: 'Stop here and ask the vendor',
  says: ['Nothing more is done. The start and the moved stores can be taken back.'],
  notPossible: null,
  advised: false,
  learnt: { [wayName]: 'vendor' },
}

const onlyIn = (way: string) => (known: Known) =>
  known.get(wayName) === way ? null : 'The login is not deadlocked, or another way out was chosen.'

/**
 * Documented (architecture, distributed-architecture): the first administrator is made on the very first start of a cluster alone,
 * and refused on an empty store of a cluster that is known to ZooKeeper. So a fresh master of an old cluster may have no user at all; that
 * both the old and the first password are refused proves it (inferred). None of the ways out is documented.
 */
export function enter(site: KiokSite, target: DefaultTarget): readonly Step[] {
  const [first] = site.masters
  return [
    check({
      id: 'login',
      section: 'restore',
      title: 'Log in to the fresh master',
      why: 'An empty store of a known cluster may have no user at all: then nobody can ask for the restore.',
      touches: 'Two logins: the saved one, and the one of a first start.',
      look: async (context) => lookAtLogin(site, context),
    }),
    choice({
      id: 'deadlock',
      section: 'restore',
      title: 'Choose a way out of the login deadlock',
      why: 'The master knows no user, and no page of kiok says what to do then. Nothing in ZooKeeper is ever edited by hand.',
      notNeeded: (known) => (known.get(stateName) === 'deadlock' ? null : 'A login is taken.'),
      options: async () => Promise.resolve([{ ...byReset, advised: true }, byOtherRoot, byVendor]),
    }),
    resetPassword({
      id: 'deadlock-reset',
      section: 'restore',
      host: first,
      site,
      notNeeded: onlyIn('reset'),
      refusal: 'done',
    }),
    choice({
      id: 'deadlock-after-reset',
      section: 'restore',
      title: 'Choose another way out of the login deadlock',
      why: 'The reset was refused, as it was likely to be: there is no user to reset.',
      notNeeded: (known) => (known.get('deadlock.reset') === 'refused' ? null : 'No reset was refused.'),
      options: async () => Promise.resolve([{ ...byOtherRoot, advised: true }, byVendor]),
    }),
    check({
      id: 'stop-for-vendor',
      section: 'restore',
      title: 'Stop here',
      why: 'It was chosen to ask the vendor.',
      notNeeded: onlyIn('vendor'),
      look: async () =>
        Promise.resolve(
          failed(
            'This run ends here: how a fresh master of an old cluster gets its first user, only the vendor can say.',
            {
              next: 'Take back the start and the moved stores, and close the run as abandoned; its report says what was found.',
            },
          ),
        ),
    }),
    ...toOtherRoot(site, target),
    action({
      id: 'first-password',
      section: 'restore',
      title: 'Give the first administrator the saved password',
      why: 'Documented: a first administrator has to choose another password before anything else is answered.',
      touches: `The user ${firstLogin.user} of the fresh master.`,
      undo: 'The restore replaces all users by those of the backup.',
      twin: curl(
        site,
        'POST',
        '/api/v1/auth/change-password',
        '"{\\\\"oldPassword\\\\":\\\\"admin\\\\",\\\\"newPassword\\\\":\\\\"%s\\\\"}"',
      ),
      damage: 1,
      notNeeded: (known) =>
        known.get(stateName) === 'first' || isOnOtherRoot(known) ? null : 'The saved login is taken.',
      act: async (context) => chooseFirstPassword(site, context),
      look: async (context) => {
        const login = await asFirstAdministrator(site, context)
        const saved = await tryLogin(site, login, context)
        if (saved.kind === 'taken') return done(`${firstLogin.user} logs in with the saved password.`)
        return saved.kind === 'notNow'
          ? unknown(`The login is answered with ${saved.status}.`, {
              next: 'Wait until the master is ready.',
            })
          : notYet(`${firstLogin.user} does not log in with the saved password yet.`)
      },
    }),
  ]
}

/** Both stopped, the stores of the first start aside, both started as a cluster that ZooKeeper does not know. */
function toOtherRoot(site: KiokSite, target: DefaultTarget): readonly Step[] {
  const [host] = site.masters
  const notNeeded = onlyIn('otherRoot')
  const why = 'Under another root ZooKeeper knows no cluster, so that a first administrator is made.'
  const started = { site, zkRoot: otherRoot, target, why, notNeeded }
  return [
    stopRole({
      id: 'stop-worker-empty',
      role: 'worker',
      host: site.worker,
      site,
      title: 'Stop the worker',
      why,
      notNeeded,
    }),
    stopRole({
      id: 'stop-master-empty',
      role: 'master',
      host,
      site,
      title: 'Stop the master',
      why,
      notNeeded,
    }),
    storesAside({
      id: 'aside-empty',
      host,
      site,
      label: 'empty',
      title: 'Move the empty stores aside',
      why: 'A first start takes place on no store at all.',
      notNeeded,
    }),
    startRole({
      ...started,
      id: 'start-master-dr',
      role: 'master',
      host,
      title: `Start the master on ${otherRoot}`,
    }),
    startRole({
      ...started,
      id: 'start-worker-dr',
      role: 'worker',
      host: site.worker,
      title: `Start the worker on ${otherRoot}`,
    }),
    wait({
      id: 'ready-dr',
      section: 'restore',
      title: 'Wait until it is ready',
      why: 'Routes stay closed until every master and one worker is ready.',
      atMostMs: 5 * 60_000,
      notNeeded,
      look: async (context) => isReady(site, context, 'one'),
    }),
  ]
}

/** After the restore: the same two on the old root, whose store is not empty any more. */
export function backToOldRoot(site: KiokSite, target: DefaultTarget): readonly Step[] {
  const [host] = site.masters
  const notNeeded = (known: Known): string | null =>
    isOnOtherRoot(known) ? null : 'It runs on its own root.'
  const why = 'The cluster belongs to its own root in ZooKeeper, where its other members look for it.'
  const started = { site, zkRoot: site.zkRoot, target, why, notNeeded }
  return [
    stopRole({
      id: 'stop-worker-dr',
      role: 'worker',
      host: site.worker,
      site,
      title: 'Stop the worker',
      why,
      notNeeded,
    }),
    stopRole({ id: 'stop-master-dr', role: 'master', host, site, title: 'Stop the master', why, notNeeded }),
    startRole({
      ...started,
      id: 'start-master-back',
      role: 'master',
      host,
      title: `Start the master on ${site.zkRoot}`,
    }),
    startRole({
      ...started,
      id: 'start-worker-back',
      role: 'worker',
      host: site.worker,
      title: `Start the worker on ${site.zkRoot}`,
    }),
    wait({
      id: 'ready-back',
      section: 'restore',
      title: 'Wait until it is ready',
      why: 'Routes stay closed until every master and one worker is ready.',
      atMostMs: 5 * 60_000,
      notNeeded,
      look: async (context) => isReady(site, context, 'one'),
    }),
  ]
}

async function lookAtLogin(site: KiokSite, context: StepContext): Promise<Outcome> {
  // Asked again later it would describe what the way out has made of it.
  const before = context.known.get(wayName)
  if (before !== undefined) return done('A way out of the deadlock was chosen.')
  const saved = await tryLogin(site, await savedLogin(site, context), context)
  if (saved.kind === 'taken') return done('The saved login is taken.', { learnt: { [stateName]: 'taken' } })
  if (saved.kind === 'notNow') return closed(saved)
  if (saved.kind === 'mustChange') return mustChange()
  const first = await tryLogin(site, firstLogin, context)
  if (first.kind === 'notNow') return closed(first)
  if (first.kind !== 'refused') {
    return done('It started as a new cluster: the login of a first start is taken.', {
      learnt: { [stateName]: 'first' },
    })
  }
  return done(
    'Both the saved login and that of a first start are refused: the master knows no user. This is the login deadlock.',
    {
      evidence: [
        { name: 'POST /api/v1/auth/login, saved login', value: '401' },
        { name: 'POST /api/v1/auth/login, first login', value: '401' },
      ],
      learnt: { [stateName]: 'deadlock' },
    },
  )
}

function closed({ status, said }: { readonly status: number; readonly said: string }): Outcome {
  return notYet(`The login is answered with ${status}${said === '' ? '' : `: ${said}`}.`, {
    next: 'Wait until the master is ready, and look again. Nothing follows from this about its users.',
  })
}

function mustChange(): Outcome {
  return failed('The masters want a new password for the saved login first.', {
    next: 'Log in once in the cluster’s own pages, choose a password there, save it here, and look again.',
  })
}

async function asFirstAdministrator(site: KiokSite, context: StepContext) {
  const { password } = await savedLogin(site, context)
  return { user: firstLogin.user, password }
}

async function chooseFirstPassword(site: KiokSite, context: StepContext): Promise<Outcome> {
  const { password } = await asFirstAdministrator(site, context)
  if ((await savedLogin(site, context)).user !== firstLogin.user) {
    throw new HoldfastError('connection.invalid', {
      what: `The saved login is not that of ${firstLogin.user}.`,
      why: `A first start makes ${firstLogin.user} alone, and this console goes on with the saved login.`,
      unchanged: 'No password was changed.',
      next: `Give the connection the login of ${firstLogin.user} for the time of the restore.`,
    })
  }
  const entered = await tryLogin(site, firstLogin, context)
  if (entered.kind === 'refused' || entered.kind === 'notNow') {
    return failed('The login of a first start is not taken.', {
      next: 'Look whether the password was changed already.',
    })
  }
  await changePassword(
    site,
    { token: entered.token, oldPassword: firstLogin.password, newPassword: password },
    context,
  )
  return done(`${firstLogin.user} has the saved password until the restore.`)
}
