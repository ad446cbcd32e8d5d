import * as z from 'zod'
import { printable } from '../../../../shared/domain/printable.ts'
import { spanWords } from '../../../../shared/domain/size-words.ts'
import type { Answer } from '../../../engine/live/ask.ts'
import type { CommandEnd, CommandOutput, HostCommand, RemoteHost } from '../../../ports/remote-host.ts'
import type { BackupTool, ListedBackup, ToolState } from './backup-tool.ts'
import type { KindlingConnection } from './connection.ts'
import { lastSecond } from '../last-second.ts'
import { asUser, commandFailed, endWords, jsonOf, notUnderstood, saidBy } from './on-host.ts'

const lookDeadlineMs = 30_000
/** archive-timeout is 60 s unless its configuration says otherwise. */
const checkDeadlineMs = 5 * 60_000
const backupDeadlineMs = 24 * 60 * 60_000

const held = z.object({ held: z.boolean() }).optional()

/** Source (pgBackRest: command/info/info.c). What is not listed here is left unread: later versions tell more. */
export const toldBackup = z.object({
  label: z.string(),
  type: z.string(),
  /** Pages whose checksums were wrong while they were copied. */
  error: z.boolean().nullish(),
  timestamp: z.object({ stop: z.number().min(0).max(lastSecond) }),
})
export const toldStanza = z.object({
  name: z.string(),
  status: z.object({
    code: z.int(),
    message: z.string(),
    lock: z.object({ backup: held, restore: held }).optional(),
  }),
  backup: z.array(toldBackup).default([]),
})
const stanzas = z.array(toldStanza)

/** One run of pgBackRest, as the user of the tool. */
export function pgBackRestCommand(
  { stanza, toolUser, toolConfig }: Pick<KindlingConnection, 'stanza' | 'toolUser' | 'toolConfig'>,
  { name }: Pick<RemoteHost, 'name'>,
  args: readonly string[],
  deadlineMs: number,
): HostCommand {
  return {
    argv: [
      'pgbackrest',
      `--stanza=${stanza}`,
      ...(toolConfig === '' ? [] : [`--config=${toolConfig}`]),
      // Its own log lines would otherwise stand in the output, where its configuration says so.
      '--log-level-console=off',
      '--log-level-stderr=warn',
      ...args,
    ],
    ...asUser(name, toolUser === '' ? 'postgres' : toolUser),
    deadlineMs,
  }
}

/** For `repo-ls` and `repo-get`, which take none (documented). */
export function withoutStanza(command: HostCommand): HostCommand {
  const [program, ...args] = command.argv
  return { ...command, argv: [program, ...args.filter((arg) => !arg.startsWith('--stanza='))] }
}

/** pgBackRest through its command line: its documents, and its source where these are silent. Run here: 2.45. */
export function pgBackRest({
  stanza,
  toolUser,
  toolConfig,
}: Pick<KindlingConnection, 'stanza' | 'toolUser' | 'toolConfig'>): BackupTool {
  const user = toolUser === '' ? 'postgres' : toolUser
  const run = async (
    host: RemoteHost,
    args: readonly string[],
    deadlineMs: number,
    signal: AbortSignal,
  ): Promise<CommandOutput> =>
    host.run(pgBackRestCommand({ stanza, toolUser, toolConfig }, host, args, deadlineMs), signal)

  /** Its list tells of a lock alone; the process that holds it can be seen on that host. */
  const whoRuns = async (host: RemoteHost, signal: AbortSignal): Promise<string> => {
    const seen = await host.run(
      {
        argv: ['ps', '-ww', '-eo', 'etimes=,pid=,user:64=,args='],
        ...asUser(host.name, user),
        deadlineMs: lookDeadlineMs,
      },
      signal,
    )
    const run = seen.code === 0 ? longestBackup(seen.stdout, stanza) : null
    return run === null
      ? 'Neither who began it nor since when is told: no such process is seen on that host.'
      : `It runs there as ${run.user} (process ${run.pid}), since ${spanWords(run.seconds * 1000)}; from where it was begun is not told.`
  }

  return {
    name: 'pgBackRest',
    tellsRunning: true,
    userOn: ({ name }) => asUser(name, user).asUser ?? null,
    async look(host, signal) {
      const output = await run(host, ['info', '--output=json'], lookDeadlineMs, signal)
      if (output.code !== 0) {
        throw commandFailed(host, 'pgbackrest info', output, {
          why: exitReason(output.code),
          next: 'Check the configuration of pgBackRest on that host, and the user that runs it.',
        })
      }
      const told = stanzas.safeParse(jsonOf(output.stdout, 'pgbackrest info', host))
      const found = told.data?.find(({ name }) => name === stanza)
      if (found === undefined) throw notUnderstood('pgbackrest info', host.name, output.stdout)
      const state = stateOf(found, host.name)
      return state.running === null
        ? state
        : { ...state, running: `${state.running} ${await whoRuns(host, signal)}` }
    },
    whoRuns,
    async check(host, signal) {
      const output = await run(host, ['check'], checkDeadlineMs, signal)
      if (output.code === 0) {
        return {
          state: 'ok',
          answer: 'Its check passes: PostgreSQL answers, and a WAL segment has arrived.',
          evidence: 'pgbackrest check → exit status 0',
        }
      }
      const said = saidBy(output)
      return {
        state: 'bad',
        answer: `Its check fails: ${runWords(output)}`,
        evidence: `pgbackrest check → ${endWords(output)}${said === '' ? '' : `: ${said}`}`,
        next: 'Mend what it names; pgbackrest check tells when it is.',
      }
    },
    async backup(host, type, signal) {
      const flag = type === 'full' ? '--type=full' : '--type=incr'
      const output = await run(host, [flag, 'backup'], backupDeadlineMs, signal)
      return {
        isSuccess: output.code === 0,
        isBusy: output.code === 50,
        words: runWords(output),
        said: saidBy(output),
      }
    },
  }
}

function stateOf(found: z.infer<typeof stanzas>[number], host: string): ToolState {
  const { status, backup } = found
  const backups = backup
    .map(({ label, type, error, timestamp }): ListedBackup => ({
      id: label,
      type,
      endedMs: timestamp.stop * 1000,
      isUsable: true,
      status: null,
      flaw: error === true ? 'Pages with wrong checksums were found while it was copied.' : null,
    }))
    .toSorted((a, b) => (b.endedMs ?? 0) - (a.endedMs ?? 0))
  return {
    status: { ...statusAnswer(status.code), evidence: `status ${status.code}: ${status.message}` },
    backups,
    running:
      status.lock?.backup?.held === true
        ? `pgBackRest takes a backup of this stanza now: its lock on ${host} is held.`
        : null,
  }
}

/** Source (command/info/info.c): the codes of a stanza's status. */
function statusAnswer(code: number): Answer {
  const create = 'Create it: pgbackrest stanza-create.'
  switch (code) {
    case 0:
      return { state: 'ok', answer: 'The stanza is in order.' }
    case 1:
      return { state: 'bad', answer: 'The repository has no such stanza.', next: create }
    case 2:
      return {
        state: 'warning',
        answer: 'The stanza has no valid backup.',
        next: 'Take a full one.',
      }
    case 3:
      return { state: 'bad', answer: 'Files of the stanza are missing in the repository.', next: create }
    case 4:
      return {
        state: 'warning',
        answer: 'Its repositories differ: at least one of them is not in order.',
        next: 'pgbackrest info names the one.',
      }
    case 5:
      return {
        state: 'bad',
        answer: 'The repositories belong to different databases.',
        next: 'After an upgrade of PostgreSQL: pgbackrest stanza-upgrade.',
      }
    case 6:
      return { state: 'warning', answer: 'The backup that was asked for is not there.' }
    default:
      return {
        state: 'bad',
        answer: 'pgBackRest cannot tell how the stanza is.',
        next: 'Look at its log on that host.',
      }
  }
}

/** Source (pgBackRest: build/error.yaml), those that an operator meets. */
const exitReasons: Readonly<Record<number, string>> = {
  26: 'A checksum is wrong.',
  27: 'Its configuration is wrong.',
  32: 'An option has a value that it does not take.',
  37: 'Its configuration lacks an option, or does not have this stanza.',
  38: 'PostgreSQL is running.',
  41: 'A file cannot be opened.',
  42: 'A file cannot be read.',
  44: 'The archive belongs to another database.',
  45: 'The same WAL segment was archived twice with different contents.',
  49: 'Another host could not be connected to.',
  50: 'Another run holds the lock.',
  51: 'The backup does not fit its earlier one.',
  55: 'A file is missing.',
  56: 'PostgreSQL could not be connected to.',
  57: 'PostgreSQL refused a query.',
  58: 'The database is not the one of the stanza.',
  62: 'pgBackRest was stopped by its own stop command.',
  63: 'It was told to end.',
  64: 'A file could not be written.',
  68: 'archive_command does not run pgBackRest.',
  75: 'The set of backups is not valid.',
  80: 'It found no primary.',
  82: 'A WAL segment did not arrive in time.',
  87: 'PostgreSQL does not archive (archive_mode).',
  95: 'Something could not be decrypted, or the passphrase is wrong.',
  101: 'A service, such as the bucket, failed.',
  103: 'No repository is valid.',
  104: 'It met one or more errors.',
  105: 'It was refused access to the repository.',
  106: 'The clock jumped.',
}

export function exitReason(code: number | null): string | null {
  return code === null ? null : (exitReasons[code] ?? null)
}

function runWords(end: Pick<CommandEnd, 'code' | 'signal'>): string {
  return exitReason(end.code) ?? `It ended with ${endWords(end)}.`
}

/** Its own helpers are `backup:local` and `backup:remote`; a program that starts it is another one. */
function longestBackup(
  text: string,
  stanza: string,
): { readonly user: string; readonly pid: string; readonly seconds: number } | null {
  const runs = text.split('\n').flatMap((line) => {
    const [, seconds, pid, user, args = ''] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
    const [program = '', ...words] = args.split(' ')
    const isOne =
      program.split('/').at(-1) === 'pgbackrest' &&
      words.includes('backup') &&
      words.includes(`--stanza=${stanza}`)
    return isOne && pid !== undefined && user !== undefined
      ? [{ user: printable(user), pid, seconds: Number(seconds) }]
      : []
  })
  return runs.toSorted((a, b) => b.seconds - a.seconds)[0] ?? null
}
