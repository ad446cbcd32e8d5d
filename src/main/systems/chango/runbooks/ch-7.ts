import { isNamed } from '../../../engine/runbook/named-host.ts'
import { isHoldfastError } from '../../../../shared/domain/error.ts'
import { HoldfastError } from '../../../../shared/domain/error.ts'
import { hostLock } from '../../../engine/runbook/host-lock.ts'
import { keptEnd, runKept, type KeptEnd } from '../../../engine/runbook/kept-command.ts'
import type { HostAccess } from '../../../engine/runbook/on-host.ts'
import { done, failed, knownAs, notYet, unknown } from '../../../engine/runbook/outcomes.ts'
import { mustShellOn } from '../../../engine/runbook/shell-on.ts'
import { action, check, choice, manual } from '../../../engine/runbook/steps.ts'
import { sh } from '../../../engine/runbook/twins.ts'
import type { Outcome, Runbook, StepContext } from '../../../ports/runbook.ts'
import { usualDeadlineMs } from '../live/api.ts'
import { socketOn, socketPlaces } from './admin-socket.ts'
import { clearTraces } from './closing.ts'
import { gatesOpen } from './gate.ts'
import { inputsOf } from './inputs.ts'
import { pidsOn } from './master-process.ts'
import { apiOf } from './node-lists.ts'
import { siteOf, type Site } from './site.ts'

const leaderHost = 'leader.host'
const socketPath = 'admin.socket'

export const ch7: Runbook = {
  id: 'CH-7',
  system: 'chango',
  title: 'Set a lost administrator password anew',
  when: 'The masters run, and nobody can log in.',
  costs: [],
  inputs: inputsOf('zookeeper', 'root', 'home', 'data', 'base', 'user', 'javaHome').map((input) =>
    input.name === 'zookeeper' ? { ...input, required: false } : input,
  ),
  steps: (setting) => {
    const site = siteOf(setting)
    const lock = hostLock(site.hosts)
    return [
      ...lock.takeIt,
      check({
        id: 'masters-serve',
        section: 'before',
        title: 'See that a master serves',
        why: 'The tool talks to the running master; it needs no master key.',
        touches: 'Asks every address of a master.',
        look: async (context) => gatesOpen(1, site, context),
      }),
      chooseLeader(site),
      findSocket(site),
      manual({
        id: 'new-password',
        section: 'before',
        title: 'Put a new password into the vault',
        why: 'It is handed to the tool from there, on its standard input: it is never typed into a command.',
        does: [
          'Replace the password of this cluster’s login in the vault with a new one, of at least 20 random characters.',
          'It is used once: the masters ask for another one at the first login.',
        ],
      }),
      action({
        id: 'reset-password',
        section: 'restore',
        title: 'Reset the password on the leader',
        why: 'The leader tells the other masters; what a follower would do is not documented.',
        touches: 'The password of the login’s user, on all masters.',
        undo: null,
        twin: sh`printf '%s\\n' "$NEW_PASSWORD" | sudo -n -u ${site.user} env JAVA_HOME=${site.javaHome} CHANGO_ADMIN_SOCKET=SOCKET ${site.home}/bin/chango-cli.sh iam:reset-password --user USER --new-password -`,
        damage: 3,
        act: async (context) => {
          const { user, password } = await loginOf(site, context)
          const end = await runKept(
            hostOf(site, context),
            {
              name: resetName,
              argv: ['/bin/sh', '-c', resetScript, 'sh', `${site.home}/bin/chango-cli.sh`, user],
              asUser: site.user,
              folder: site.home,
              environment: {
                JAVA_HOME: site.javaHome,
                CHANGO_ADMIN_SOCKET: knownAs(context.known, socketPath),
              },
              secretEnvironment: { HOLDFAST_PASSWORD: password },
              deadlineMs: 120_000,
            },
            context,
          )
          return resetOutcome(end, user)
        },
        look: async (context) => {
          const { user, password } = await loginOf(site, context)
          const end = await keptEnd(
            hostOf(site, context),
            { name: resetName, asUser: site.user, secretEnvironment: { HOLDFAST_PASSWORD: password } },
            context,
          )
          return resetOutcome(end, user)
        },
      }),
      check({
        id: 'new-login-known',
        section: 'restore',
        title: 'See that the masters know the new password',
        why: 'Either they let it in, or they ask for another password first: both say that the reset has worked.',
        touches: 'Logs in once.',
        look: async (context) => loginSays(site, context, true),
      }),
      manual({
        id: 'change-password',
        section: 'restore',
        title: 'Choose the lasting password',
        why: 'After a reset the masters do nothing else before it is changed; this console never changes one by itself.',
        does: [
          'Log in once in the masters’ own pages with the password from the vault, and choose a new one there.',
          'Replace the password of the login in the vault with it.',
        ],
        skip: 'nobody',
        look: async (context) => loginSays(site, context, false),
      }),
      check({
        id: 'accept-login',
        section: 'accept',
        title: 'The login works',
        why: 'With the lasting password, and without being asked to change it.',
        look: async (context) => loginSays(site, context, false),
      }),
      manual({
        id: 'accept-sessions',
        section: 'accept',
        title: 'Nobody else uses the old password',
        why: 'Whoever had it may have been the reason why it was lost.',
        does: ['Look through the sessions and access keys of this user, and end those that nobody knows.'],
        asks: { label: 'Who looked, and what was ended', learns: 'accept.sessions' },
      }),
      clearTraces(site),
      lock.giveItBack,
    ]
  },
}

const resetName = 'reset-password'

/** A builtin writes it, so that it is in no arguments; the tool itself does not have it in its environment. */
const resetScript = `value=$HOLDFAST_PASSWORD
unset HOLDFAST_PASSWORD
printf '%s\\n' "$value" | "$1" iam:reset-password --user "$2" --new-password -`

function resetOutcome(end: KeptEnd, user: string): Outcome {
  switch (end.kind) {
    case 'none':
      return notYet('The tool was not started.')
    case 'running':
      return unknown('The tool is still running.', { next: 'Look again.' })
    case 'gone':
      return unknown('The tool is gone without a status.', {
        next: 'Pass on by logging in: whether the new password is known tells it.',
      })
    case 'ended':
      return end.code === 0
        ? done(`The password of ${user} is set anew; the masters ask for another one at the first login.`)
        : failed(`The tool ended with ${end.code}. It says: ${end.said}`, {
            next: 'The socket may be switched off (chango.admin.socket.enabled), or the user unknown.',
          })
  }
}

async function loginOf({ config }: Site, { session }: StepContext) {
  if (config.login !== null) return session.login(config.login)
  throw new HoldfastError('connection.missing', {
    what: 'The connection has no login.',
    unchanged: 'Nothing was changed.',
    next: 'Give it one with the user whose password is lost, and the new password.',
  })
}

async function loginSays(site: Site, context: StepContext, isJustReset: boolean): Promise<Outcome> {
  try {
    const api = await apiOf(site, context)
    await api.send({ method: 'GET', path: '/admin/api/nodes/masters', deadlineMs: usualDeadlineMs })
    return done('The login is accepted.')
  } catch (error) {
    if (!isHoldfastError(error) || error.code === 'cancelled') throw error
    if (isJustReset && error.code === 'master.passwordChange') return done(error.text.what)
    return failed(error.message, { evidence: [{ name: 'code', value: error.code }] })
  }
}

/** Documented (sticky-leader): the persistent node names the master that leads, or led last. */
const leaderId = `for tool in "$1"/bin/zkCli.sh "$1"/zookeeper*/bin/zkCli.sh "$1"/lib/zookeeper*/bin/zkCli.sh; do
[ -x "$tool" ] || continue
timeout 20 "$tool" -server "$2" get "$3/master-leader-id" </dev/null 2>/dev/null | grep '^master-' | tail -n 1
exit 0
done`

function chooseLeader(site: Site) {
  return choice({
    id: 'choose-leader',
    section: 'before',
    title: 'Choose the host of the leader',
    why: 'The list of masters is behind the login; their pages and ZooKeeper tell which of them leads.',
    touches: `Reads ${site.root}/master-leader-id where ZooKeeper’s command line is there.`,
    options: async (context) => {
      const id = site.zookeeper === '' ? '' : await leaderOf(site, context)
      const running = new Map<HostAccess, boolean>()
      for (const host of site.hosts)
        running.set(host, (await pidsOn(host, 'master', site, context)).length > 0)
      const live = site.hosts.filter((host) => running.get(host) === true)
      return site.hosts.map((host) => {
        const named = /^master-(.+)-\d+$/.exec(id)?.[1]
        const leads = named !== undefined && isNamed(host, named)
        return {
          id: host.address,
          label: host.address,
          says:
            id === '' ? ['Which of them leads could not be read.'] : [`ZooKeeper names ${id} as the leader.`],
          notPossible: running.get(host) === true ? null : 'No master runs there.',
          advised: leads || (live.length === 1 && live[0] === host),
          learnt: { [leaderHost]: host.address },
        }
      })
    },
  })
}

async function leaderOf(site: Site, context: StepContext): Promise<string> {
  const said = await mustShellOn(
    site.first,
    {
      script: leaderId,
      args: [site.home, site.zookeeper, site.root],
      asUser: site.user,
      environment: { JAVA_HOME: site.javaHome },
    },
    context,
  )
  return said.trim()
}

function hostOf(site: Site, { known }: StepContext): HostAccess {
  const address = knownAs(known, leaderHost)
  return site.hosts.find((host) => host.address === address) ?? site.first
}

function findSocket(site: Site) {
  const places = socketPlaces(site)
  return check({
    id: 'find-socket',
    section: 'before',
    title: 'Find the master’s socket',
    why: 'The tool reaches the master through it.',
    touches: `Looks for ${places.join(', ')}.`,
    twin: sh`ls -l ${places}`,
    look: async (context) => {
      const host = hostOf(site, context)
      const socket = await socketOn(host, site, context)
      return socket === null
        ? failed(`${host.address} has no socket of a master in ${places.join(', ')}.`, {
            next: 'It may be switched off (chango.admin.socket.enabled), or the base data folder is another one: give it as an input.',
          })
        : done(`The socket is ${socket}.`, { learnt: { [socketPath]: socket } })
    },
  })
}
