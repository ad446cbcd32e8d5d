import * as z from 'zod'
import { HoldfastError } from '../../../../shared/domain/error.ts'
import { countOf } from '../../../../shared/domain/size-words.ts'
import { printable } from '../../../../shared/domain/printable.ts'
import type { Answer } from '../../../engine/live/ask.ts'
import type { CommandOutput, HostCommand, RemoteHost } from '../../../ports/remote-host.ts'
import type { BackupTool, ListedBackup } from './backup-tool.ts'
import type { KindlingConnection } from './connection.ts'
import { lastSecond } from '../last-second.ts'
import { asUser, commandFailed, endWords, jsonOf, notUnderstood, saidBy } from './on-host.ts'
import { jsonOrNull } from '../../../../shared/domain/strict-json.ts'

const lookDeadlineMs = 60_000
const backupDeadlineMs = 24 * 60 * 60_000

/** Source (Barman: output.py, infofile.py). Only backups whose copy is done have sizes. */
const listed = z.object({
  backup_id: z.string(),
  backup_type: z.string().nullish(),
  /** Seconds, as a text. */
  end_time_timestamp: z.union([z.string(), z.number()]).nullish(),
  status: z.string(),
})
const checked = z.object({ status: z.string(), hint: z.string().nullish() })

type BarmanAccess = Pick<KindlingConnection, 'stanza' | 'toolUser' | 'toolConfig'>

export function barmanUser({ toolUser }: Pick<BarmanAccess, 'toolUser'>): string {
  return toolUser === '' ? 'barman' : toolUser
}

/** One run of Barman, as its own user, that answers in JSON. */
export function barmanCommand(
  access: Pick<BarmanAccess, 'toolUser' | 'toolConfig'>,
  { name }: Pick<RemoteHost, 'name'>,
  args: readonly string[],
  deadlineMs: number,
): HostCommand {
  const { toolConfig } = access
  return {
    argv: ['barman', ...(toolConfig === '' ? [] : ['-c', toolConfig]), '-f', 'json', ...args],
    ...asUser(name, barmanUser(access)),
    deadlineMs,
  }
}

/** Barman through its command line: its source, version 3. Run here: 3.4.0. */
export function barman(access: BarmanAccess): BackupTool {
  const { stanza: server } = access
  const run = async (
    host: RemoteHost,
    args: readonly string[],
    deadlineMs: number,
    signal: AbortSignal,
  ): Promise<CommandOutput> => host.run(barmanCommand(access, host, args, deadlineMs), signal)

  async function lines(host: RemoteHost, signal: AbortSignal): Promise<readonly ListedBackup[]> {
    const program = 'barman list-backups'
    const output = await run(host, ['list-backups', server], lookDeadlineMs, signal)
    if (output.code !== 0) throw commandFailed(host, program, output, reasonOf(output))
    const told = jsonOf(output.stdout, program, host)
    const parsed = z.object({ [server]: z.array(listed) }).safeParse(told)
    if (!parsed.success) throw notUnderstood(program, host.name, output.stdout)
    return (parsed.data[server] ?? [])
      .map(backupOf)
      .toSorted((a, b) => (a.id < b.id ? 1 : a.id > b.id ? -1 : 0))
  }

  return {
    name: 'Barman',
    tellsRunning: false,
    userOn: ({ name }) => asUser(name, barmanUser(access)).asUser ?? null,
    async look(host, signal) {
      const backups = await lines(host, signal)
      const isThere = backups.some(({ isUsable }) => isUsable)
      return {
        status: isThere
          ? { state: 'ok', answer: 'Barman knows the server.', evidence: 'barman list-backups' }
          : {
              state: 'warning',
              answer: 'Barman knows the server, and has no backup of it that is done.',
              evidence: 'barman list-backups',
              next: 'Take a full one.',
            },
        backups,
        // A run that began and did not end may go on or be dead.
        running: null,
      }
    },
    async whoRuns(host, signal) {
      // Documented: the id of a backup is the time at which it was begun, by the clock of that host.
      const begun = (await lines(host, signal)).find(({ status }) => status === 'STARTED')
      return begun === undefined
        ? 'Barman tells neither who began it nor since when.'
        : `Barman lists ${begun.id} as begun, which is its time there, and not ended; it does not tell who began it.`
    },
    async check(host, signal) {
      const output = await run(host, ['check', server], lookDeadlineMs, signal)
      return checkAnswer(output, server, host)
    },
    async backup(host, type, signal) {
      if (type !== 'full') {
        throw new HoldfastError('master.notOffered', {
          what: 'Barman takes no incremental backup here.',
          why: 'What is copied again and what is shared with an earlier backup its own configuration decides (reuse_backup).',
          unchanged: 'Nothing was asked for.',
          next: 'Choose “Full”.',
        })
      }
      const output = await run(host, ['backup', server, '--wait'], backupDeadlineMs, signal)
      const said = saidBy(output) || messagesIn(output.stdout)
      return {
        isSuccess: output.code === 0,
        // Inferred from its source (cli.py, server.py): exit status 1, and these words.
        isBusy:
          output.code === 1 &&
          /(action is in progress|backup.{0,80}already (running|in progress))/i.test(said),
        words: reasonOf(output).why ?? `It ended with ${endWords(output)}.`,
        said,
      }
    },
  }
}

/** Source (infofile.py): EMPTY, STARTED, WAITING_FOR_WALS, DONE, SYNCING, FAILED. */
const flaws: Readonly<Record<string, string>> = {
  EMPTY: 'Nothing was copied yet.',
  STARTED: 'It was begun and has not ended: it goes on, or it broke off.',
  WAITING_FOR_WALS: 'It is copied, and WAL that it needs has not arrived.',
  SYNCING: 'It is being copied from another Barman.',
  FAILED: 'It failed.',
}

function backupOf({
  backup_id,
  backup_type,
  end_time_timestamp,
  status,
}: z.infer<typeof listed>): ListedBackup {
  const seconds = Number(end_time_timestamp ?? Number.NaN)
  return {
    id: printable(backup_id),
    type: printable(backup_type ?? 'full'),
    endedMs: seconds > 0 && seconds <= lastSecond ? seconds * 1000 : null,
    isUsable: status === 'DONE',
    status: printable(status),
    flaw: status === 'DONE' ? null : (flaws[status] ?? `Its status is ${printable(status)}.`),
  }
}

function checkAnswer(output: CommandOutput, server: string, host: RemoteHost): Answer {
  const evidence = `barman check → ${endWords(output)}`
  const told = z
    .object({ [server]: z.record(z.string(), z.unknown()) })
    .safeParse(jsonOf(output.stdout, 'barman check', host))
  const checks = Object.entries(told.data?.[server] ?? {}).flatMap(([name, value]) => {
    const parsed = checked.safeParse(value)
    return parsed.success ? [{ name, ...parsed.data }] : []
  })
  if (checks.length === 0) throw notUnderstood('barman check', host.name, output.stdout)
  const failed = checks.filter(({ status }) => status !== 'OK')
  if (failed.length === 0 && output.code === 0) {
    return { state: 'ok', answer: `All ${countOf(checks.length, 'check')} of Barman pass.`, evidence }
  }
  const names = failed.map(({ name, hint }) => {
    const words = name.replaceAll('_', ' ')
    return printable(hint === null || hint === undefined || hint === '' ? words : `${words} (${hint})`)
  })
  return {
    state: 'bad',
    answer: `Barman’s check fails: ${names.length === 0 ? endWords(output) : names.join(', ')}.`,
    evidence,
    next: 'Mend what it names; barman check tells when it is.',
  }
}

/** Source (output.py): messages of a run stand beside its result. */
function messagesIn(stdout: string): string {
  const messages = z
    .object({ _ERROR: z.array(z.string()).default([]), _EXCEPTION: z.array(z.string()).default([]) })
    .safeParse(jsonOrNull(stdout))
  return messages.success
    ? printable([...messages.data._ERROR, ...messages.data._EXCEPTION].join(' ')).slice(0, 400)
    : ''
}

/** Source (cli.py): 1 for an error, 2 for its configuration or its command line. */
export function reasonOf({ code, stdout }: CommandOutput): {
  readonly why: string | null
  readonly next: string
} {
  const said = messagesIn(stdout)
  const tail = said === '' ? '' : ` It says: ${said}`
  if (code === 2) {
    return {
      why: `Its configuration, or its command line, is wrong.${tail}`,
      next: 'Check the name of the server and the configuration of Barman on that host.',
    }
  }
  return {
    why: code === 1 ? `Barman met an error.${tail}` : null,
    next: 'Look at the log of Barman on that host.',
  }
}
