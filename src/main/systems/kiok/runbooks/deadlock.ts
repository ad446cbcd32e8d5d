import { done, failed, notYet } from '../../../engine/runbook/outcomes.ts'
import { check, choice } from '../../../engine/runbook/steps.ts'
import type { Outcome, Step, StepContext } from '../../../ports/runbook.ts'
import { firstPassword } from './first-password.ts'
import { firstLogin, savedLogin, tryLogin } from './logins.ts'
import { toOtherRoot } from './other-root.ts'
import { resetPassword } from './password.ts'
import type { KiokSite } from './site.ts'
import type { DefaultTarget } from './target.ts'
import { byOtherRoot, byReset, byVendor, onlyIn, stateName, wayName } from './ways-out.ts'

/**
 * Documented (architecture, distributed-architecture): the first administrator is made on the very first start of a cluster alone,
 * and refused on an empty store of a cluster that is known to ZooKeeper. So a fresh master of an old cluster may have no user at all; that
 * both the old and the first password are refused proves it (inferred). None of the ways out is documented.
 */
export function enter(
  site: KiokSite,
  /** Null: chango starts and stops it, and nothing here does. */
  target: DefaultTarget | null,
): readonly Step[] {
  const [first] = site.masters
  const elsewhere =
    target === null
      ? { ...byOtherRoot, notPossible: 'chango starts and stops it; its own scripts are not used.' }
      : byOtherRoot
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
      options: async () => Promise.resolve([{ ...byReset, advised: true }, elsewhere, byVendor]),
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
      options: async () => Promise.resolve([{ ...elsewhere, advised: target !== null }, byVendor]),
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
    ...(target === null ? [] : toOtherRoot(site, target)),
    firstPassword(site),
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
