import { HoldfastError } from '../../../../shared/domain/error.ts'
import { runOn, saidBy } from '../../../engine/runbook/on-host.ts'
import { done, failed, notYet } from '../../../engine/runbook/outcomes.ts'
import { probesSay } from '../../../engine/runbook/probes.ts'
import { action, check, confirm, manual } from '../../../engine/runbook/steps.ts'
import { overSsh, sh } from '../../../engine/runbook/twins.ts'
import type { Outcome, Runbook, RunbookSetting, Step, StepContext } from '../../../ports/runbook.ts'
import { openAccounts, type Accounts } from '../live/accounts.ts'
import type { KindlingConnection } from '../live/connection.ts'
import { kindlingDriver } from '../live/driver.ts'
import { asUser } from '../live/on-host.ts'
import { connectionOf } from './site.ts'

export const kd4: Runbook = {
  id: 'KD-4',
  system: 'kindling',
  title: 'Let an administrator and an API key in again',
  when: 'Nobody can log in, or the API key is not accepted.',
  costs: ['A throwaway password is shown to every user of one host for a moment, and changed at once.'],
  inputs: [
    {
      name: 'login',
      label: 'Throwaway login',
      help: 'A login of the vault: the address of the administrator, and a random password that is used for nothing else, now or later.',
      example: '',
      required: true,
      usual: '',
      credential: 'login',
    },
    {
      name: 'host',
      label: 'Host that runs kindling',
      help: 'Empty: the first one of the connection.',
      example: 'admin@kindling-1',
      required: false,
      usual: '',
    },
    {
      name: 'program',
      label: 'Program of kindling there',
      help: 'Its path, where the user of the units does not find it.',
      example: '/opt/kindling/bin/kindling',
      required: false,
      usual: 'kindling',
    },
  ],
  steps,
}

function steps(setting: RunbookSetting): readonly Step[] {
  const config = connectionOf(setting)
  const { inputs } = setting
  const login = inputs['login'] ?? ''
  const address = (inputs['host'] ?? '') === '' ? (config.hosts[0] ?? '') : (inputs['host'] ?? '')
  const given = inputs['program'] ?? ''
  const program = given === '' ? 'kindling' : given
  if (config.serviceUser === '' || config.api.length === 0 || config.token === null) {
    throw new HoldfastError('connection.invalid', {
      what: 'The connection does not say all that this needs.',
      why: 'The user of the units, the API and an API key, if only one that is not accepted any more.',
      unchanged: 'Nothing was begun.',
      next: 'Complete the connection of this cluster.',
    })
  }
  const user = config.serviceUser
  const { token } = config
  const host = { address, ssh: config.ssh }
  return [
    confirm({
      id: 'confirm-throwaway',
      section: 'before',
      title: 'Confirm who is let in',
      why: 'From here on whoever read the throwaway can log in, until it is changed.',
      of: [],
      says: async () => [
        'kindling takes the password as an argument alone [from source]: every user of that host can read it while the command runs.',
        'The user of the throwaway login is made a platform administrator; the other sessions stay.',
      ],
    }),
    action({
      id: 'superuser',
      section: 'restore',
      title: 'Make a superuser with the throwaway password',
      why: 'It needs nobody who can log in: the program writes into the database itself.',
      touches: `A user of kindling, made on ${address}.`,
      undo: 'Remove the user in kindling.',
      // It takes the password as an argument alone: so it is one on that host, and on no other.
      twin: `printf '%s\\n' "$THROWAWAY" | ${overSsh(address, user, [
        'sh',
        '-c',
        `IFS= read -r P; ${sh`exec ${program} admin auth create-superuser --email USER --password`} "$P" --revoke-other-sessions=false`,
      ])}`,
      expected: { ms: 10_000, source: 'assumed' },
      damage: 2,
      act: async (context) => {
        const { user: email, password } = await context.session.login(login)
        const output = await runOn(
          host,
          {
            argv: [
              program,
              'admin',
              'auth',
              'create-superuser',
              `--email=${email}`,
              `--password=${password}`,
              '--revoke-other-sessions=false',
            ],
            ...asUser(address, user),
            deadlineMs: 60_000,
          },
          context,
        )
        if (output.code === 0) return done(`${email} is a superuser, with the throwaway password.`)
        const said = saidBy(output).replaceAll(password, '$THROWAWAY')
        return failed(`No superuser was made.${said === '' ? '' : ` kindling says: ${said}`}`, {
          next: 'Check its program, and that its DSN leads to the database.',
        })
      },
      // Whether it lets in is what it was made for; making it again changes nothing more.
      look: async (context) =>
        entering(config, login, context, async () => done('The throwaway password is accepted.')),
    }),
    action({
      id: 'api-key',
      section: 'restore',
      title: 'Make a new API key, and put it into the vault',
      why: 'Keys that were made after a backup are gone once it is restored. The new one takes the place of the old one in the vault, and is shown nowhere.',
      touches: 'An API key of kindling, and the credential of this cluster’s connection.',
      undo: 'Revoke the key in kindling; the old one in the vault was not accepted any more.',
      twin: `printf 'cookie = "kindling_session=%s"\\n' "$SESSION" | curl --config - -X POST -H 'Origin: https://API' https://API/api/auth/api-keys -d '{"name":"holdfast-RUN"}'`,
      expected: { ms: 5_000, source: 'assumed' },
      damage: 1,
      act: async (context) =>
        entering(config, login, context, async (accounts, entered) => {
          const name = `holdfast-${context.runId}`
          // Of an answer that was lost: nobody has that key.
          for (const id of await accounts.keysNamed(name, entered)) await accounts.revokeKey(id, entered)
          await context.session.replaceToken(token, await accounts.makeKey(name, entered))
          return keyAccepted(accounts)
        }),
      look: async (context) => withAccounts(config, context, async (accounts) => keyAccepted(accounts)),
    }),
    manual({
      id: 'change-password',
      section: 'restore',
      title: 'Log in, and change the throwaway password',
      why: 'It was readable on the host. kindling has no call for this that is known here [gap], so a person does it in its window.',
      does: [
        'Log in to kindling with the throwaway, and choose a lasting password.',
        'Then let this step look: the throwaway has to be refused.',
        'Remove the throwaway from the vault.',
      ],
      skip: 'nobody',
      look: async (context) =>
        withAccounts(config, context, async (accounts) => {
          const { user: email, password } = await context.session.login(login)
          return (await accounts.enter(email, password)) === null
            ? done('The throwaway password is refused.')
            : notYet('The throwaway password is accepted still.', { next: 'Change it at once.' })
        }),
    }),
    check({
      id: 'accept-api',
      section: 'accept',
      title: 'The API answers, and its key is accepted',
      why: 'Only a request with the key shows that it is.',
      look: async (context) =>
        probesSay(kindlingDriver.connect(config), context, {
          ids: ['answers', 'servers'],
          enough: ['ok', 'warning'],
        }),
    }),
  ]
}

async function keyAccepted(accounts: Accounts): Promise<Outcome> {
  return (await accounts.isKeyAccepted())
    ? done('The API key in the vault is accepted, as one of a platform administrator.')
    : notYet('The API key in the vault is not accepted, or of no platform administrator.')
}

async function withAccounts(
  config: KindlingConnection,
  { session }: StepContext,
  work: (accounts: Accounts) => Promise<Outcome>,
): Promise<Outcome> {
  const accounts = await openAccounts(session, config)
  try {
    return await work(accounts)
  } finally {
    await accounts.close()
  }
}

/** As the user of the throwaway login; `notYet` where it is refused. */
async function entering(
  config: KindlingConnection,
  login: string,
  context: StepContext,
  work: (
    accounts: Accounts,
    entered: NonNullable<Awaited<ReturnType<Accounts['enter']>>>,
  ) => Promise<Outcome>,
): Promise<Outcome> {
  const { user, password } = await context.session.login(login)
  return withAccounts(config, context, async (accounts) => {
    const entered = await accounts.enter(user, password)
    return entered === null ? notYet('The throwaway password is refused.') : work(accounts, entered)
  })
}
